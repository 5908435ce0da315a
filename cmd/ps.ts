import { RuntError } from "../libcontainer/error.ts";
import type { Command } from "./_command.ts";
import { jsonAsGo } from "./_go_format.ts";
import { printOut } from "./_print.ts";
import { selectProcesses } from "./_process_table.ts";

const FLAGS = { format: "string" } as const;

/** `runt ps`: prints the processes of a container, as the host's `ps` sees them. */
export const psCommand: Command<typeof FLAGS> = {
  name: "ps",
  flags: FLAGS,
  aliases: { f: "format" },
  operands: [1, Infinity],
  // What follows the id is for the host's ps.
  flagsFirst: true,
  async run({ flags, operands, runtime }) {
    const [id = "", ...options] = operands;
    const { containerProcesses } = await import("../libcontainer/lifecycle/ps.ts");
    const pids = containerProcesses(runtime, id), format = flags.format ?? "table";
    // Go writes a list that was never filled as null.
    if (format === "json") printOut(`${jsonAsGo(pids.length > 0 ? pids : null)}\n`);
    else if (format !== "table") {
      throw new RuntError("usage", "invalid format option", { hint: "table or json" });
    } else printOut(selectProcesses(runPs(options.length > 0 ? options : ["-ef"]), pids));
    return 0;
  },
};

/** What the host's `ps` prints. */
function runPs(options: readonly string[]): string {
  let output: Deno.CommandOutput;
  try {
    output = new Deno.Command("ps", { args: [...options], stdin: "null" }).outputSync();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new RuntError("io", 'exec: "ps": executable file not found in $PATH: ');
  }
  const { success, code, signal, stdout, stderr } = output;
  const text = new TextDecoder().decode(stdout);
  if (success) return text;
  const end = signal ? `signal: ${signal}` : `exit status ${code}`;
  throw new RuntError("io", `${end}: ${text}${new TextDecoder().decode(stderr)}`);
}
