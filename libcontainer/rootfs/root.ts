import type { Fd, Kernel, Result } from "../../ffi/kernel.ts";
import type { MountConfig } from "../config/mount_config.ts";

/** Both sides of a pseudoterminal, open over there, close-on-exec. */
export interface Pty {
  /** The side of who shows it. */
  readonly master: Result;
  /** The side of the program. */
  readonly slave: Result;
}

/** A mount that was made. */
export interface MadeMount {
  readonly config: MountConfig;
  /** Its root; undefined where the mount is one of two, and which one is not known yet. */
  readonly fd: Fd | undefined;
}

/**
 * The root file system while it is being made: what its steps hand on to each other.
 *
 * Descriptors stay open until the last step closes all that the container's program shall not get: closing each one
 * would be a fifth of all calls.
 */
export interface Root {
  /** The root directory, `O_PATH`; undefined before `prepareRoot`. */
  fd: Fd | undefined;
  /** The mounts, in order. */
  made: MadeMount[];
  /** Sources of bind mounts that had to be fetched, by place in config.json. */
  sources: Map<string, Fd>;
  /** What is still writable, and shall not be once everything is in place. */
  readonlyLater: Fd[];
  /** What can only be judged when results are known; see {@linkcode settle}. */
  checks: (() => void)[];
  /** Set when the kernel turned out to lack the mount API of Linux 5.12; see `mount_by_path.ts`. */
  mountsByPath: boolean;
  /** Set where the mounts are made among the host's; see `host_root.ts`. */
  amongHosts: boolean;
  /** The host's /proc, where a step needs it. */
  hostProc: Fd | undefined;
  /** The container's terminal, once it was made. */
  pty: Pty | undefined;
}

/** A root of which nothing was made. */
export function newRoot(): Root {
  return {
    fd: undefined,
    made: [],
    sources: new Map(),
    readonlyLater: [],
    checks: [],
    mountsByPath: false,
    amongHosts: false,
    hostProc: undefined,
    pty: undefined,
  };
}

/**
 * The root directory.
 *
 * @throws {Error} before `prepareRoot`, a fault of the caller
 */
export function rootFd(root: Root): Fd {
  if (root.fd === undefined) throw new Error("Cannot use the root: it was not prepared");
  return root.fd;
}

/**
 * Has all queued calls made, and judges what they told.
 *
 * @throws {KernelError} when one failed
 * @throws {RuntError} when a check does not like what it sees
 */
export function settle(kernel: Kernel, root: Root): void {
  kernel.flush();
  for (const check of root.checks.splice(0)) check();
}
