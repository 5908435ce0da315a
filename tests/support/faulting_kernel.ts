/**
 * A Linux that fails one system call: of all that runt makes itself and has made by the container's process, the n-th
 * comes to another errno. It is the kernel that says so: in the call's place another one is made, which cannot but fail.
 *
 * @module
 */
import { LocalKernel } from "../../ffi/local.ts";
import type { Arg, SyscallName } from "../../ffi/kernel.ts";
import { u64s } from "../../ffi/kernel.ts";
import type { Operation, Result } from "../../ffi/operation.ts";
import { RemoteKernel } from "../../ffi/remote.ts";
import { SYSCALLS } from "../../ffi/syscall_numbers/x86_64.ts";

const AT_FDCWD = -100, NO_SUCH_CALL = 5000, RESOLVE_NO_SYMLINKS = 4;
const PR_CAP_AMBIENT = 47, PR_CAP_AMBIENT_RAISE = 2, CAP_SYS_RESOURCE = 24, AT_REMOVEDIR = 0x200;

/** Calls that fail, by the errno. */
const FAILING: Readonly<Record<string, readonly [call: SyscallName | undefined, ...args: Arg[]]>> = {
  ENOSYS: [undefined],
  ENOENT: ["openat", AT_FDCWD, "/nonexistent/file", 0, 0],
  ENOTDIR: ["openat", AT_FDCWD, "/proc/version/x", 0, 0],
  EBADF: ["close", -1],
  EINVAL: ["unshare", 1],
  ENOMEM: ["mmap", 0, 2 ** 50, 3, 0x22, -1, 0],
  EEXIST: ["mkdirat", AT_FDCWD, "/", 0o755],
  EBUSY: ["unlinkat", AT_FDCWD, "/", AT_REMOVEDIR],
  ELOOP: ["openat2", AT_FDCWD, "/proc/self/exe", u64s(0, 0, RESOLVE_NO_SYMLINKS), 24],
  EACCES: ["execve", "/", 0, 0],
  EPERM: ["prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SYS_RESOURCE, 0, 0],
};

/** The errnos that calls can be failed with. */
export const ERRNOS: readonly string[] = Object.keys(FAILING);

/** What is no call, and what never fails: with the signals blocked for good the test itself would be lost. */
const SPARED = new Set(["copy", "compare", "control", "clock", "rt_sigprocmask", "exit_group"]);

interface Submitter {
  submit(operation: Operation): Result;
}

/** Fails the n-th call that is made while it is in use; counts them all. */
export class FaultingKernel implements Disposable {
  /** How many calls were asked for. */
  calls = 0;
  /** The call that was failed. */
  failed: string | undefined;
  readonly #originals: [Submitter, Submitter["submit"]][] = [];

  /**
   * @param nth which call, from 0 on; -1 for none
   * @param errno one of {@linkcode ERRNOS}
   */
  constructor(nth: number, errno: string) {
    const [name, ...args] = FAILING[errno]!, nr = name === undefined ? NO_SUCH_CALL : SYSCALLS[name];
    for (const kernel of [LocalKernel, RemoteKernel]) {
      const prototype = kernel.prototype as unknown as Submitter, original = prototype.submit;
      this.#originals.push([prototype, original]);
      const tamper = (operation: Operation): Operation => {
        if (SPARED.has(operation.name) || this.calls++ !== nth) return operation;
        this.failed = `${operation.name} at ${operation.where.step || "?"}`;
        return { ...operation, nr, args };
      };
      prototype.submit = function (this: Submitter, operation) {
        return original.call(this, tamper(operation));
      };
    }
  }

  [Symbol.dispose](): void {
    for (const [prototype, original] of this.#originals) prototype.submit = original;
  }
}
