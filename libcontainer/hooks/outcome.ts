/**
 * How a hook ended, in runc's (that is Go's) words, by which clients know them.
 *
 * @module
 */
import { CLD_DUMPED, CLD_EXITED } from "../../ffi/constants/wait.ts";
import { RuntError } from "../error.ts";
import type { Hook, Hooks } from "../spec/hooks.ts";

/** How a hook's process ended. */
export interface Outcome {
  /** The errno with which it could not be executed; 0 when it was. */
  readonly errno: number;
  /** It was killed since its time was over. */
  readonly timedOut: boolean;
  /** `CLD_*` of `waitid(2)`. */
  readonly code: number;
  /** The exit code, or the signal that ended it. */
  readonly status: number;
  /** What it wrote. */
  readonly output: () => readonly [stdout: string, stderr: string];
}

/** What Linux says of a signal, as Go has it. */
const SIGNALS = ("hangup|interrupt|quit|illegal instruction|trace/breakpoint trap|aborted|bus error|" +
  "floating point exception|killed|user defined signal 1|segmentation fault|user defined signal 2|broken pipe|" +
  "alarm clock|terminated|stack fault|child exited|continued|stopped (signal)|stopped|stopped (tty input)|" +
  "stopped (tty output)|urgent I/O condition|CPU time limit exceeded|file size limit exceeded|" +
  "virtual timer expired|profiling timer expired|window changed|I/O possible|power failure|bad system call")
  .split("|");

/** What Linux says of the errnos that `execve(2)` and `clone(2)` have. */
export const ERRNO_TEXTS: Readonly<Record<number, string>> = {
  1: "operation not permitted",
  2: "no such file or directory",
  5: "input/output error",
  7: "argument list too long",
  8: "exec format error",
  11: "resource temporarily unavailable",
  12: "cannot allocate memory",
  13: "permission denied",
  14: "bad address",
  20: "not a directory",
  21: "is a directory",
  22: "invalid argument",
  23: "too many open files in system",
  24: "too many open files",
  26: "text file busy",
  36: "file name too long",
  40: "too many levels of symbolic links",
  80: "accessing a corrupted shared library",
};

/** `exit status 3`, `signal: killed`, `signal: aborted (core dumped)` */
export function endText(code: number, status: number): string {
  if (code === CLD_EXITED) return `exit status ${status}`;
  return `signal: ${SIGNALS[status - 1] ?? `signal ${status}`}${code === CLD_DUMPED ? " (core dumped)" : ""}`;
}

/** `no such file or directory` */
export function errnoText(errno: number): string {
  return ERRNO_TEXTS[errno] ?? `errno ${errno}`;
}

/** The words in front of what went wrong with a hook. */
export function runningText(kind: keyof Hooks, index: number): string {
  return `error running ${kind} hook #${index}: `;
}

/** What is said of a hook that ran out of time. */
export function timeoutText(hook: Hook): string {
  return `hook ran past specified timeout of ${(hook.timeout ?? 0).toFixed(1)}s`;
}

/** The end of a hook, as an error; undefined when it went well. */
export function hookError(
  kind: keyof Hooks,
  index: number,
  hook: Hook,
  outcome: Outcome,
): RuntError | undefined {
  const { errno, timedOut, code, status } = outcome;
  let text: string;
  if (errno) text = `fork/exec ${hook.path}: ${errnoText(errno)}`;
  else if (timedOut) text = timeoutText(hook);
  else if (code === CLD_EXITED && status === 0) return undefined;
  else {
    const [stdout, stderr] = outcome.output();
    text = `${endText(code, status)}, stdout: ${stdout}, stderr: ${stderr}`;
  }
  return new RuntError("hook", `${runningText(kind, index)}${text}`);
}
