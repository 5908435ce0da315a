import { RuntError } from "../libcontainer/error.ts";
import { absolutePath, anchoredPath } from "./_absolute_path.ts";
import type { FlagSet, FlagValues } from "./_command.ts";
import { programName } from "./_program_name.ts";

const FLAGS = {
  bundle: "string",
  "console-socket": "string",
  "pidfd-socket": "string",
  "pid-file": "string",
  "no-pivot": "boolean",
  "no-new-keyring": "boolean",
  "preserve-fds": "integer",
} as const;

/** Flags of everything that makes a container. */
export const CREATE_FLAGS = { flags: FLAGS, aliases: { b: "bundle" } } satisfies FlagSet;

/** What the library is told of the container to make. */
export interface CreateOptions {
  /** Absolute, without links and `..`; one that is not there is as the caller wrote it. */
  readonly bundle: string;
  /** Absolute. */
  readonly pidFile?: string;
  /** As given: a relative one is taken from the bundle, as in runc. */
  readonly consoleSocket?: string;
  readonly noPivot: boolean;
  readonly noNewKeyring: boolean;
  /** As {@linkcode consoleSocket}. */
  readonly pidfdSocket?: string;
  /** How many descriptors from 3 on the container gets. */
  readonly preserveFds: number;
}

/**
 * Makes the library's options of the flags.
 *
 * @throws RuntError `usage` for an impossible value
 */
export function readCreateOptions(flags: FlagValues<typeof FLAGS>): CreateOptions {
  const preserveFds = flags["preserve-fds"] ?? 0;
  if (preserveFds < 0) throw new RuntError("usage", `invalid --preserve-fds: ${preserveFds} is negative`);
  const consoleSocket = flags["console-socket"];
  const pidFile = flags["pid-file"], pidfdSocket = flags["pidfd-socket"];
  return {
    bundle: realBundle(flags.bundle ?? ""),
    ...(pidFile ? { pidFile: absolutePath(pidFile) } : {}),
    ...(pidfdSocket ? { pidfdSocket } : {}),
    ...(consoleSocket ? { consoleSocket } : {}),
    noPivot: flags["no-pivot"] ?? false,
    noNewKeyring: flags["no-new-keyring"] ?? false,
    preserveFds,
  };
}

/** runc enters the bundle and asks the kernel where it is. */
function realBundle(given: string): string {
  const path = anchoredPath(given);
  try {
    return Deno.realPathSync(path);
  } catch {
    return path; // told of when config.json is read
  }
}

/** Puts `runt create failed`, or `runc`, before what went wrong, as runc does and as its callers quote it. */
export function wrapFailure(command: string, cause: unknown): RuntError {
  const code = cause instanceof RuntError ? cause.code : "internal";
  return new RuntError(code, `${programName()} ${command} failed`, { cause });
}
