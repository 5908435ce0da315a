import type { CommandManual } from "../_command.ts";
import type { FRONT_FLAGS, GLOBAL_FLAGS } from "../_global_flags.ts";
import { HELP_FLAG_MANUAL } from "./shared_flags.ts";

/** Manual of runt itself and of its global flags. */
export const GLOBAL_MANUAL: CommandManual<typeof GLOBAL_FLAGS.flags & typeof FRONT_FLAGS.flags> = {
  name: "runt",
  summary: "Open Container Initiative runtime",
  operands: "",
  description:
    `runt runs applications packaged according to the Open Container Initiative (OCI) format. It is a
command line drop-in for runc: engines such as podman, containerd and Docker drive it, and so can you.

A container is made of a bundle: a directory with a specification named config.json and a root
filesystem. "runt spec" writes a specification to begin with. To run a container:

    # runt run [ -b bundle ] <container-id>

<container-id> is your name for the container and must be unique below one --root. The bundle is the
current directory unless -b names another.`,
  aliases: { h: "help", v: "version" },
  flags: {
    debug: { text: "log debug messages too" },
    log: { value: "path", text: "file to append log messages to", default: "standard error" },
    "log-format": {
      value: "format",
      text: "form of log messages",
      choices: ["text", "json"],
      default: "text",
    },
    root: {
      value: "dir",
      text: "directory for the containers' state, on a tmpfs",
      default: "/run/runt, or $XDG_RUNTIME_DIR/runt for users other than root",
    },
    "systemd-cgroup": {
      text:
        'let systemd make the cgroups; linux.cgroupsPath then reads "slice:prefix:name", as in "system.slice:runt:web1"',
    },
    rootless: {
      value: "mode",
      text: "ignore cgroup permission errors",
      choices: ["true", "false", "auto"],
      default: "auto",
    },
    init: {
      value: "kind",
      text: "what sets up a container from the inside, a tiny program or runt itself",
      choices: ["image", "self"],
      default: "$RUNT_INIT, or image",
    },
    criu: { value: "path", text: "accepted for runc's sake and ignored", hidden: true },
    help: HELP_FLAG_MANUAL,
    version: { text: "print the version" },
  },
};
