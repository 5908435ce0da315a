import { O_CLOEXEC, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW } from "../../ffi/constants/open.ts";
import { AT_EMPTY_PATH } from "../../ffi/constants/open.ts";
import { S_IFDIR, S_IFLNK, S_IFMT, STATX_BASIC_STATS } from "../../ffi/constants/stat.ts";
import { EEXIST, ELOOP, ENOENT } from "../../ffi/errno.ts";
import { AT_FDCWD, type Fd, type Kernel, Out } from "../../ffi/kernel.ts";
import { decodeStatx, STATX_SIZE } from "../../ffi/structs/statx.ts";
import type { MountConfig } from "../config/mount_config.ts";
import { mayBeLink } from "./mount_rules.ts";
import { type Root, rootFd } from "./root.ts";
import { componentsOf, makeDirectories, O_LOOK, openWithoutLinks } from "./safe_path.ts";

const PATH_MAX = 4096;
/** As many links as the kernel follows (`path_resolution(7)`), and some more. */
const MAX_LINKS = 255;

/**
 * Makes the mountpoint of a mount where links on the way lead to what is not there, such as `/etc/resolv.conf` to
 * `../run/systemd/resolve/stub-resolv.conf`: what they lead to is made, inside the root.
 *
 * Step by step, a round trip each: this is rare. Somebody who changes the rootfs meanwhile gets a mountpoint
 * elsewhere in the root: the mount itself is put in its place by one call, as ever.
 */
export function makeThroughDanglingLinks(kernel: Kernel, root: Root, config: MountConfig): void {
  const top = rootFd(root), file = config.type === "bind" && isFile(kernel, config.source);
  const todo = componentsOf(config.destination), done: string[] = [];
  let links = mayBeLink(config) ? MAX_LINKS : 0;
  while (todo.length) {
    const name = todo.shift()!;
    if (name === "..") {
      done.pop();
      continue;
    }
    if (name === "" || name === ".") continue;
    const parent = makeDirectories(kernel, top, done);
    const target = readLink(kernel, parent, name);
    if (target === undefined) {
      if (file && !todo.length) {
        const flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
        kernel.openat(parent, name, flags, 0o644, { accept: [EEXIST] });
      } else kernel.mkdirat(parent, name, 0o755, { accept: [EEXIST] });
      done.push(name);
      continue;
    }
    // Have the kernel say the error that it has for too many links.
    if (links-- <= 0) return void openWithoutLinks(kernel, parent, name, O_LOOK | O_DIRECTORY);
    if (target.startsWith("/")) done.length = 0;
    todo.unshift(...target.split("/"));
  }
  kernel.flush();
}

/** What a link says; undefined where there is none. */
function readLink(kernel: Kernel, parent: Fd, name: string): string | undefined {
  const link = kernel.openat(parent, name, O_LOOK | O_NOFOLLOW, 0, { accept: [ENOENT, ELOOP] });
  const status = new Out(STATX_SIZE), text = new Out(PATH_MAX);
  kernel.when(link, "ok", () => {
    kernel.statx(link, "", AT_EMPTY_PATH, STATX_BASIC_STATS, status);
  });
  const length = kernel.readlinkat(parent, name, text, { accept: "any" });
  kernel.flush();
  if ((decodeStatx(status).mode & S_IFMT) !== S_IFLNK || !length.ok) return undefined;
  return new TextDecoder().decode(text.bytes.subarray(0, length.value));
}

/** Whether a path of the host is something else than a directory. */
function isFile(kernel: Kernel, path: string): boolean {
  const status = new Out(STATX_SIZE);
  kernel.statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, status);
  kernel.flush();
  return (decodeStatx(status).mode & S_IFMT) !== S_IFDIR;
}
