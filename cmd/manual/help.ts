import type { CommandManual } from "../_command.ts";

/** Manual of `runt help`. */
export const helpManual: CommandManual = {
  name: "help",
  summary: "show a list of commands or help for one command",
  operands: "[command]",
  description: `Prints the commands and the global options, or how one command is used.`,
  flags: {},
};
