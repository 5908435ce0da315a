import type { Command } from "./_command.ts";
import { CREATE_FLAGS, readCreateOptions, wrapFailure } from "./_create_options.ts";

/** `runt create`: makes a container whose program waits for `runt start`. */
export const createCommand: Command<typeof CREATE_FLAGS.flags> = {
  name: "create",
  flags: CREATE_FLAGS.flags,
  aliases: CREATE_FLAGS.aliases,
  operands: [1, 1],
  async run({ flags, operands, runtime }) {
    try {
      const options = readCreateOptions(flags);
      const { createContainer } = await import("../libcontainer/lifecycle/create.ts");
      await createContainer(runtime, operands[0]!, options);
    } catch (error) {
      throw wrapFailure("create", error);
    }
    return 0;
  },
};
