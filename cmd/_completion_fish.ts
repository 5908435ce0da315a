import type { CommandManual } from "./_command.ts";
import {
  type CompletedFlag,
  completedFlags,
  FRONT,
  operandWords,
  SIGNAL_WORDS,
} from "./_completion_words.ts";
import { MANUALS } from "./manual/mod.ts";

/** The completion script for fish. */
export function formatFishCompletion(): string {
  const names = MANUALS.map((manual) => manual.name).join(" ");
  const lines = [
    `# fish completion of runt; made by "runt completion fish".`,
    "",
    "function __runt_containers",
    "    runt list --quiet 2>/dev/null",
    "end",
    "",
    "complete -c runt -f",
    "",
    ...completedFlags(FRONT).map((flag) => complete(`not __fish_seen_subcommand_from ${names}`, flag)),
  ];
  for (const manual of MANUALS) {
    lines.push("", ...formatCommand(manual, names));
  }
  return `${lines.join("\n")}\n`;
}

function formatCommand(manual: CommandManual, names: string): string[] {
  const here = `__fish_seen_subcommand_from ${manual.name}`;
  const lines = [
    `complete -c runt -n ${quote(`not __fish_seen_subcommand_from ${names}`)} -a ${manual.name} -d ${
      quote(manual.summary)
    }`,
    ...completedFlags(manual).map((flag) => complete(here, flag)),
  ];
  const words = operandWords(manual);
  if (words) lines.push(`complete -c runt -n ${quote(here)} -a ${quote(words.join(" "))}`);
  if (manual.takesContainer) lines.push(`complete -c runt -n ${quote(here)} -a '(__runt_containers)'`);
  if (manual.name === "kill") {
    lines.push(`complete -c runt -n ${quote(here)} -a ${quote(SIGNAL_WORDS.join(" "))}`);
  }
  return lines;
}

function complete(condition: string, { name, short, manual, value }: CompletedFlag): string {
  let line = `complete -c runt -n ${quote(condition)} -l ${name}`;
  for (const letter of short) line += ` -s ${letter}`;
  if (value === "directory") line += " -x -a '(__fish_complete_directories)'";
  else if (value === "file") line += " -r -F";
  else if (value === "unknown") line += " -x";
  else if (value) line += ` -x -a ${quote(value.words.join(" "))}`;
  return `${line} -d ${quote(manual.text)}`;
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
