/**
 * Signals that runt sends or handles (signal(7)), and how rt_sigprocmask(2) and rt_sigaction(2) are told;
 * asm-generic/signal.h. All names are in `cmd/_signal.ts`.
 *
 * @module
 */

export const SIGHUP = 1;
export const SIGINT = 2;
export const SIGQUIT = 3;
export const SIGKILL = 9;
export const SIGPIPE = 13;
export const SIGTERM = 15;
export const SIGCHLD = 17;
export const SIGCONT = 18;
export const SIGSTOP = 19;
export const SIGTTIN = 21;
export const SIGTTOU = 22;
export const SIGURG = 23;
export const SIGWINCH = 28;

export const SIG_BLOCK = 0;
export const SIG_UNBLOCK = 1;
export const SIG_SETMASK = 2;

/** Handler: the default action. */
export const SIG_DFL = 0;
/** Handler: none. */
export const SIG_IGN = 1;
