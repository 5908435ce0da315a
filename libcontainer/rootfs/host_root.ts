/**
 * The root of a container that has no mount namespace of its own: its mounts are made among the host's, below the
 * rootfs, and `chroot(2)` takes the place of `pivot_root(2)`.
 *
 * ```
 *   host: P ── rootfs ◀── base: bind of the rootfs, private ◀── top: bind of it with all below, the container's root
 * ```
 *
 * Two, since what is attached below a shared mount becomes shared itself, and shows up at all of its peers: base is
 * nothing but one directory, and private before anything is put on it. Where base goes its copies at the peers go, too,
 * for nothing is mounted on them.
 *
 * Nothing of the host's mounts is changed. Whatever is cloned of them is made a slave while nobody else has it: what is
 * mounted, or unmounted, below a clone must not come about below what it was cloned from.
 *
 * @module
 */
import { MS_PRIVATE, MS_SLAVE, OPEN_TREE_CLONE } from "../../ffi/constants/mount.ts";
import { AT_EMPTY_PATH, AT_RECURSIVE, O_CLOEXEC, O_DIRECTORY } from "../../ffi/constants/open.ts";
import { STATX_INO, STATX_MNT_ID, STATX_MNT_ID_UNIQUE } from "../../ffi/constants/stat.ts";
import { ENOSYS } from "../../ffi/errno.ts";
import { AT_FDCWD, type Fd, type Kernel, Out } from "../../ffi/kernel.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { decodeStatx, STATX_SIZE } from "../../ffi/structs/statx.ts";
import type { Config } from "../config/config.ts";
import { RuntError } from "../error.ts";
import { attachTo } from "./attach.ts";
import type { Root } from "./root.ts";
import { O_LOOK } from "./safe_path.ts";

/** What tells a mount from others, now and later. */
export interface MountIdentity {
  /** As mountinfo has it (`proc_pid_mountinfo(5)`); another mount may get it when this one is gone. */
  readonly id: number;
  /** Never given twice; 0 before Linux 6.8. */
  readonly unique: number;
  /** Device and inode of its root. */
  readonly file: string;
}

/**
 * Binds the rootfs on itself.
 *
 * @param record told of the two mounts before either is in its place, so that whoever comes after us finds them
 */
export function prepareRootOnHost(
  kernel: Kernel,
  { rootfs, rootPropagation }: Config,
  root: Root,
  record: (base: MountIdentity, top: MountIdentity) => void,
): void {
  if (rootfs === "/") {
    const text = "a container without a mount namespace cannot have the host's root as its own";
    throw new RuntError("unsupported", text, { path: "root.path" });
  }
  kernel.at({ step: "rootfs", path: "root.path", what: JSON.stringify(rootfs) }, () => {
    const directory = kernel.openat(AT_FDCWD, rootfs, O_LOOK | O_DIRECTORY);
    const flags = OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH;
    const top = kernel.openTree(directory, "", flags | AT_RECURSIVE);
    const below = rootPropagation & MS_PRIVATE ? MS_PRIVATE : MS_SLAVE;
    kernel.mountSetattr(top, "", AT_EMPTY_PATH | AT_RECURSIVE, { propagation: below });
    // A slave of what base is about to be put on would get a copy of it: Linux 6.15 and later propagate to detached
    // mounts.
    makePrivate(kernel, top);
    const base = kernel.openTree(directory, "", flags);
    makePrivate(kernel, base);
    const identities = [queueIdentity(kernel, base), queueIdentity(kernel, top)] as const;
    flushNewCalls(kernel);
    record(identities[0](), identities[1]());
    kernel.umask(0);
    attachTo(kernel, base, directory);
    makePrivate(kernel, base);
    attachTo(kernel, top, base);
    root.fd = top;
    root.amongHosts = true;
  });
}

function makePrivate(kernel: Kernel, mount: Fd): void {
  kernel.mountSetattr(mount, "", AT_EMPTY_PATH, { propagation: MS_PRIVATE });
}

function flushNewCalls(kernel: Kernel): void {
  try {
    kernel.flush();
  } catch (cause) {
    const isMissing = cause instanceof KernelError && cause.errno === ENOSYS;
    if (!isMissing) throw cause;
    const text = "a container without a mount namespace needs Linux 5.12 or later";
    throw new RuntError("unsupported", text, { path: "linux.namespaces", cause });
  }
}

/**
 * Looks at which mount a descriptor is on.
 *
 * @returns what tells it after the next flush
 */
export function queueIdentity(kernel: Kernel, fd: Fd): () => MountIdentity {
  const plain = new Out(STATX_SIZE), more = new Out(STATX_SIZE);
  kernel.statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, plain);
  kernel.statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID_UNIQUE, more);
  return () => {
    const { mountId: id, devMajor, devMinor, inode } = decodeStatx(plain);
    // stx_mask says what there is.
    const isUnique = (more.view.getUint32(0, true) & STATX_MNT_ID_UNIQUE) !== 0;
    return { id, unique: isUnique ? decodeStatx(more).mountId : 0, file: `${devMajor}:${devMinor}:${inode}` };
  };
}

/** Makes a directory the root of the process, and its current one. */
export function changeRoot(kernel: Kernel, root: Fd): void {
  kernel.fchdir(root);
  kernel.chroot(".");
  kernel.chdir("/");
}

/**
 * Enters the root of a container that others made, in the mount namespace that has it.
 *
 * The container's processes may have other roots by now, and the directory may be something else's: what is there must
 * be the very mount that was made, and nothing on top of it.
 *
 * @throws {RuntError} when it is not
 */
export function enterRootOnHost(kernel: Kernel, rootfs: string, top: MountIdentity): void {
  kernel.at({ step: "join" }, () => {
    const directory = kernel.openat(AT_FDCWD, rootfs, O_LOOK | O_DIRECTORY);
    const identity = queueIdentity(kernel, directory);
    kernel.flush();
    if (!isSameMount(identity(), top)) {
      throw new RuntError("unsafe", `cannot enter ${rootfs}: it is not the root of the container any more`);
    }
    changeRoot(kernel, directory);
    kernel.close(directory);
  });
}

/** Whether two identities are one mount's; its root is compared, too, where the kernel gives ids again. */
export function isSameMount(one: MountIdentity, other: MountIdentity): boolean {
  return one.id === other.id && one.unique === other.unique && one.file === other.file;
}
