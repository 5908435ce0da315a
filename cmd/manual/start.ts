import type { CommandManual } from "../_command.ts";
import { CONTAINER_ID } from "./shared_flags.ts";

/** Manual of `runt start`. */
export const startManual: CommandManual = {
  name: "start",
  summary: "start the program of a created container",
  operands: "<container-id>",
  description: `Starts the program of a container that "runt create" made.

${CONTAINER_ID}`,
  flags: {},
  takesContainer: true,
};
