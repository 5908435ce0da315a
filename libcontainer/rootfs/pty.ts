/**
 * A pseudoterminal of the container's own: made by the container's process, out of the devpts that the container sees
 * (`pts(4)`, `devpts` in the kernel's documentation).
 *
 * The rootfs may have anything in the place of `/dev/pts`, and a container that `exec` enters may have put it there
 * (CVE-2025-52565). So the directory is opened without following a link, is looked at before anything in it is
 * opened, and only what the devpts itself has in it counts. The other side comes from the first one, without a path
 * (`TIOCGPTPEER` of `ioctl_tty(2)`).
 *
 * @module
 */
import { DEVPTS_SUPER_MAGIC } from "../../ffi/constants/filesystem_type.ts";
import { TIOCGPTPEER, TIOCSCTTY, TIOCSPTLCK, TIOCSWINSZ } from "../../ffi/constants/ioctl.ts";
import { MS_BIND, OPEN_TREE_CLONE } from "../../ffi/constants/mount.ts";
import {
  AT_EMPTY_PATH,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOCTTY,
  O_NOFOLLOW,
  O_PATH,
  O_RDWR,
  RESOLVE_BENEATH,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
} from "../../ffi/constants/open.ts";
import { S_IFCHR, S_IFMT, STATX_BASIC_STATS } from "../../ffi/constants/stat.ts";
import { ELOOP, ENOENT, ENOTDIR, EXDEV } from "../../ffi/errno.ts";
import { AT_FDCWD, type Fd, type Kernel, Out, type Result } from "../../ffi/kernel.ts";
import { decodeFilesystemType, STATFS_SIZE } from "../../ffi/structs/statfs.ts";
import { decodeStatx, STATX_SIZE } from "../../ffi/structs/statx.ts";
import { encodeWinsize } from "../../ffi/structs/winsize.ts";
import type { Config, TerminalConfig } from "../config/config.ts";
import { RuntError } from "../error.ts";
import { attachTo } from "./attach.ts";
import type { RootfsContext } from "./context.ts";
import { mountOn } from "./mount_by_path.ts";
import { type Pty, type Root, rootFd } from "./root.ts";
import { O_LOOK, openWithoutLinks } from "./safe_path.ts";

const WHERE = { step: "terminal", path: "process.terminal" };
/** Nothing but the directory's own entries: no link, no mount on one of them. */
const OWN_ENTRY = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
const PTMX_MAJOR = 5, PTMX_MINOR = 2;
const HINT = "process.terminal needs a mount of type devpts at /dev/pts";

/**
 * Makes a pseudoterminal; two round trips.
 *
 * @param kernel that of the process which will use it
 * @param root the container's root directory
 * @param size its size, unless both numbers are zero
 * @throws {RuntError} when there is no devpts, or something else in its place
 */
export function openPty(kernel: Kernel, root: Fd, { rows, columns }: TerminalConfig): Pty {
  return kernel.at({ ...WHERE, what: '"/dev/pts/ptmx"' }, () => {
    const master = openMaster(kernel, openDevpts(kernel, root));
    const unlocked = new Uint8Array(4);
    kernel.ioctl(master, TIOCSPTLCK, unlocked);
    if (rows && columns) kernel.ioctl(master, TIOCSWINSZ, encodeWinsize(rows, columns));
    return { master, slave: kernel.ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC) };
  });
}

function openDevpts(kernel: Kernel, root: Fd): Fd {
  const accept = [ENOENT, ENOTDIR, ELOOP], status = new Out(STATFS_SIZE);
  const directory = openWithoutLinks(kernel, root, "dev/pts", O_LOOK | O_DIRECTORY, { accept });
  kernel.when(directory, "ok", () => void kernel.fstatfs(directory, status));
  kernel.flush();
  if (directory.errno === ENOENT) refuse("open /dev/pts/ptmx: no such file or directory");
  if (!directory.ok) refuse("/dev/pts is not a directory, or a link is on the way to it");
  const type = decodeFilesystemType(status);
  if (type === DEVPTS_SUPER_MAGIC) return directory;
  refuse(
    `verify ptmx handle: ptmx handle is not on a real devpts mount: super magic is 0x${type.toString(16)}`,
  );
}

function openMaster(kernel: Kernel, devpts: Fd): Result {
  const status = new Out(STATX_SIZE), accept = [ENOENT, ELOOP, EXDEV];
  const how = { flags: O_RDWR | O_NOCTTY | O_CLOEXEC, resolve: OWN_ENTRY };
  const master = kernel.openat2(devpts, "ptmx", how, { accept });
  kernel.when(master, "ok", () => void kernel.statx(master, "", AT_EMPTY_PATH, STATX_BASIC_STATS, status));
  kernel.flush();
  if (master.errno === ENOENT) refuse("open /dev/pts/ptmx: no such file or directory");
  const { mode, rdevMajor, rdevMinor } = decodeStatx(status);
  const isPtmx = (mode & S_IFMT) === S_IFCHR && rdevMajor === PTMX_MAJOR && rdevMinor === PTMX_MINOR;
  if (!master.ok || !isPtmx) refuse("verify ptmx handle: ptmx handle is not a real char ptmx device");
  return master;
}

function refuse(message: string): never {
  throw new RuntError("unsafe", message, { path: WHERE.path, hint: HINT });
}

/** Puts a pseudoterminal onto the standard streams, and makes it the session's own (`TIOCSCTTY` of `ioctl_tty(2)`). */
export function useTerminal(kernel: Kernel, { slave }: Pty): void {
  kernel.at(WHERE, () => {
    for (const stream of [0, 1, 2]) kernel.dup3(slave, stream, 0);
    kernel.ioctl(0, TIOCSCTTY, 0);
    kernel.close(slave);
  });
}

/** Makes a terminal of the root that the process is in, and uses it; the container's /dev/console stays what it is. */
export function openTerminal(kernel: Kernel, terminal: TerminalConfig): Pty {
  const root = kernel.openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  const pty = openPty(kernel, root, terminal);
  useTerminal(kernel, pty);
  return pty;
}

/** Makes the container's terminal, if it has one, and binds it to `/dev/console`; see {@linkcode Root.pty}. */
export function makeTerminal(
  kernel: Kernel,
  { process: { terminal } }: Config,
  { root }: RootfsContext,
): void {
  if (!terminal) return;
  root.pty = openPty(kernel, rootFd(root), terminal);
  bindConsole(kernel, root, root.pty.slave);
  useTerminal(kernel, root.pty);
}

/** `/dev/console` shows the terminal, and is made where it is missing; it must not be a link (CVE-2025-52565). */
function bindConsole(kernel: Kernel, root: Root, slave: Fd): void {
  kernel.at({ ...WHERE, what: '"/dev/console"' }, () => {
    const fd = rootFd(root), flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const found = openWithoutLinks(kernel, fd, "dev/console", O_LOOK, { accept: [ENOENT] });
    kernel.when(found, "failed", () => {
      const resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
      kernel.close(kernel.openat2(fd, "dev/console", { flags, mode: 0o666, resolve }));
    });
    const target = openWithoutLinks(kernel, fd, "dev/console");
    if (root.mountsByPath) return void mountOn(kernel, root, target, slave, null, MS_BIND);
    const clone = kernel.openTree(slave, "", OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH);
    attachTo(kernel, clone, target);
  });
}
