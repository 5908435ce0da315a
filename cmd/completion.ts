import { RuntError } from "../libcontainer/error.ts";
import type { Command } from "./_command.ts";
import { printOut } from "./_print.ts";

/** `runt completion SHELL`: prints a script that teaches a shell to complete runt's command line. */
export const completionCommand: Command = {
  name: "completion",
  flags: {},
  operands: [1, 1],
  async run({ operands }) {
    const { formatCompletion, SHELLS } = await import("./_completion.ts");
    const shell = SHELLS.find((shell) => shell === operands[0]);
    if (!shell) throw new RuntError("usage", `unknown shell "${operands[0]}"`, { hint: SHELLS.join(", ") });
    printOut(formatCompletion(shell));
    return 0;
  },
};
