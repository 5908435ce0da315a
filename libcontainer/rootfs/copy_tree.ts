import {
  AT_EMPTY_PATH,
  AT_SYMLINK_NOFOLLOW,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_WRONLY,
} from "../../ffi/constants/open.ts";
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK, STATX_BASIC_STATS } from "../../ffi/constants/stat.ts";
import { EINVAL, ENOENT, EPERM } from "../../ffi/errno.ts";
import { type Fd, type Kernel, Out } from "../../ffi/kernel.ts";
import { decodeStatx, type Statx, STATX_SIZE } from "../../ffi/structs/statx.ts";
import { deviceNumber } from "./device_number.ts";
import { O_LOOK } from "./safe_path.ts";

const DIRENTS_SIZE = 4096, PATH_MAX = 4096;
/** What one sendfile(2) copies at the most. */
const SENDFILE_MAX = 0x7ffff000;
/** `d_type` of links, and of what a file system does not tell. */
const DT_LNK = 10, DT_UNKNOWN = 0;

/** A directory and where its contents go. */
interface Pair {
  readonly from: Fd;
  readonly to: Fd;
}

/**
 * Copies what is in a directory: files, directories, links, devices and FIFOs, with owners and modes; not sockets.
 * Everything is opened below descriptors and without following links, since somebody may change it meanwhile.
 *
 * @param from a directory of the container, `O_PATH`
 * @param to an empty directory
 */
export function copyTree(kernel: Kernel, from: Fd, to: Fd): void {
  const todo: Pair[] = [{ from, to }];
  for (let pair = todo.pop(); pair !== undefined; pair = todo.pop()) copyDirectory(kernel, pair, todo);
}

function copyDirectory(kernel: Kernel, { from, to }: Pair, todo: Pair[]): void {
  const directory = kernel.openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (;;) {
    const out = new Out(DIRENTS_SIZE);
    const length = kernel.call("getdents64", [directory, out, DIRENTS_SIZE]);
    kernel.flush();
    if (length.value === 0) break;
    const entries = readEntries(out.bytes.subarray(0, length.value)).map(({ name, mayBeLink }) => {
      const file = kernel.openat(from, name, O_LOOK | O_NOFOLLOW);
      const status = new Out(STATX_SIZE), text = new Out(mayBeLink ? PATH_MAX : 0);
      kernel.statx(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS, status);
      const size = mayBeLink
        ? kernel.readlinkat(file, "", text, { accept: [EINVAL, ENOENT] }) // it is none
        : undefined;
      kernel.close(file);
      return { name, status, text, size };
    });
    kernel.flush();
    for (const { name, status, text, size } of entries) {
      const link = size?.ok ? new TextDecoder().decode(text.bytes.subarray(0, size.value)) : undefined;
      copyEntry(kernel, { from, to }, name, decodeStatx(status), link, todo);
    }
  }
  kernel.close(directory);
}

function copyEntry(
  kernel: Kernel,
  { from, to }: Pair,
  name: string,
  { mode, uid, gid, size, rdevMajor, rdevMinor }: Statx,
  link: string | undefined,
  todo: Pair[],
): void {
  const type = mode & S_IFMT;
  if (type === S_IFSOCK) return;
  if (type === S_IFREG) {
    const source = kernel.openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const copy = kernel.openat(to, name, flags, 0o600);
    // One call more than it takes: where there is no room, one says how much there was, and only the next one says so.
    const calls = size && Math.ceil(size / SENDFILE_MAX) + 1;
    for (let i = 0; i < calls; i++) kernel.call("sendfile", [copy, source, 0, SENDFILE_MAX]);
    kernel.close(source);
    kernel.close(copy);
  } else if (type === S_IFDIR) {
    kernel.mkdirat(to, name, 0o700);
    todo.push({
      from: kernel.openat(from, name, O_LOOK | O_DIRECTORY | O_NOFOLLOW),
      to: kernel.openat(to, name, O_LOOK | O_DIRECTORY | O_NOFOLLOW),
    });
  } else if (type === S_IFLNK) {
    if (link === undefined) return;
    kernel.symlinkat(link, to, name);
  } else {
    const made = kernel.mknodat(to, name, mode, deviceNumber(rdevMajor, rdevMinor), { accept: [EPERM] });
    // A user namespace cannot make devices: leave them out.
    return kernel.when(made, "ok", () => setOwner(kernel, to, name, mode, uid, gid));
  }
  setOwner(kernel, to, name, type === S_IFLNK ? undefined : mode, uid, gid);
}

function setOwner(
  kernel: Kernel,
  directory: Fd,
  name: string,
  mode: number | undefined,
  uid: number,
  gid: number,
): void {
  kernel.fchownat(directory, name, uid, gid, AT_SYMLINK_NOFOLLOW);
  // After the owner, whose change clears the set-user-id bit.
  if (mode !== undefined) kernel.fchmodat(directory, name, mode & ~S_IFMT);
}

/** The entries of a `struct linux_dirent64` list (`getdents64(2)`), without `.` and `..`. */
function readEntries(bytes: Uint8Array): { name: string; mayBeLink: boolean }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), entries = [];
  for (let at = 0; at < bytes.length; at += view.getUint16(at + 16, true)) {
    const end = bytes.indexOf(0, at + 19);
    const name = new TextDecoder().decode(bytes.subarray(at + 19, end));
    const type = bytes[at + 18], mayBeLink = type === DT_LNK || type === DT_UNKNOWN;
    if (name !== "." && name !== "..") entries.push({ name, mayBeLink });
  }
  return entries;
}
