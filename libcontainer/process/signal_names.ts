/**
 * Names and numbers of the signals, signal(7); asm-generic/signal.h (x86-64 and aarch64 are alike).
 *
 * @module
 */

// In the order of their numbers, from 1, without "SIG".
const NAMES =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP " +
  "TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS";

/**
 * The number of a signal by what a user calls it, as runc understands it.
 *
 * @param name `SIGTERM`, `term` or any number
 * @returns -1 for an unknown name
 */
export function signalNumber(name: string): number {
  if (/^[-+]?\d+$/.test(name)) return Number(name);
  const upper = name.toUpperCase();
  const at = NAMES.split(" ").indexOf(upper.startsWith("SIG") ? upper.slice(3) : upper);
  return at < 0 ? -1 : at + 1;
}

/** The name of a signal, such as `SIGTERM`; `signal 40` for one without. */
export function signalName(signal: number): string {
  const name = NAMES.split(" ")[signal - 1];
  return name === undefined ? `signal ${signal}` : `SIG${name}`;
}
