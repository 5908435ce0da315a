import type { Command } from "./_command.ts";

/** `runt pause`: suspends all processes of a container. */
export const pauseCommand: Command = {
  name: "pause",
  flags: {},
  operands: [1, 1],
  async run({ operands, runtime }) {
    const { pauseContainer } = await import("../libcontainer/lifecycle/pause.ts");
    pauseContainer(runtime, operands[0]!);
    return 0;
  },
};
