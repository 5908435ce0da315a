/**
 * Mounts without the mount API of Linux 5.12, by `mount(2)`. It knows paths only, so what a descriptor is open on is
 * named by its link below the host's /proc, which is kept open for that: never by a path of the container.
 *
 * Everything here costs round trips of its own.
 *
 * @module
 */
import {
  MS_BIND,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  MS_REC,
  MS_REMOUNT,
} from "../../ffi/constants/mount.ts";
import { AT_EMPTY_PATH, AT_RECURSIVE, O_DIRECTORY, O_NOFOLLOW } from "../../ffi/constants/open.ts";
import { EEXIST, ENOENT, EPERM } from "../../ffi/errno.ts";
import { AT_FDCWD, type Fd, fdNumber, type Kernel, Out } from "../../ffi/kernel.ts";
import { STATFS_SIZE } from "../../ffi/structs/statfs.ts";
import type { MountConfig } from "../config/mount_config.ts";
import { guard } from "./attach.ts";
import type { RootfsContext } from "./context.ts";
import { copyTree } from "./copy_tree.ts";
import { makeThroughDanglingLinks } from "./dangling_link.ts";
import { labelMqueue } from "./filesystem.ts";
import { mayBeLink } from "./mount_rules.ts";
import { type Root, rootFd, settle } from "./root.ts";
import { O_LOOK, openInRoot, openWithoutLinks } from "./safe_path.ts";
import { lookAtCovered } from "./tmpfs.ts";

/** The `ST_*` bits of statfs(2) that are `MS_*` flags and may be locked: all but the last two have equal numbers. */
const LOCKABLE = 0xc0f;
const SAFE = MS_NOEXEC | MS_NOSUID | MS_NODEV;

/** Opens the host's /proc, by which descriptors have paths; to be called while it is in sight. */
export function openHostProc(kernel: Kernel): Fd {
  return kernel.openat(AT_FDCWD, "/proc", O_LOOK | O_DIRECTORY | O_NOFOLLOW);
}

/**
 * `mount(2)` on what a descriptor is open on.
 *
 * @param source a string, or a descriptor of what to bind
 */
export function mountOn(
  kernel: Kernel,
  root: Root,
  target: Fd,
  source: string | Fd | null,
  type: string | null,
  flags: number,
  data: string | null = null,
  accept: readonly number[] = [],
) {
  root.hostProc ??= openHostProc(kernel);
  kernel.flush();
  const pathOf = (fd: Fd) => `self/fd/${fdNumber(fd)}`;
  kernel.fchdir(root.hostProc);
  const from = typeof source === "string" || source === null ? source : pathOf(source);
  const made = kernel.mount(from, pathOf(target), type, flags, data, { accept });
  // No directory of the host may be left to anybody as the current one.
  kernel.chdir("/");
  return made;
}

/** Data of mount(2) with the SELinux context of all files, which is quoted there for its commas. */
export function withContext(data: string, label: string | undefined): string {
  return label ? `${data && `${data},`}context="${label}"` : data;
}

/** Changes the attributes of a mount; in a user namespace those that are locked stay. */
export function remountOn(kernel: Kernel, root: Root, mount: Fd, flags: number): void {
  const all = (flags & ~MS_REC) | MS_BIND | MS_REMOUNT;
  const made = mountOn(kernel, root, mount, null, null, all, null, [EPERM]);
  kernel.flush();
  if (made.ok) return;
  const status = new Out(STATFS_SIZE);
  kernel.fstatfs(mount, status);
  kernel.flush();
  // f_flags of struct statfs
  mountOn(kernel, root, mount, null, null, all | (status.view.getUint32(80, true) & LOCKABLE));
}

/** Makes a mount read-only; its other attributes stay. */
export function remountReadonly(kernel: Kernel, root: Root, mount: Fd): void {
  const status = new Out(STATFS_SIZE);
  kernel.fstatfs(mount, status);
  kernel.flush();
  remountOn(kernel, root, mount, MS_RDONLY | (status.view.getUint32(80, true) & LOCKABLE));
}

/** Makes one mount of the container. */
export function mountByPath(kernel: Kernel, config: MountConfig, { root, cgroup }: RootfsContext): void {
  const { source, flags, propagation, destination } = config, isCgroup = config.type === "cgroup";
  const { data, covered } = config.type === "tmpfs"
    ? lookAtCovered(kernel, root, config)
    : { data: config.data, covered: undefined };
  const target = openTarget(kernel, root, config);
  guard(kernel, root, config, target);
  settle(kernel, root);
  const later = flags & MS_RDONLY && (config.type === "tmpfs" || destination === "/dev" || isCgroup);
  if (isCgroup && !cgroup.unified) {
    mountOn(kernel, root, target, "tmpfs", "tmpfs", SAFE, "mode=755");
  } else if (flags & MS_BIND && !(flags & MS_REMOUNT)) {
    mountOn(kernel, root, target, source, null, MS_BIND | flags & MS_REC);
  } else {
    const type = isCgroup ? "cgroup2" : config.type;
    const all = withContext(data, type === "mqueue" ? undefined : config.context);
    mountOn(kernel, root, target, source, type, later ? flags & ~MS_RDONLY : flags, all);
  }
  // What was opened before is below the mount now.
  const mount = flags & MS_REMOUNT ? target : openTarget(kernel, root, config);
  labelMqueue(kernel, config, mount);
  if (config.copyUp && covered) copyTree(kernel, covered, mount);
  if (isCgroup && !cgroup.unified) mountHierarchies(kernel, config, { root, cgroup }, mount);
  if (flags & MS_BIND && (flags & ~(MS_BIND | MS_REC | MS_REMOUNT) || config.clearedFlags)) {
    remountOn(kernel, root, mount, flags);
  }
  if (config.recursive) {
    kernel.mountSetattr(mount, "", AT_EMPTY_PATH | AT_RECURSIVE, config.recursive);
  }
  for (const type of propagation) mountOn(kernel, root, mount, null, null, type);
  if (later && !(flags & MS_BIND) && !(isCgroup && !cgroup.unified)) root.readonlyLater.push(mount);
  root.made.push({ config, fd: mount });
}

function mountHierarchies(
  kernel: Kernel,
  { flags }: MountConfig,
  { root, cgroup }: Pick<RootfsContext, "root" | "cgroup">,
  top: Fd,
): void {
  for (const { name, controllers, directory } of cgroup.hierarchies) {
    const open = () => openWithoutLinks(kernel, top, name);
    kernel.mkdirat(top, name, 0o755, { accept: [EEXIST] });
    const readonly = flags & MS_RDONLY;
    if (cgroup.namespace) {
      mountOn(kernel, root, open(), "cgroup", "cgroup", SAFE | readonly, controllers.join(","));
    } else {
      mountOn(kernel, root, open(), directory, null, MS_BIND | MS_REC);
      remountOn(kernel, root, openInRoot(kernel, top, name), flags);
    }
    const parts = name.split(",");
    if (parts.length > 1) {
      for (const part of parts) kernel.symlinkat(name, top, part, { accept: [EEXIST] });
    }
  }
}

/** Opens the place of a mount; makes it when it is missing. */
function openTarget(kernel: Kernel, root: Root, config: MountConfig): Fd {
  const open = mayBeLink(config) ? openInRoot : openWithoutLinks;
  const target = open(kernel, rootFd(root), config.destination, undefined, { accept: [ENOENT] });
  kernel.flush();
  if (target.ok) return target;
  makeThroughDanglingLinks(kernel, root, config);
  return open(kernel, rootFd(root), config.destination);
}
