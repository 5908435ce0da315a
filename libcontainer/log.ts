/** Key and value pairs that go beside a log message. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Where the library reports what it does. The command line writes it as runc does; tests collect it. */
export interface Logger {
  /** Whether anything was ignored so far: what is done again without looking would not say so again. */
  readonly warned?: boolean;
  /** Steps and handled fallbacks; shown with `--debug`. */
  debug(message: string, fields?: LogFields): void;
  /** Events of note. */
  info(message: string, fields?: LogFields): void;
  /** Something was ignored or could not be done, and the request goes on. */
  warn(message: string, fields?: LogFields): void;
  /** The request failed. */
  error(message: string, fields?: LogFields): void;
}

/** A logger that keeps nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
