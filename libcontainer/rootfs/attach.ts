import { MOVE_MOUNT_F_EMPTY_PATH, MOVE_MOUNT_T_EMPTY_PATH } from "../../ffi/constants/mount.ts";
import { O_CLOEXEC, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW } from "../../ffi/constants/open.ts";
import { EACCES, EEXIST, ENOENT, ENOTDIR } from "../../ffi/errno.ts";
import { type Fd, type Kernel, Out } from "../../ffi/kernel.ts";
import { STATFS_SIZE } from "../../ffi/structs/statfs.ts";
import type { MountConfig } from "../config/mount_config.ts";
import { checkNotOnProc, mayBeLink } from "./mount_rules.ts";
import { type Root, rootFd } from "./root.ts";
import { componentsOf, makeDirectories, O_LOOK, openInRoot, openWithoutLinks } from "./safe_path.ts";

/** Puts a detached mount onto what a descriptor is open on (`move_mount(2)`). */
export function attachTo(kernel: Kernel, mount: Fd, target: Fd): void {
  kernel.moveMount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

/** Puts a detached mount onto a new directory (mode 0755) below a mount that only we have access to. */
export function attachBelow(kernel: Kernel, mount: Fd, directory: Fd, name: string): void {
  kernel.mkdirat(directory, name, 0o755, { accept: [EEXIST] });
  kernel.moveMount(mount, "", directory, name, MOVE_MOUNT_F_EMPTY_PATH);
}

/**
 * Puts a detached mount to its place in the container, which is made if it is missing: a directory, or a file when a
 * file is to be bound.
 *
 * @throws {KernelError} at the next flush
 */
export function attach(kernel: Kernel, root: Root, config: MountConfig, mount: Fd): void {
  const { destination } = config, fd = rootFd(root);
  const path = componentsOf(destination);
  const over = lastMountOver(root, destination);
  if (over?.fd !== undefined && over.config.destination === "/dev" && over.config.type === "tmpfs") {
    // Nobody else has seen this tmpfs: nothing can lie in it but what we made.
    const name = destination.slice("/dev/".length);
    if (config.type !== "bind" && !name.includes("/")) return attachBelow(kernel, mount, over.fd, name);
  }
  const open = mayBeLink(config) ? openInRoot : openWithoutLinks;
  const inKernelTree = over !== undefined && /^(proc|sysfs)$/.test(over.config.type);
  if (config.type !== "bind" && (path.length === 1 || inKernelTree)) {
    if (!inKernelTree) kernel.mkdirat(fd, path[0]!, 0o755, { accept: [EEXIST] });
    const target = open(kernel, fd, destination, O_LOOK | O_DIRECTORY);
    if (open === openInRoot && !inKernelTree) guard(kernel, root, config, target);
    return attachTo(kernel, mount, target);
  }
  const target = open(kernel, fd, destination, O_LOOK, { accept: [ENOENT] });
  kernel.when(target, "ok", () => {
    guard(kernel, root, config, target);
    attachTo(kernel, mount, target);
  });
  kernel.when(target, "failed", () => {
    if (config.type !== "bind") return attachTo(kernel, mount, makeDirectories(kernel, fd, path));
    const parent = makeDirectories(kernel, fd, path.slice(0, -1)), name = path.at(-1)!;
    const isDirectory = kernel.openat(mount, ".", O_LOOK | O_DIRECTORY, 0, { accept: [ENOTDIR, EACCES] });
    kernel.when(isDirectory, "ok", () => {
      kernel.mkdirat(parent, name, 0o755);
      attachTo(kernel, mount, openWithoutLinks(kernel, parent, name));
    });
    kernel.when(isDirectory, "failed", () => {
      const flags = O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
      attachTo(kernel, mount, kernel.openat(parent, name, flags, 0o644));
    });
  });
}

/** A link may lead a mount below /proc (CVE-2019-16884): what it was put on, is looked at when known. */
export function guard(kernel: Kernel, root: Root, config: MountConfig, target: Fd): void {
  if (!mayBeLink(config)) return;
  const status = new Out(STATFS_SIZE);
  kernel.fstatfs(target, status);
  root.checks.push(() => checkNotOnProc(config, status));
}

/** The mount that a path lies in, as far as the text of the paths tells. */
function lastMountOver(root: Root, destination: string) {
  return root.made.findLast(({ config }) => destination.startsWith(config.destination + "/"));
}
