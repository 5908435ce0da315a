/**
 * `hooks` of config.json.
 *
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md#posix-platform-hooks
 * @module
 */

/** Programs run at points of the container's life; each list in its order. */
export interface Hooks {
  /** After the namespaces were made, before pivot_root; in the runtime's namespaces. Deprecated. */
  readonly prestart?: readonly Hook[];
  /** Right after `prestart`, in the runtime's namespaces. */
  readonly createRuntime?: readonly Hook[];
  /** After `createRuntime`, before pivot_root, in the container's namespaces. */
  readonly createContainer?: readonly Hook[];
  /** During `start`, before the process runs, in the container's namespaces and root. */
  readonly startContainer?: readonly Hook[];
  /** During `start`, after the process runs, in the runtime's namespaces. */
  readonly poststart?: readonly Hook[];
  /** After the container was deleted, in the runtime's namespaces. */
  readonly poststop?: readonly Hook[];
}

/** One program. The container's state is its standard input. */
export interface Hook {
  /** The file to execute, an absolute path. */
  readonly path: string;
  /** As for execv(3), so the first entry is the program's name for itself. */
  readonly args?: readonly string[];
  /** Environment, as `NAME=value`. */
  readonly env?: readonly string[];
  /** Seconds until the hook is killed; greater than 0. */
  readonly timeout?: number;
}
