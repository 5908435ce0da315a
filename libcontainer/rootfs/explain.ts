import { O_CLOEXEC, O_DIRECTORY, O_PATH } from "../../ffi/constants/open.ts";
import { EINVAL, ELOOP, ENODEV, ENOENT, ENOTDIR, EPERM } from "../../ffi/errno.ts";
import { type Kernel, Out } from "../../ffi/kernel.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { Config } from "../config/config.ts";
import type { MountConfig } from "../config/mount_config.ts";
import { RuntError } from "../error.ts";
import { errnoText } from "../errno_text.ts";
import { errorMounting, mayBeLink } from "./mount_rules.ts";

const MESSAGE_SIZE = 512;
/** More messages than a failed call leaves. */
const MAX_MESSAGES = 4;

/**
 * Puts runc's words around the failure of a step of the root file system. Errors of other steps are returned as they
 * are.
 *
 * @param kernel that of the step: it may be asked for more
 */
export function explainRootfsError(kernel: Kernel, config: Config, error: unknown): unknown {
  if (!(error instanceof KernelError)) return error;
  const { where: { step, path, what }, errno } = error, text = errnoText(error);
  if (step === "mounts") {
    const mount = config.mounts.find(({ at }) => at === path);
    return mount ? explainMount(kernel, mount, error) : error;
  }
  const say = (message: string) => {
    return new RuntError("kernel", message, path ? { path } : {});
  };
  switch (step) {
    case "rootfs":
      return say(`error preparing rootfs: ${error.syscall} ${config.rootfs}: ${text}`);
    case "devices":
      if (errno === ELOOP || errno === ENOTDIR) {
        return new RuntError("unsafe", `${what} is not an ordinary directory, or a link is on the way to it`);
      }
      return say(`error creating device nodes: ${error.syscall} ${what}: ${text}`);
    case "pivot":
      return say(`error jailing process inside rootfs: ${error.syscall}: ${text}`);
    case "terminal":
      if (what === '"/dev/console"' && (errno === ELOOP || errno === ENOTDIR)) {
        return new RuntError(
          "unsafe",
          "create /dev/console mount target: a link is in its place, or on the way",
        );
      }
      return say(`cannot make the terminal: ${error.syscall}${what ? ` ${what}` : ""}: ${text}`);
    case "cwd":
      return say(`mkdir ${what}: ${text}`);
    case "readonly":
      return say(`can't make ${what} read-only: ${text}`);
    case "masks":
      return say(`can't mask path ${what}: ${text}`);
    case "sysctl":
      return say(
        error.syscall === "write"
          ? `failed to write sysctl ${path?.slice(13, -1)} = ${what}: ${text}`
          : `open sysctl ${path?.slice(13, -1)} file: ${text}`,
      );
  }
  return error;
}

const OWNED =
  "in a user namespace, a file system can be mounted only if that owns what it shows: the network " +
  "namespace for sysfs, ipc for mqueue, pid for proc";

/** What EPERM is about, by system call. Others are refused by a file system, such as sysfs a new directory. */
const REFUSED: Readonly<Record<string, string>> = {
  mount_setattr: "attributes of the host's mount are locked in a user namespace",
  fsopen: OWNED,
  fsconfig: OWNED,
  fsmount: OWNED,
  mount: OWNED,
};

function explainMount(kernel: Kernel, mount: MountConfig, error: KernelError): RuntError {
  const { source, destination, type, at } = mount, { syscall, errno } = error;
  const outer = errorMounting(mount);
  if (syscall === "openat2" && !mayBeLink(mount) && (errno === ELOOP || errno === ENOTDIR)) {
    const said = type === "proc" || type === "sysfs"
      ? `filesystem "${type}" must be mounted on ordinary directory`
      : `${destination} is ${errno === ELOOP ? "a symbolic link" : "not a directory"} in the rootfs`;
    return new RuntError("unsafe", outer + said, {
      path: at,
      hint: "nothing in the rootfs may lead a mount that the container relies on elsewhere",
    });
  }
  // No cause: all that it says is in the message, or of no use to a reader.
  const details = { path: at };
  if (syscall === "open_tree" && errno === ENOENT) {
    return new RuntError("kernel", `${outer}stat ${source}: ${errnoText(error)}`, details);
  }
  if (syscall === "move_mount" && errno === EINVAL && areUnlike(kernel, error)) {
    const hint = "a directory can be mounted on a directory only, a file on a file";
    return new RuntError("kernel", `${outer}mount ${source}:${destination}: not a directory`, {
      ...details,
      hint,
    });
  }
  const said = syscall === "fsconfig" || syscall === "fsmount" ? readLog(kernel, error) : "";
  const message = `${outer}${syscall} src=${source}, dst=${destination}: ${errnoText(error)}${
    said && ` (${said})`
  }`;
  if (errno === ENODEV && syscall === "fsopen") {
    const hint = `the kernel has no file system ${error.args.split(",")[0]}, or its module is not loaded`;
    return new RuntError("kernel", message, { ...details, hint });
  }
  const hint = errno === EPERM ? REFUSED[syscall] : undefined;
  return new RuntError("kernel", message, hint === undefined ? details : { ...details, hint });
}

/** Whether, of what was to be mounted and what it was to be mounted on, one is a directory and the other is not. */
function areUnlike(kernel: Kernel, { args }: KernelError): boolean {
  const [from, , to] = args.split(", ").map((arg) => parseInt(arg));
  if (!Number.isInteger(from) || !Number.isInteger(to)) return false;
  try {
    const open = (fd: number) =>
      kernel.openat(fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0, { accept: "any" });
    const results = [open(from!), open(to!)];
    kernel.flush();
    return results[0]!.ok !== results[1]!.ok;
  } catch {
    return false;
  }
}

/** What a context of `fsopen(2)` has to say of the failure. */
function readLog(kernel: Kernel, { args }: KernelError): string {
  const fd = parseInt(args), lines: string[] = [];
  if (Number.isNaN(fd)) return "";
  try {
    for (let i = 0; i < MAX_MESSAGES; i++) {
      const out = new Out(MESSAGE_SIZE), length = kernel.read(fd, out, { accept: "any" });
      kernel.flush();
      if (!length.ok) break;
      // `e ` for errors, `w ` for warnings.
      lines.push(new TextDecoder().decode(out.bytes.subarray(2, length.value)).trim());
    }
  } catch {
    // The peer is gone: there is nobody to ask.
  }
  return lines.join("; ");
}
