import type { Command } from "./_command.ts";

/** `runt help [command]`: prints what can be done, or how one command is used. */
export const helpCommand: Command = {
  name: "help",
  flags: {},
  operands: [0, Infinity],
  async run({ operands }) {
    const { printHelp } = await import("./_help.ts");
    printHelp(operands[0] || undefined);
    return 0;
  },
};
