/**
 * waitid(2): whom to wait for, for what, and what came; linux/wait.h, asm-generic/siginfo.h.
 *
 * @module
 */

export const P_ALL = 0;
export const P_PID = 1;
export const P_PGID = 2;
export const P_PIDFD = 3;

export const WNOHANG = 1;
export const WSTOPPED = 2;
export const WEXITED = 4;
export const WCONTINUED = 8;
export const WNOWAIT = 0x1000000;
/** Children of every kind, those without an exit signal too. */
export const __WALL = 0x40000000;

// `si_code`
export const CLD_EXITED = 1;
export const CLD_KILLED = 2;
export const CLD_DUMPED = 3;
export const CLD_STOPPED = 5;
export const CLD_CONTINUED = 6;
