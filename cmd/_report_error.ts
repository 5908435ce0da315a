import { RuntError } from "../libcontainer/error.ts";
import { ExitError } from "./_exit_error.ts";
import type { CommandLog } from "./_log.ts";
import { printError } from "./_print.ts";

const SYSTEM_ERROR = /^(.*?) \(os error \d+\)(?:: (\w+) '([^']*)'(?: -> '([^']*)')?)?$/s;

/**
 * Tells of a failure, once, as runc's `fatal` does: as a line of the log, and where the log is not standard error
 * as plain text there too. The root cause ends the text, since containerd shows the last line only; a stack is
 * logged before it, with `--debug`.
 *
 * @returns the exit code of the command
 */
export function reportError(error: unknown, log: CommandLog): number {
  // Writing out a stack takes milliseconds; nobody may have asked for it.
  if (log.verbose) { for (const stack of stacksOf(error)) log.debug(stack); }
  const text = describeError(error);
  log.error(text);
  if (!log.toStderr) printError(`${text}\n`);
  return error instanceof ExitError ? error.exitCode : 1;
}

/**
 * The whole of an error on as few lines as its messages have: `a: b: c (hint)`, from the outermost to the root cause.
 * A message that already ends with its cause's is not said twice, nor is the reason of a system error.
 */
export function describeError(error: unknown): string {
  let text = "";
  let hint: string | undefined;
  for (const link of chainOf(error)) {
    const message = withoutKnownPlace(describeLink(link), text);
    if (link instanceof RuntError && link.hint !== undefined) hint = link.hint;
    if (message === "" || text.includes(message) || isTold(text, link)) continue;
    text = text === "" ? message : `${text}: ${message}`;
  }
  if (text === "") text = "unknown error";
  if (hint === undefined && isMissing("/proc/self")) hint = "/proc is not mounted";
  return hint === undefined || text.includes(hint) ? text : `${text} (${hint})`;
}

/** A message of the kernel's without the path in config.json that it begins with, where the text has named that. */
function withoutKnownPlace(message: string, text: string): string {
  const place = /^[\w.[\]]+: /.exec(message)?.[0];
  return place?.includes(".") && text.includes(place) ? message.slice(place.length) : message;
}

/** Whether the text ends with the reason of a system error of Deno's, in whatever case: who put words around it said it. */
function isTold(text: string, link: unknown): boolean {
  const reason = link instanceof Error && SYSTEM_ERROR.exec(link.message)?.[1];
  return Boolean(reason) && text.toLowerCase().endsWith(`: ${reason}`.toLowerCase());
}

function isMissing(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return false;
  } catch {
    return true;
  }
}

function* chainOf(error: unknown): Generator<unknown> {
  const seen = new Set<unknown>();
  for (let link = error; link !== undefined && link !== null && !seen.has(link);) {
    seen.add(link);
    yield link;
    link = link instanceof Error ? link.cause : undefined;
  }
}

function describeLink(link: unknown): string {
  if (!(link instanceof Error)) return String(link);
  const message = describeSystemError(link.message);
  if (link instanceof RuntError) {
    const path = link.path;
    return path === undefined || message.includes(path) ? message : `${path}: ${message}`;
  }
  // A class that nobody here throws on purpose is a fault of runt: its name is the better half of the message.
  const expected = link.name === "Error" || link.name === "KernelError" || message !== link.message;
  return expected ? message : `${link.name}: ${message}`;
}

/** Deno's `No such file or directory (os error 2): open '/x'` in the words of Go: `open /x: no such file or directory`. */
function describeSystemError(message: string): string {
  const match = SYSTEM_ERROR.exec(message);
  if (!match) return message;
  const [, reason = "", call, path, target] = match;
  const lower = reason.charAt(0).toLowerCase() + reason.slice(1);
  if (call === undefined) return lower;
  const verb = call === "readfile" || call === "writefile" ? "open" : call;
  return `${verb} ${path}${target === undefined ? "" : ` ${target}`}: ${lower}`;
}

function* stacksOf(error: unknown): Generator<string> {
  for (const link of chainOf(error)) if (link instanceof Error && link.stack) yield link.stack;
}
