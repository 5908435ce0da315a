import type { Command } from "./_command.ts";
import { parseSignal } from "./_signal.ts";

const FLAGS = { all: "boolean" } as const;

/** `runt kill`: sends a signal to the init process, or to every process of the container. */
export const killCommand: Command<typeof FLAGS> = {
  name: "kill",
  flags: FLAGS,
  aliases: { a: "all" },
  operands: [1, 2],
  async run({ flags, operands, runtime }) {
    const { killContainer } = await import("../libcontainer/lifecycle/kill.ts");
    // A container that is not there is told before a signal that is none, as by runc.
    const readSignal = () => parseSignal(operands[1] || "SIGTERM");
    killContainer(runtime, operands[0]!, readSignal, { all: flags.all ?? false });
    return 0;
  },
};
