/**
 * The one error class of runt.
 *
 * @module
 */

/** What kind of thing went wrong; callers that must tell cases apart look at this, never at the text. */
export type ErrorCode =
  /** `config.json` (or another input file) says something impossible, or could not be read as what it must be. */
  | "invalid-config"
  /** `config.json` is right by the spec, but asks for something that runt cannot do yet. */
  | "unsupported"
  /** The command line is wrong. */
  | "usage"
  /** The container id breaks runc's rules. */
  | "invalid-id"
  /** A container with this id exists. */
  | "exists"
  /** No container has this id. */
  | "not-found"
  /** The container is not in a state that permits the request. */
  | "wrong-state"
  /** The kernel refused a request; the cause is a `KernelError`. */
  | "kernel"
  /** The container's program is missing or cannot be executed. */
  | "exec"
  /** A hook of config.json failed, or could not be run. */
  | "hook"
  /** A file or directory on the host is missing, unreadable or not what it must be. */
  | "io"
  /** Something inside the rootfs or in the container tried to lead the runtime elsewhere. */
  | "unsafe"
  /** A fault of runt itself. */
  | "internal";

/** Everything that {@linkcode RuntError} carries beside its message. */
export interface RuntErrorDetails {
  /** Where in `config.json`, as a path such as `linux.resources.memory.limit` or `mounts[3].options[0]`. */
  readonly path?: string;
  /** What the user could do about it, as one sentence without a full stop. */
  readonly hint?: string;
  /** The error below this one. */
  readonly cause?: unknown;
}

/**
 * An error that is meant to be read by a user.
 *
 * The message says action, object and state; the root cause stands on the last line of what is printed
 * (containerd shows only that line). No stack trace is shown without `--debug`.
 */
export class RuntError extends Error {
  override readonly name = "RuntError";
  readonly code: ErrorCode;
  readonly path: string | undefined;
  readonly hint: string | undefined;

  /**
   * @param code what kind of thing went wrong
   * @param message action, object, state; no full stop
   * @param details path in config.json, hint, cause
   */
  constructor(code: ErrorCode, message: string, details: RuntErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.path = details.path;
    this.hint = details.hint;
  }
}
