import { SIGKILL } from "../../ffi/constants/signal.ts";
import { __WALL, P_PIDFD, WEXITED, WNOWAIT } from "../../ffi/constants/wait.ts";
import { ECHILD, ESRCH } from "../../ffi/errno.ts";
import { type Kernel, Out } from "../../ffi/kernel.ts";
import { decodeChildStatus, exitCodeOf, SIGINFO_SIZE } from "../../ffi/structs/siginfo.ts";

/**
 * Waits until a child has ended.
 *
 * @param options `WNOWAIT` to leave it to be reaped
 * @returns its exit code; undefined when it is not (or no longer) a child
 */
export function waitForExit(
  kernel: Kernel,
  pidfd: number,
  options: 0 | typeof WNOWAIT = 0,
): number | undefined {
  const info = new Out(SIGINFO_SIZE);
  const result = kernel.waitid(P_PIDFD, pidfd, info, WEXITED | __WALL | options, { accept: [ECHILD] });
  const status = decodeChildStatus(info);
  return result.ok && status ? exitCodeOf(status) : undefined;
}

/** Ends a child and waits for that; one that is gone is fine. */
export function killAndReap(kernel: Kernel, pidfd: number): void {
  kernel.pidfdSendSignal(pidfd, SIGKILL, { accept: [ESRCH] });
  waitForExit(kernel, pidfd);
}
