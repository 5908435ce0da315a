import type { FlagKind, FlagSet } from "./_command.ts";

/** A flag's value, of whichever kind. */
export type FlagValue = string | boolean | number | string[] | number[];

/** Flags, and the record that takes their values by long name. */
export interface FlagTarget extends FlagSet {
  readonly values: Record<string, FlagValue>;
}

/** What {@linkcode parseFlags} found beside the values. */
export interface ParsedFlags {
  /** All that is not a flag, in order. */
  readonly operands: string[];
  /** Why parsing stopped, in the words of Go's flag package; the caller prints it with the usage. */
  readonly error?: string;
}

/** How {@linkcode parseFlags} reads. */
export interface ParseMode {
  /** Index of the first argument to look at. */
  readonly from?: number;
  /** Stop at the first operand; all that follows it is an operand too. */
  readonly flagsFirst?: boolean;
}

const DASH = 45;

/**
 * Parses flags as runc's command line does (Go's flag package below urfave/cli): one dash or two, `--flag value`
 * or `--flag=value`, booleans take a value by `=` only, `--` ends the flags. A command's flags may also stand
 * behind its operands; what looks like a flag there and is none is left as an operand, so that
 * `kill ID -9` reads as it does in runc.
 *
 * @param targets where names are looked up and values are put; the first that knows a name decides
 * @param args the arguments
 * @param mode where to begin and when to stop
 * @returns what was found; never throws
 */
export function parseFlags(
  targets: readonly FlagTarget[],
  args: readonly string[],
  mode: ParseMode = {},
): ParsedFlags {
  const operands: string[] = [];
  let i = mode.from ?? 0;
  for (; i < args.length; i++) {
    const argument = args[i]!;
    if (argument === "--") {
      i++;
      break;
    }
    if (argument.length < 2 || argument.charCodeAt(0) !== DASH) {
      if (mode.flagsFirst) break;
      operands.push(argument);
      continue;
    }
    let name = argument.slice(argument.charCodeAt(1) === DASH ? 2 : 1);
    const equals = name.indexOf("=", 1);
    const given = equals < 0 ? undefined : name.slice(equals + 1);
    if (equals >= 0) name = name.slice(0, equals);
    const target = targets.find((target) => knows(target, name));
    if (!target) {
      if (operands.length > 0) {
        operands.push(argument);
        continue;
      }
      const malformed = name === "" || name[0] === "-" || name[0] === "=";
      const error = malformed ? `bad flag syntax: ${argument}` : `flag provided but not defined: -${name}`;
      return { operands, error };
    }
    const longName = target.aliases?.[name] ?? name;
    const kind = target.flags[longName]!;
    if (given === undefined && kind !== "boolean") {
      if (++i >= args.length) return { operands, error: `flag needs an argument: -${name}` };
    }
    const text = given ?? (kind === "boolean" ? "true" : args[i]!);
    const value = readValue(kind, text);
    if (value === undefined) return { operands, error: describeBadValue(kind, name, text) };
    if (kind === "strings" || kind === "integers") {
      ((target.values[longName] ??= []) as FlagValue[]).push(value);
    } else target.values[longName] = value;
  }
  for (; i < args.length; i++) operands.push(args[i]!);
  return { operands };
}

function knows(set: FlagSet, name: string): boolean {
  return Object.hasOwn(set.flags, name) || set.aliases !== undefined && Object.hasOwn(set.aliases, name);
}

function readValue(kind: FlagKind, text: string): FlagValue | undefined {
  if (kind === "boolean") return parseBoolean(text);
  if (kind === "integer" || kind === "integers") return parseInteger(text);
  if (kind === "duration") return parseDuration(text);
  return text;
}

/** Reads the words that Go's strconv.ParseBool knows. */
export function parseBoolean(text: string): boolean | undefined {
  switch (text) {
    case "1":
    case "t":
    case "T":
    case "true":
    case "TRUE":
    case "True":
      return true;
    case "0":
    case "f":
    case "F":
    case "false":
    case "FALSE":
    case "False":
      return false;
  }
  return undefined;
}

/** Reads an integer as Go's strconv.ParseInt does with base 0: decimal, `0x`, `0o` or a leading 0, `0b`. */
function parseInteger(text: string): number | undefined {
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9][0-9]*)$/.exec(text);
  if (!match) return undefined;
  const digits = match[2]!;
  const octal = digits.length > 1 && digits.charCodeAt(0) === 48 && digits.charCodeAt(1) <= 57;
  const number = Number(octal ? `0o${digits.slice(1)}` : digits);
  if (!Number.isSafeInteger(number)) return undefined;
  return match[1] === "-" ? -number : number;
}

/** Reads a time as Go's time.ParseDuration does, `1m30s` or `.5h`: in milliseconds. */
function parseDuration(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  // The micro sign and the letter mu.
  const ascii = text.replace(/[\u00b5\u03bc]s/g, "us");
  if (!/^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|ms|s|m|h))+$/.test(ascii)) return undefined;
  const units = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  let sum = 0;
  for (const [, number, unit] of ascii.matchAll(/([\d.]+)([^\d.]+)/g)) {
    sum += Number(number) * units[unit as "s"];
  }
  return text.startsWith("-") ? -sum : sum;
}

function describeBadValue(kind: FlagKind, name: string, text: string): string {
  const quoted = JSON.stringify(text);
  if (kind === "boolean") return `invalid boolean value ${quoted} for -${name}: parse error`;
  const reason = kind !== "duration" && /^[+-]?[0-9]+$/.test(text) ? "value out of range" : "parse error";
  return `invalid value ${quoted} for flag -${name}: ${reason}`;
}
