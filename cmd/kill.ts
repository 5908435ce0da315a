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
    const signal = parseSignal(operands[1] || "SIGTERM");
    const { killContainer } = await import("../libcontainer/lifecycle/kill.ts");
    killContainer(runtime, operands[0]!, signal, { all: flags.all ?? false });
    return 0;
  },
};
