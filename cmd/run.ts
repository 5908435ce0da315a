import type { Command } from "./_command.ts";
import { CREATE_FLAGS, readCreateOptions, wrapFailure } from "./_create_options.ts";

const FLAGS = {
  ...CREATE_FLAGS.flags,
  detach: "boolean",
  keep: "boolean",
  "no-subreaper": "boolean",
} as const;

/** `runt run`: makes a container, starts it and, unless detached, waits for it. */
export const runCommand: Command<typeof FLAGS> = {
  name: "run",
  flags: FLAGS,
  aliases: { b: "bundle", d: "detach" },
  operands: [1, 1],
  async run({ flags, operands, runtime }) {
    try {
      const options = {
        ...readCreateOptions(flags),
        detach: flags.detach ?? false,
        keep: flags.keep ?? false,
        noSubreaper: flags["no-subreaper"] ?? false,
        bundleFlag: flags.bundle,
        plain: Object.keys(flags).every((flag) => flag === "bundle"),
      };
      const { runContainer } = await import("../libcontainer/lifecycle/run.ts");
      return await runContainer(runtime, operands[0]!, options);
    } catch (error) {
      throw wrapFailure("run", error);
    }
  },
};
