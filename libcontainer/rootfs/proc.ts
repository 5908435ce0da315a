import { PROC_SUPER_MAGIC } from "../../ffi/constants/filesystem_type.ts";
import { FSMOUNT_CLOEXEC, FSOPEN_CLOEXEC } from "../../ffi/constants/mount.ts";
import {
  AT_EMPTY_PATH,
  O_CLOEXEC,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_TRUNC,
  O_WRONLY,
  RESOLVE_BENEATH,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_XDEV,
} from "../../ffi/constants/open.ts";
import { STATX_BASIC_STATS } from "../../ffi/constants/stat.ts";
import { EACCES, EPERM } from "../../ffi/errno.ts";
import { AT_FDCWD, type Fd, type Kernel, Out } from "../../ffi/kernel.ts";
import { decodeFilesystemType, STATFS_SIZE } from "../../ffi/structs/statfs.ts";
import { decodeStatx, STATX_SIZE } from "../../ffi/structs/statx.ts";
import { RuntError } from "../error.ts";
import { O_LOOK } from "./safe_path.ts";

/** Inode of the root of every procfs, and of nothing else in it. */
const PROC_ROOT_INODE = 1;

/**
 * Opens a procfs that nobody can have tampered with: a new one of our own, on no path at all, or else the one at
 * /proc if it is a whole one.
 *
 * What an image or another container puts in the place of /proc, or over files in it, would have writes land
 * elsewhere (CVE-2019-16884, CVE-2025-52881).
 *
 * @throws {RuntError} when what is at /proc is something else
 */
export function openProc(kernel: Kernel): Fd {
  const context = kernel.fsopen("proc", FSOPEN_CLOEXEC, { accept: [EPERM] });
  let mount: Fd | undefined;
  kernel.when(context, "ok", () => {
    const accept = { accept: [EPERM, EACCES] };
    kernel.fsconfigCreate(context, accept);
    mount = kernel.fsmount(context, FSMOUNT_CLOEXEC, 0, accept);
  });
  kernel.flush();
  // A user namespace may not have a procfs of its own where parts of the present one are hidden.
  if (typeof mount === "object" && mount.ok) return mount;
  const proc = kernel.openat(AT_FDCWD, "/proc", O_LOOK | O_DIRECTORY | O_NOFOLLOW);
  const statfs = new Out(STATFS_SIZE), statx = new Out(STATX_SIZE);
  kernel.fstatfs(proc, statfs);
  kernel.statx(proc, "", AT_EMPTY_PATH, STATX_BASIC_STATS, statx);
  kernel.flush();
  if (decodeFilesystemType(statfs) !== PROC_SUPER_MAGIC || decodeStatx(statx).inode !== PROC_ROOT_INODE) {
    throw new RuntError("unsafe", "/proc is not a procfs");
  }
  return proc;
}

/**
 * Writes a file of a procfs, which must lie in it: not behind a mount, nor outside.
 *
 * @param proc from {@linkcode openProc}
 * @param path such as `sys/net/ipv4/ip_forward` or `self/oom_score_adj`
 */
export function writeProcFile(kernel: Kernel, proc: Fd, path: string, value: string): void {
  const file = kernel.openat2(proc, path, {
    flags: O_WRONLY | O_TRUNC | O_CLOEXEC,
    resolve: RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
  });
  kernel.write(file, value);
  kernel.close(file);
}
