import { RuntError } from "../libcontainer/error.ts";
import type { ContainerEvent } from "../libcontainer/lifecycle/events.ts";
import type { Command } from "./_command.ts";
import { exactJson } from "./_exact_json.ts";
import { printOut } from "./_print.ts";

const FLAGS = { interval: "duration", stats: "boolean" } as const;

/** `runt events`: prints what a container uses, and when it runs out of memory. */
export const eventsCommand: Command<typeof FLAGS> = {
  name: "events",
  flags: FLAGS,
  operands: [1, 1],
  async run({ flags, operands, runtime }) {
    const { containerStats, watchContainer } = await import("../libcontainer/lifecycle/events.ts");
    const id = operands[0]!, interval = flags.interval ?? 5000;
    if (interval <= 0) throw new RuntError("usage", "duration interval must be greater than 0");
    if (flags.stats) print(containerStats(runtime, id));
    else watchContainer(runtime, id, interval, print);
    return 0;
  },
};

/** A line for each event, at once; false when nobody reads any more. */
function print(event: ContainerEvent): boolean {
  return printOut(`${exactJson(event)}\n`);
}
