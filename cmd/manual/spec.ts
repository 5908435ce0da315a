import type { CommandManual } from "../_command.ts";
import type { specCommand } from "../spec.ts";

/** Manual of `runt spec`. */
export const specManual: CommandManual<typeof specCommand.flags> = {
  name: "spec",
  summary: "create a new specification file",
  operands: "",
  description:
    `Writes config.json, the specification of a container, to begin with. It runs "sh" on a terminal in the
directory rootfs beside it; edit it to the purpose. A config.json that is there already is never touched.

To make and run a container of a busybox executable that needs no libraries:

    # mkdir -p hello/rootfs/bin && cd hello
    # cp /bin/busybox rootfs/bin/sh
    # runt spec
    # runt run hello

A container that is made by a user other than root needs a user namespace; with --rootless the
specification has one, with the caller mapped to root.`,
  aliases: { b: "bundle" },
  flags: {
    bundle: { value: "dir", text: "directory to write to", default: "the current directory" },
    rootless: { text: "write a specification for a rootless container" },
  },
};
