import type { CommandManual } from "../_command.ts";
import { CONTAINER_ID } from "./shared_flags.ts";

/** Manual of `runt resume`. */
export const resumeManual: CommandManual = {
  name: "resume",
  summary: "let the processes of a paused container go on",
  operands: "<container-id>",
  description: `Lets all processes of a container go on that "runt pause" has suspended.

${CONTAINER_ID}`,
  flags: {},
  takesContainer: true,
};
