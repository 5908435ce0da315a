import type { CommandManual } from "../_command.ts";
import type { killCommand } from "../kill.ts";
import { CONTAINER_ID } from "./shared_flags.ts";

/** Manual of `runt kill`. */
export const killManual: CommandManual<typeof killCommand.flags> = {
  name: "kill",
  summary: "send a signal to a container's init process",
  operands: "<container-id> [signal]",
  description:
    `Sends a signal to the init process of a container. The signal is a number or a name in upper or lower
case, with or without SIG before it; SIGTERM when none is given.

${CONTAINER_ID}

To end the container "web" at once:

    # runt kill web KILL`,
  aliases: { a: "all" },
  flags: { all: { text: "send the signal to all processes of the container" } },
  takesContainer: true,
};
