import type { CommandManual } from "../_command.ts";
import type { execCommand } from "../exec.ts";
import { CONTAINER_ID } from "./shared_flags.ts";

/** Manual of `runt exec`. */
export const execManual: CommandManual<typeof execCommand.flags> = {
  name: "exec",
  summary: "execute a process in a running container",
  operands: "<container-id> <command> [argument...]",
  description:
    `Executes a command in a container: in its namespaces, its cgroup and its root, as the user and with the
environment, capabilities and limits of the container's own process, unless flags say otherwise. Flags
stand before the container's name: what follows it is the command.

    # runt exec web ps

Waits for the command, unless detached, and hands on signals that it gets; its exit code is the
command's, or 128 and the number of the signal that ended it. When the command could not be executed
it is 255.

${CONTAINER_ID}`,
  aliases: { e: "env", t: "tty", u: "user", g: "additional-gids", p: "process", d: "detach", c: "cap" },
  takesContainer: true,
  flags: {
    "console-socket": {
      value: "path",
      text: "unix socket that receives the master end of the process's terminal",
    },
    "pidfd-socket": {
      value: "path",
      text: "unix socket to send a pidfd of the process to",
    },
    cwd: { value: "dir", text: "working directory in the container" },
    env: { value: "name=value", text: "set an environment variable; may be given more than once" },
    tty: { text: "give the process a terminal" },
    user: { value: "uid[:gid]", text: "user and group to run as" },
    "additional-gids": { value: "gid", text: "one more group of the process; may be given more than once" },
    process: {
      value: "path",
      text: "JSON file with the whole process, as it stands in config.json; there is no command then",
    },
    detach: { text: "return as soon as the command runs" },
    "pid-file": { value: "path", text: "file to write the process id to" },
    "process-label": { value: "label", text: "SELinux label of the process" },
    apparmor: { value: "profile", text: "AppArmor profile of the process" },
    "no-new-privs": { text: "set no_new_privs, by which no program gains privileges" },
    cap: { value: "name", text: "add a capability, such as CAP_NET_ADMIN; may be given more than once" },
    "preserve-fds": {
      value: "n",
      text: "pass n descriptors more to the process, from 3 on",
      default: "0",
    },
    cgroup: {
      value: "[controller:]path",
      text:
        "put the process into this cgroup, which exists below the container's; with controllers, more than once",
    },
    "ignore-paused": { text: "do so in a paused container too; the process waits until it is resumed" },
    "no-subreaper": { text: "accepted for runc's sake and ignored", hidden: true },
  },
};
