import { RuntError } from "../libcontainer/error.ts";
import type { Command } from "./_command.ts";

const FLAGS = { force: "boolean" } as const;

/** `runt delete`: removes what is left of a container. */
export const deleteCommand: Command<typeof FLAGS> = {
  name: "delete",
  flags: FLAGS,
  aliases: { f: "force" },
  operands: [1, 1],
  async run({ flags, operands, runtime }) {
    const force = flags.force ?? false;
    const { deleteContainer } = await import("../libcontainer/lifecycle/delete.ts");
    try {
      deleteContainer(runtime, operands[0]!, { force });
    } catch (error) {
      // As in runc, who forces wants it gone, and it is.
      if (!(force && error instanceof RuntError && error.code === "not-found")) throw error;
    }
    return 0;
  },
};
