import type { CommandManual } from "../_command.ts";
import type { psCommand } from "../ps.ts";
import { CONTAINER_ID } from "./shared_flags.ts";

/** Manual of `runt ps`. */
export const psManual: CommandManual<typeof psCommand.flags> = {
  name: "ps",
  summary: "print the processes of a container",
  operands: "<container-id> [ps options]",
  description: `Prints the processes of a container as the host sees them.

${CONTAINER_ID}

What follows the id is given to the host's ps(1), which is run with -ef when nothing does. Its table must
have a column PID:

    # runt ps web -o pid,user,args`,
  aliases: { f: "format" },
  flags: {
    format: {
      value: "format",
      text: "form of the output; json has the process ids alone",
      choices: ["table", "json"],
      default: "table",
    },
  },
  takesContainer: true,
};
