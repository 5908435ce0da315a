import type { Command } from "./_command.ts";

/** `runt resume`: lets the processes of a paused container go on. */
export const resumeCommand: Command = {
  name: "resume",
  flags: {},
  operands: [1, 1],
  async run({ operands, runtime }) {
    const { resumeContainer } = await import("../libcontainer/lifecycle/pause.ts");
    resumeContainer(runtime, operands[0]!);
    return 0;
  },
};
