/**
 * Flags of mount(2) as attributes of mount_setattr(2).
 *
 * @module
 */
import {
  MOUNT_ATTR__ATIME,
  MOUNT_ATTR_NOATIME,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NODIRATIME,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_NOSYMFOLLOW,
  MOUNT_ATTR_RDONLY,
  MOUNT_ATTR_STRICTATIME,
  MS_BIND,
  MS_NOATIME,
  MS_NODIRATIME,
  MS_NOSYMFOLLOW,
  MS_REC,
  MS_RELATIME,
  MS_REMOUNT,
  MS_STRICTATIME,
} from "../../ffi/constants/mount.ts";
import { AT_EMPTY_PATH, AT_RECURSIVE } from "../../ffi/constants/open.ts";
import { EINVAL, EPERM } from "../../ffi/errno.ts";
import type { Fd, Kernel } from "../../ffi/kernel.ts";
import type { MountConfig } from "../config/mount_config.ts";

/** `MS_RDONLY`, `MS_NOSUID`, `MS_NODEV`, `MS_NOEXEC`: the same numbers as attributes. */
const SAME = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
const ATIME_FLAGS = MS_NOATIME | MS_RELATIME | MS_STRICTATIME | MS_NODIRATIME;

/** The attributes that `MS_*` flags stand for. `strictatime` wins over `noatime`; `relatime` is the default. */
export function attributesOf(flags: number): number {
  let attributes = flags & SAME;
  if (flags & MS_NOSYMFOLLOW) attributes |= MOUNT_ATTR_NOSYMFOLLOW;
  if (flags & MS_NODIRATIME) attributes |= MOUNT_ATTR_NODIRATIME;
  if (flags & MS_STRICTATIME) attributes |= MOUNT_ATTR_STRICTATIME;
  else if (flags & MS_NOATIME) attributes |= MOUNT_ATTR_NOATIME;
  return attributes;
}

/**
 * Gives a bind mount the attributes that were asked for.
 *
 * As `mount --bind -o …` has it, those not asked for go, but for how access times are kept. In a user namespace
 * some may be locked (`mount_namespaces(7)`): then they stay, unless the options ask for the opposite. `nosymfollow`
 * is never locked.
 *
 * @param mount root of the mount
 * @throws {KernelError} at the next flush: `EPERM` when a locked attribute was to be changed
 */
export function setBindAttributes(kernel: Kernel, mount: Fd, { flags, clearedFlags }: MountConfig): void {
  if ((flags & ~(MS_BIND | MS_REC | MS_REMOUNT)) === 0 && clearedFlags === 0) return;
  const set = attributesOf(flags);
  const atime = flags & ATIME_FLAGS ? MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME : 0;
  const asked = attributesOf(clearedFlags) & SAME;
  // What is both cleared and set, is set. Linux before 5.14 does not know nosymfollow, and refuses it.
  const clears = [SAME | MOUNT_ATTR_NOSYMFOLLOW, asked | MOUNT_ATTR_NOSYMFOLLOW, SAME, asked];
  setFirst(kernel, mount, set, clears.map((clear) => clear | atime));
}

/** Sets attributes, and clears the first set of others that the kernel permits to be cleared. */
function setFirst(kernel: Kernel, mount: Fd, set: number, [clear = 0, ...others]: number[]): void {
  const accept = others.length ? [EPERM, EINVAL] : [];
  const made = kernel.mountSetattr(mount, "", AT_EMPTY_PATH, { set, clear }, { accept });
  if (others.length) kernel.when(made, "failed", () => setFirst(kernel, mount, set, others));
}

/** Sets attributes of a mount and of all below it: `rro`, `rnosuid`, …. */
export function setRecursiveAttributes(kernel: Kernel, mount: Fd, { recursive }: MountConfig): void {
  if (recursive) kernel.mountSetattr(mount, "", AT_EMPTY_PATH | AT_RECURSIVE, recursive);
}

/**
 * Sets propagation types, in the order given. To be done when the mount is in its place: being moved below a shared
 * mount makes it shared.
 */
export function setPropagation(kernel: Kernel, mount: Fd, types: readonly number[]): void {
  for (const type of types) {
    const flags = type & MS_REC ? AT_EMPTY_PATH | AT_RECURSIVE : AT_EMPTY_PATH;
    kernel.mountSetattr(mount, "", flags, { propagation: type & ~MS_REC });
  }
}
