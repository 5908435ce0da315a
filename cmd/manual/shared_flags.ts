import type { FlagManual } from "../_command.ts";
import type { CREATE_FLAGS } from "../_create_options.ts";

/** `--help`, which every command has. */
export const HELP_FLAG_MANUAL: FlagManual = { text: "show help" };

/** What the operand of most commands is. */
export const CONTAINER_ID =
  "<container-id> is the name that was given to the container when it was made; it is unique below one --root.";

/** What the operand of commands that make a container is. */
export const NEW_CONTAINER_ID =
  `<container-id> is the name of the new container. It must be unique below one --root, and
is made of letters, digits and the characters _ + - . only.`;

/** Annotations of config.json by which a container gets what the specification has no field for. */
export const ANNOTATIONS = `Two annotations of config.json change what runt does:

    io.github.runt.landlock     JSON: what the container's processes may do with files and ports
    run.oci.seccomp.receiver    socket of the seccomp agent, where linux.seccomp has no listenerPath

docs/landlock.md describes the former. What the kernel lacks of it is left out with a warning, unless it says
disableBestEffort.`;

/** Flags of everything that makes a container. */
export const CREATE_FLAG_MANUALS: { readonly [Name in keyof typeof CREATE_FLAGS.flags]: FlagManual } = {
  bundle: { value: "dir", text: "root of the bundle", default: "the current directory" },
  "console-socket": {
    value: "path",
    text: "unix socket that receives the master end of the container's terminal",
  },
  "pidfd-socket": {
    value: "path",
    text: "unix socket to send a pidfd of the container's init to",
  },
  "pid-file": { value: "path", text: "file to write the process id of the container's init to" },
  "no-pivot": {
    text:
      "enter the rootfs by chroot instead of pivot_root; for a rootfs on a ramdisk only, since it protects less",
  },
  "no-new-keyring": { text: "leave the container the caller's session keyring instead of a new one" },
  "preserve-fds": {
    value: "n",
    text: "pass n descriptors more to the container, from 3 on, after those of $LISTEN_FDS",
    default: "0",
  },
};
