import type { Command } from "./_command.ts";

/**
 * `runt init`: what runt starts inside a container's namespaces with `--init=self`; not for people. Its instructions
 * come by the descriptors that the environment names.
 */
export const initCommand: Command = {
  name: "init",
  flags: {},
  operands: [0, 0],
  async run() {
    const { runSelfInit } = await import("../libcontainer/init/self.ts");
    return await runSelfInit();
  },
};
