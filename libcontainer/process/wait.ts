import { SIGKILL } from "../../ffi/constants/signal.ts";
import { __WALL, P_PIDFD, WEXITED, WNOWAIT } from "../../ffi/constants/wait.ts";
import { ECHILD, ESRCH } from "../../ffi/errno.ts";
import { type Kernel, Out } from "../../ffi/kernel.ts";

/** Offsets in `siginfo_t` for SIGCHLD (`sigaction(2)`). */
const SI_CODE = 8, SI_STATUS = 24;
const CLD_EXITED = 1;

/** What a `siginfo_t` of `waitid(2)` says, as a shell has it: the exit code, or 128 and the signal. */
export function exitCode(info: Out): number {
  const status = info.view.getInt32(SI_STATUS, true);
  return info.view.getInt32(SI_CODE, true) === CLD_EXITED ? status : 128 + status;
}

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
  const info = new Out(128);
  const result = kernel.waitid(P_PIDFD, pidfd, info, WEXITED | __WALL | options, { accept: [ECHILD] });
  return result.ok ? exitCode(info) : undefined;
}

/** Ends a child and waits for that; one that is gone is fine. */
export function killAndReap(kernel: Kernel, pidfd: number): void {
  kernel.pidfdSendSignal(pidfd, SIGKILL, { accept: [ESRCH] });
  waitForExit(kernel, pidfd);
}
