import { RuntError } from "../libcontainer/error.ts";
import type { LogFields, Logger } from "../libcontainer/log.ts";
import { formatLocalTime, jsonAsGo, quoteAsGo } from "./_go_format.ts";
import { printError } from "./_print.ts";

type Level = "debug" | "info" | "warning" | "error";

/** Where log lines go and how they look. */
export interface LogOptions {
  /** `--log`: a file that lines are appended to; nothing or "": standard error. */
  readonly file?: string | undefined;
  /** `--log-format`: `text`, `json`, or "" for text. */
  readonly format?: string | undefined;
  /** Debug lines are written too. */
  readonly debug?: boolean | undefined;
}

/** The logger of the command line. */
export interface CommandLog extends Logger {
  /** Lines go to standard error, so that printing an error there as well would say it twice. */
  readonly toStderr: boolean;
  /** Debug lines are written, so that what is dear to describe is worth describing. */
  readonly verbose: boolean;
}

/**
 * Opens the log as runc does: the file is made at once, since callers (containerd, podman) read it after a failure,
 * and is appended to, since callers share one file among many commands.
 *
 * @throws RuntError `usage` for an unknown format, `io` when the file cannot be opened
 */
export function openLog(options: LogOptions): CommandLog {
  const format = options.format ?? "";
  if (format !== "" && format !== "text" && format !== "json") {
    throw new RuntError("usage", `invalid log-format: ${format}`);
  }
  const file = options.file ? openLogFile(options.file) : undefined;
  const render = format === "json" ? formatJsonLine : file ? formatTextLine : formatTextOrTerminalLine;
  const write = (level: Level, message: string, fields?: LogFields) => {
    const line = render(new Date(), level, message, fields);
    if (file) appendLine(file, line);
    else printError(line);
  };
  let warned = false;
  return {
    get warned() {
      return warned;
    },
    toStderr: file === undefined,
    verbose: options.debug ?? false,
    debug: options.debug ? (message, fields) => write("debug", message, fields) : () => {},
    info: (message, fields) => write("info", message, fields),
    warn(message, fields) {
      warned = true;
      write("warning", message, fields);
    },
    error: (message, fields) => write("error", message, fields),
  };
}

function openLogFile(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { append: true, create: true, mode: 0o644 });
  } catch (cause) {
    throw new RuntError("io", "Cannot open the log file", { cause });
  }
}

/** One write a line, so that lines of commands that run at the same time do not mix. */
function appendLine(file: Deno.FsFile, line: string): void {
  try {
    file.writeSync(new TextEncoder().encode(line));
    // runc opens the file with O_SYNC: the line must survive what may happen next. A pipe or a terminal cannot.
    file.syncSync();
  } catch { /* a full disk must not turn into another failure of the command */ }
}

/**
 * One line of logrus's TextFormatter: `time="…" level=error msg="…"`, then the fields by name.
 */
export function formatTextLine(time: Date, level: Level, message: string, fields: LogFields = {}): string {
  let line = `time="${formatLocalTime(time)}" level=${level}`;
  if (message !== "") line += ` msg=${quoteIfNeeded(message)}`;
  return `${line}${formatFields(fields, "")}\n`;
}

/** logrus has another form for people, with colours; what is not a terminal gets the plain one. */
function formatTextOrTerminalLine(time: Date, level: Level, message: string, fields?: LogFields): string {
  return Deno.stderr.isTerminal()
    ? formatTerminalLine(level, message, fields)
    : formatTextLine(time, level, message, fields);
}

/** One line of logrus's TextFormatter on a terminal. */
export function formatTerminalLine(level: Level, message: string, fields: LogFields = {}): string {
  const colour = level === "error" ? 31 : level === "warning" ? 33 : level === "info" ? 36 : 37;
  const word = level.slice(0, 4).toUpperCase();
  return `\x1b[${colour}m${word}\x1b[0m[0000] ${message.padEnd(44)} ${
    formatFields(fields, `\x1b[${colour}m`)
  }\n`;
}

/** One line of logrus's JSONFormatter: keys by name, HTML's characters escaped. */
export function formatJsonLine(time: Date, level: Level, message: string, fields: LogFields = {}): string {
  const entry: Record<string, unknown> = { ...fields, level, msg: message, time: formatLocalTime(time) };
  const sorted = Object.fromEntries(Object.keys(entry).sort().map((key) => [key, entry[key]]));
  return `${jsonAsGo(sorted)}\n`;
}

function formatFields(fields: LogFields, colour: string): string {
  const name = colour === "" ? (key: string) => key : (key: string) => `${colour}${key}\x1b[0m`;
  return Object.keys(fields).sort().map((key) => ` ${name(key)}=${quoteIfNeeded(String(fields[key]))}`).join(
    "",
  );
}

function quoteIfNeeded(text: string): string {
  return /[^a-zA-Z0-9\-._/@^+]/.test(text) ? quoteAsGo(text) : text;
}
