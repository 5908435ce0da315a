import type { Command } from "./_command.ts";

/** `runt start`: lets the program of a created container begin. */
export const startCommand: Command = {
  name: "start",
  flags: {},
  operands: [1, 1],
  async run({ operands, runtime }) {
    const { startContainer } = await import("../libcontainer/lifecycle/start.ts");
    await startContainer(runtime, operands[0]!);
    return 0;
  },
};
