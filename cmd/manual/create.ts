import type { CommandManual } from "../_command.ts";
import type { CREATE_FLAGS } from "../_create_options.ts";
import { ANNOTATIONS, CREATE_FLAG_MANUALS, NEW_CONTAINER_ID } from "./shared_flags.ts";

/** Manual of `runt create`. */
export const createManual: CommandManual<typeof CREATE_FLAGS.flags> = {
  name: "create",
  summary: "create a container",
  operands: "<container-id>",
  description: `Makes a container of a bundle: a directory with a specification named config.json and a root
filesystem. All is set up, namespaces, mounts, cgroups, but the program that process.args of the
specification names does not run before "runt start".

${NEW_CONTAINER_ID}

${ANNOTATIONS}`,
  aliases: { b: "bundle" },
  flags: CREATE_FLAG_MANUALS,
};
