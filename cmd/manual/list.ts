import type { CommandManual } from "../_command.ts";
import type { listCommand } from "../list.ts";

/** Manual of `runt list`. */
export const listManual: CommandManual<typeof listCommand.flags> = {
  name: "list",
  summary: "list the containers below the root",
  operands: "",
  description:
    `Lists the containers whose state is kept below the directory that the global option --root names.

    # runt list
    # runt --root /run/other list --format json`,
  aliases: { f: "format", q: "quiet" },
  flags: {
    format: { value: "format", text: "form of the output", choices: ["table", "json"], default: "table" },
    quiet: { text: "print ids only, one a line" },
  },
};
