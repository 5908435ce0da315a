import type { CommandManual } from "../_command.ts";
import { CONTAINER_ID } from "./shared_flags.ts";

/** Manual of `runt pause`. */
export const pauseManual: CommandManual = {
  name: "pause",
  summary: "suspend all processes of a container",
  operands: "<container-id>",
  description: `Suspends all processes of a created or running container, until "runt resume".

${CONTAINER_ID}

A paused container can be killed: SIGKILL ends it, another signal reaches it when it is resumed.`,
  flags: {},
  takesContainer: true,
};
