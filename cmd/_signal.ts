import { RuntError } from "../libcontainer/error.ts";
import { quoteAsGo } from "./_go_format.ts";

/** Signals 1 to 31 in order, the same on every architecture that runt runs on; see signal(7). */
const NAMES = "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT " +
  "CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS";

/**
 * Reads a signal as runc does: a decimal number, or a name in any case, with or without `SIG`.
 *
 * @returns the number; whether the kernel knows it is for the kernel to say
 * @throws RuntError `usage`, with runc's text
 */
export function parseSignal(text: string): number {
  if (/^[+-]?[0-9]+$/.test(text)) return Number(text);
  const name = text.toUpperCase().replace(/^SIG/, "");
  const index = NAMES.split(" ").indexOf(name);
  if (index < 0) throw new RuntError("usage", `unknown signal ${quoteAsGo(text)}`);
  return index + 1;
}
