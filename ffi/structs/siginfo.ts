import { CLD_EXITED } from "../constants/wait.ts";
import type { Out } from "../operation.ts";

/** Bytes of `siginfo_t`. */
export const SIGINFO_SIZE = 128;
/** Offsets of `si_code` and `si_status`, for who cannot decode; four bytes each, and zeroes behind. */
export const SI_CODE = 8, SI_STATUS = 24;

/** How a child changed, out of waitid(2). */
export interface ChildStatus {
  readonly pid: number;
  readonly uid: number;
  /** `CLD_EXITED`, `CLD_KILLED`, `CLD_DUMPED`, … */
  readonly code: number;
  /** Exit code for `CLD_EXITED`, else the signal. */
  readonly status: number;
}

/**
 * Reads the `siginfo_t` that waitid(2) fills in; asm-generic/siginfo.h.
 *
 * @returns nothing when no child had changed (`WNOHANG`)
 */
export function decodeChildStatus({ view }: Pick<Out, "view">): ChildStatus | undefined {
  const pid = view.getInt32(16, true);
  if (pid === 0) return undefined;
  return {
    pid,
    uid: view.getUint32(20, true),
    code: view.getInt32(SI_CODE, true),
    status: view.getInt32(SI_STATUS, true),
  };
}

/** The exit code as shells and runc tell it: a signal is 128 and its number. */
export function exitCodeOf({ code, status }: ChildStatus): number {
  return code === CLD_EXITED ? status : 128 + status;
}
