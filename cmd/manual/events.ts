import type { CommandManual } from "../_command.ts";
import type { eventsCommand } from "../events.ts";
import { CONTAINER_ID } from "./shared_flags.ts";

/** Manual of `runt events`. */
export const eventsManual: CommandManual<typeof eventsCommand.flags> = {
  name: "events",
  summary: "print what a container uses, and when it runs out of memory",
  operands: "<container-id>",
  description:
    `Prints a line of JSON each time that the interval has passed, with what the container uses of CPU time,
memory, processes and block I/O, and one when a process of it is killed for want of memory; until the
container stops.

${CONTAINER_ID}

    # runt events --stats web | jq .data.memory.usage`,
  flags: {
    interval: { value: "duration", text: "time between two lines, such as 500ms or 1m30s", default: "5s" },
    stats: { text: "print what it uses now, and end" },
  },
  takesContainer: true,
};
