/**
 * What a human is told of the command line; made of the manuals.
 *
 * @module
 */
import type { CommandManual, FlagManual } from "./_command.ts";
import { ExitError } from "./_exit_error.ts";
import { findManual, GLOBAL_MANUAL, MANUALS } from "./manual/mod.ts";
import { printOut } from "./_print.ts";
import { programName } from "./_program_name.ts";
import { formatVersion, VERSION } from "./_version.ts";

/** What runc has and runt has not yet. */
const NOT_YET = ["checkpoint", "restore"];

/**
 * Prints the help of one command, or of the whole.
 *
 * @param heading what stands before it, when help is the answer to a mistake
 * @throws RuntError `usage` when there is no such command
 */
export function printHelp(name?: string, heading?: string): void {
  const manual = name === undefined ? undefined : findManual(name);
  if (name !== undefined && !manual) throw unknownCommand(name);
  const help = manual ? formatCommandHelp(manual) : formatHelp();
  printOut(heading === undefined ? help : `${heading}\n\n${help}`);
}

/** The failure of a command that does not exist, with runc's text and exit code. */
export function unknownCommand(name: string): ExitError {
  const hint = NOT_YET.includes(name)
    ? `runt ${VERSION} does not have this command of runc yet`
    : "runt help lists the commands";
  return new ExitError(3, "usage", `No help topic for '${name}'`, { hint });
}

/** The help of the whole command line. */
export function formatHelp(): string {
  const name = programName();
  const commands = MANUALS.map((
    manual,
  ) => [manual.name === "help" ? "help, h" : manual.name, manual.summary]);
  return [
    section("NAME", `   ${name} - ${GLOBAL_MANUAL.summary}`),
    GLOBAL_MANUAL.description,
    section("USAGE", `   ${name} [global options] command [command options] [arguments...]`),
    section(
      "VERSION",
      `   ${formatVersion().trimEnd().replace(/^\w+ version /, "").replaceAll("\n", "\n   ")}`,
    ),
    section("COMMANDS", formatColumns(commands)),
    section("GLOBAL OPTIONS", formatFlags(GLOBAL_MANUAL)),
  ].join("\n\n") + "\n";
}

/** The help of one command. */
export function formatCommandHelp(manual: CommandManual): string {
  const name = `${programName()} ${manual.name}`;
  const usage = `   ${name} [command options] ${manual.operands}`.trimEnd();
  return [
    section("NAME", `   ${name} - ${manual.summary}`),
    section("USAGE", usage),
    section("DESCRIPTION", indentProse(manual.description)),
    section("OPTIONS", formatFlags(manual)),
  ].join("\n\n") + "\n";
}

function section(title: string, body: string): string {
  return `${title}:\n${body}`;
}

function indentProse(text: string): string {
  return text.replace(/^(?=.)/gm, "   ");
}

function formatFlags(manual: CommandManual): string {
  const rows: string[][] = [];
  for (const [name, flag] of Object.entries(manual.flags)) {
    if (flag.hidden) continue;
    const names = [`--${name}`, ...shortNames(manual, name).map((short) => `-${short}`)];
    const value = flag.value === undefined ? "" : ` ${flag.value}`;
    rows.push([names.map((name) => name + value).join(", "), describeFlag(flag)]);
  }
  return formatColumns(rows);
}

/** Short names of a flag, without the dash. */
export function shortNames(manual: CommandManual, name: string): string[] {
  return Object.entries(manual.aliases ?? {}).filter(([, long]) => long === name).map(([short]) => short);
}

/** A flag's text, with its choices and default. */
export function describeFlag(flag: FlagManual): string {
  const choices = flag.choices ? `: ${flag.choices.join(" or ")}` : "";
  const fallback = flag.default === undefined ? "" : ` (default: ${flag.default})`;
  return `${flag.text}${choices}${fallback}`;
}

function formatColumns(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([left = ""]) => left.length));
  return rows.map(([left = "", right = ""]) => `   ${left.padEnd(width)}  ${right}`).join("\n");
}
