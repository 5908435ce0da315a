import type { Command } from "./_command.ts";

const FLAGS = { force: "boolean" } as const;

/** `runt delete`: removes what is left of a container. */
export const deleteCommand: Command<typeof FLAGS> = {
  name: "delete",
  flags: FLAGS,
  aliases: { f: "force" },
  operands: [1, 1],
  async run({ flags, operands, runtime }) {
    const { deleteContainer } = await import("../libcontainer/lifecycle/delete.ts");
    await deleteContainer(runtime, operands[0]!, { force: flags.force ?? false });
    return 0;
  },
};
