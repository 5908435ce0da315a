import type { CommandManual } from "../_command.ts";
import type { deleteCommand } from "../delete.ts";
import { CONTAINER_ID } from "./shared_flags.ts";

/** Manual of `runt delete`. */
export const deleteManual: CommandManual<typeof deleteCommand.flags> = {
  name: "delete",
  summary: "delete what a container holds",
  operands: "<container-id>",
  description:
    `Deletes what is left of a stopped container: its state, its cgroups. A container that was created and
never started is ended and deleted too; one that runs is refused without --force.

${CONTAINER_ID}`,
  aliases: { f: "force" },
  flags: { force: { text: "end the container with SIGKILL if it runs; no error if there is none" } },
  takesContainer: true,
};
