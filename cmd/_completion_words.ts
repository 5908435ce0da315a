import type { CommandManual, FlagManual } from "./_command.ts";
import { shortNames } from "./_help.ts";
import { GLOBAL_MANUAL, MANUALS } from "./manual/mod.ts";

/** A flag as shells need to know it. */
export interface CompletedFlag {
  readonly name: string;
  readonly short: readonly string[];
  readonly manual: FlagManual;
  /** With their dashes, the long one first. */
  readonly spellings: readonly string[];
  /** What its value is, if it takes one. */
  readonly value: ValueKind | undefined;
}

/** What a shell offers for a value: words, directories, files, or nothing that it could know. */
export type ValueKind = { readonly words: readonly string[] } | "directory" | "file" | "unknown";

/** The flags of a manual that are worth completing. */
export function completedFlags(manual: CommandManual): CompletedFlag[] {
  return Object.entries(manual.flags).filter(([, flag]) => !flag.hidden).map(([name, flag]) => {
    const short = shortNames(manual, name);
    const spellings = [`--${name}`, ...short.map((letter) => `-${letter}`)];
    return { name, short, manual: flag, spellings, value: valueKind(flag) };
  });
}

function valueKind(flag: FlagManual): ValueKind | undefined {
  if (flag.choices) return { words: flag.choices };
  if (flag.value === "dir") return "directory";
  if (flag.value === "path") return "file";
  return flag.value === undefined ? undefined : "unknown";
}

/** What the operands of a command can be, as far as it is a list of words. */
export function operandWords(manual: CommandManual): readonly string[] | undefined {
  if (manual.name === "help") return MANUALS.map((manual) => manual.name);
  if (manual.name === "completion") return ["bash", "zsh", "fish"];
  return undefined;
}

/** The manual of what stands before a command. */
export const FRONT: CommandManual = GLOBAL_MANUAL;

/** Signals that are sent by hand. */
export const SIGNAL_WORDS = ["TERM", "KILL", "INT", "HUP", "QUIT", "USR1", "USR2", "STOP", "CONT", "WINCH"];
