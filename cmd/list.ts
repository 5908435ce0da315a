import { RuntError } from "../libcontainer/error.ts";
import type { Command } from "./_command.ts";
import { orderState } from "./_container_json.ts";
import { formatContainerTable } from "./_container_table.ts";
import { jsonAsGo } from "./_go_format.ts";
import { printOut } from "./_print.ts";

const FLAGS = { format: "string", quiet: "boolean" } as const;

/** `runt list`: prints the containers below the root. */
export const listCommand: Command<typeof FLAGS> = {
  name: "list",
  flags: FLAGS,
  aliases: { f: "format", q: "quiet" },
  operands: [0, 0],
  async run({ flags, runtime }) {
    const format = flags.format ?? "table";
    const { listContainers } = await import("../libcontainer/lifecycle/list.ts");
    const states = listContainers(runtime);
    if (flags.quiet) printOut(states.map((state) => `${state.id}\n`).join(""));
    else if (format === "table") printOut(formatContainerTable(states));
    // Go writes a list that was never filled as null; scripts that read runc's output know it.
    else if (format === "json") printOut(`${jsonAsGo(states.length > 0 ? states.map(orderState) : null)}\n`);
    else throw new RuntError("usage", "invalid format option", { hint: "table or json" });
    return 0;
  },
};
