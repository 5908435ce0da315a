/**
 * How a hook ended, in runc's (that is Go's) words, by which clients know them.
 *
 * @module
 */
import { textOfErrno } from "../errno_text.ts";
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

/** `exit status 3`, `signal: killed`, `signal: aborted (core dumped)` */
export function endText(code: number, status: number): string {
  if (code === CLD_EXITED) return `exit status ${status}`;
  return `signal: ${SIGNALS[status - 1] ?? `signal ${status}`}${code === CLD_DUMPED ? " (core dumped)" : ""}`;
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
  if (errno) text = `fork/exec ${hook.path}: ${textOfErrno(errno)}`;
  else if (timedOut) text = timeoutText(hook);
  else if (code === CLD_EXITED && status === 0) return undefined;
  else {
    const [stdout, stderr] = outcome.output();
    text = `${endText(code, status)}, stdout: ${stdout}, stderr: ${stderr}`;
  }
  return new RuntError("hook", `${runningText(kind, index)}${text}`);
}
