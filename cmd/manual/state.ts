import type { CommandManual } from "../_command.ts";
import { CONTAINER_ID } from "./shared_flags.ts";

/** Manual of `runt state`. */
export const stateManual: CommandManual = {
  name: "state",
  summary: "output the state of a container",
  operands: "<container-id>",
  description:
    `Prints the state of a container as JSON: what the OCI runtime specification demands, and when and
by whom the container was made, as runc adds it.

${CONTAINER_ID}`,
  flags: {},
  takesContainer: true,
};
