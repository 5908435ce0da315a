/**
 * What a command is. Two halves, so that a container's start never loads prose:
 *
 * - {@linkcode Command} (`cmd/<name>.ts`): the flags' kinds and what is done; small, loaded to run the command.
 * - {@linkcode CommandManual} (`cmd/manual/<name>.ts`): every word a human reads; help, man pages and shell
 *   completion are made of it. Its type demands exactly one text for each flag of the command.
 *
 * @module
 */
import type { RuntimeOptions } from "../libcontainer/lifecycle/options.ts";

/** What a flag's value is. `strings` and `integers` may be given more than once; a `duration` is in milliseconds. */
export type FlagKind = "string" | "boolean" | "integer" | "strings" | "integers" | "duration";

/** Long names of flags, without dashes, and their kinds. */
export interface FlagTable {
  readonly [name: string]: FlagKind;
}

/** Flags that are understood together. */
export interface FlagSet<T extends FlagTable = FlagTable> {
  readonly flags: T;
  /** Short names: `b` stands for `bundle`. */
  readonly aliases?: Readonly<Record<string, string>>;
}

interface ValueOf {
  string: string;
  boolean: boolean;
  integer: number;
  strings: readonly string[];
  duration: number;
  integers: readonly number[];
}

/** The values of flags that were given; a flag that was not given is absent. */
export type FlagValues<T extends FlagTable> = { readonly [Name in keyof T]?: ValueOf[T[Name]] };

/** One use of a command. */
export interface Invocation<T extends FlagTable = FlagTable> {
  /** The command's own flags. */
  readonly flags: FlagValues<T>;
  /** What is left of the command line; their number is already checked. */
  readonly operands: readonly string[];
  /** What the global flags ask for. */
  readonly runtime: RuntimeOptions;
}

/** One command of the command line. */
export interface Command<T extends FlagTable = FlagTable> extends FlagSet<T> {
  readonly name: string;
  /** Fewest and most operands. */
  readonly operands: readonly [min: number, max: number];
  /** Flags end at the first operand, because what follows belongs to somebody else. */
  readonly flagsFirst?: true;
  /** Does it. Returns the exit code; a failure is thrown. */
  run(invocation: Invocation<T>): number | Promise<number>;
}

/** What a human reads of one flag. */
export interface FlagManual {
  /** One phrase in lower case, no full stop. */
  readonly text: string;
  /** What the value is called: `path`. Absent for a boolean. */
  readonly value?: string;
  /** The words that can be given, where there are only so many. */
  readonly choices?: readonly string[];
  /** What holds when the flag is not given. */
  readonly default?: string;
  /** Accepted, but not worth a user's time. */
  readonly hidden?: true;
}

/** What a human reads of one command. */
export interface CommandManual<T extends FlagTable = FlagTable> {
  readonly name: string;
  /** One phrase in lower case. */
  readonly summary: string;
  /** The operands, as `<container-id> [signal]`. */
  readonly operands: string;
  /** Paragraphs, apart by an empty line; an indented paragraph is an example and kept as it is. */
  readonly description: string;
  readonly flags: { readonly [Name in keyof T]: FlagManual };
  readonly aliases?: Readonly<Record<string, string>>;
  /** The first operand is the id of an existing container; completion offers them. */
  readonly takesContainer?: true;
}
