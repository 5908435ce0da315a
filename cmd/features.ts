import type { Command } from "./_command.ts";
import { jsonAsGo } from "./_go_format.ts";
import { printOut } from "./_print.ts";
import { readCommit, SPEC_VERSION, VERSION } from "./_version.ts";

/** `runt features`: prints what this runtime can do, as the runtime specification's features structure. */
export const featuresCommand: Command = {
  name: "features",
  flags: {},
  operands: [0, 0],
  async run() {
    const { describeFeatures } = await import("../libcontainer/features/mod.ts");
    const features = describeFeatures({ version: VERSION, commit: readCommit(), specVersion: SPEC_VERSION });
    printOut(`${jsonAsGo(features, "    ")}\n`);
    return 0;
  },
};
