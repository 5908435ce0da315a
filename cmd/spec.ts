import { RuntError } from "../libcontainer/error.ts";
import { anchoredPath } from "./_absolute_path.ts";
import type { Command } from "./_command.ts";

const FLAGS = { bundle: "string", rootless: "boolean" } as const;
const FILE = "config.json";

/** `runt spec`: writes an example of config.json to begin with. */
export const specCommand: Command<typeof FLAGS> = {
  name: "spec",
  flags: FLAGS,
  aliases: { b: "bundle" },
  operands: [0, 0],
  async run({ flags }) {
    const { exampleSpec, formatSpec } = await import("../libcontainer/spec/example.ts");
    const text = formatSpec(exampleSpec({ rootless: flags.rootless ?? false }));
    try {
      // O_EXCL: what is there stays there, be it a file, a link, or a link to nowhere.
      Deno.writeTextFileSync(`${anchoredPath(flags.bundle ?? "")}/${FILE}`, text, { createNew: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      throw new RuntError("exists", `File ${FILE} exists. Remove it first`);
    }
    return 0;
  },
};
