import type { CommandManual } from "../_command.ts";

/** Manual of `runt features`. */
export const featuresManual: CommandManual = {
  name: "features",
  summary: "show the enabled features",
  operands: "",
  description:
    `Prints, as JSON, what this runtime can do: the features structure of the OCI runtime specification.
It says nothing of what the host supports.`,
  flags: {},
};
