import {
  FSMOUNT_CLOEXEC,
  FSOPEN_CLOEXEC,
  MS_DIRSYNC,
  MS_LAZYTIME,
  MS_MANDLOCK,
  MS_RDONLY,
  MS_SYNCHRONOUS,
} from "../../ffi/constants/mount.ts";
import { O_CLOEXEC, O_DIRECTORY } from "../../ffi/constants/open.ts";
import { EOPNOTSUPP } from "../../ffi/errno.ts";
import type { CallOptions, Fd, Kernel, Result } from "../../ffi/kernel.ts";
import type { MountConfig } from "../config/mount_config.ts";
import { attributesOf } from "./mount_attributes.ts";

/** Flags of mount(2) that are options of the file system, not of the mount. */
const FILESYSTEM_FLAGS: readonly (readonly [flag: number, name: string])[] = [
  [MS_RDONLY, "ro"],
  [MS_SYNCHRONOUS, "sync"],
  [MS_MANDLOCK, "mand"],
  [MS_DIRSYNC, "dirsync"],
  [MS_LAZYTIME, "lazytime"],
];

/** A file system that was configured, to be mounted by {@linkcode mountFilesystem}. */
export interface NewFilesystem {
  readonly context: Fd;
  /** Whether it could be made: the result of `FSCONFIG_CMD_CREATE`. */
  readonly created: Result;
}

/** What of a mount makes the file system. */
export type FilesystemConfig = Pick<MountConfig, "type" | "source" | "flags" | "data" | "context">;

/**
 * Makes a file system (`fsopen(2)`, `fsconfig(2)`).
 *
 * @param options errnos of the making that do not fail the batch
 */
export function makeFilesystem(
  kernel: Kernel,
  { type, source, flags, data, context: label }: FilesystemConfig,
  options?: CallOptions,
): NewFilesystem {
  const context = kernel.fsopen(type, FSOPEN_CLOEXEC);
  kernel.fsconfigString(context, "source", source);
  for (const [flag, name] of FILESYSTEM_FLAGS) {
    if (flags & flag) kernel.fsconfigFlag(context, name);
  }
  for (const option of data.split(",")) {
    const equals = option.indexOf("=");
    if (equals > 0) kernel.fsconfigString(context, option.slice(0, equals), option.slice(equals + 1));
    else if (option) kernel.fsconfigFlag(context, option);
  }
  // By itself: a label may have commas.
  if (label && type !== "mqueue") kernel.fsconfigString(context, "context", label);
  return { context, created: kernel.fsconfigCreate(context, options) };
}

/**
 * Labels the root of a message queue file system, which takes no context when it is mounted.
 *
 * @param mount the root, mounted
 */
export function labelMqueue(kernel: Kernel, { type, context }: FilesystemConfig, mount: Fd): void {
  if (!context || type !== "mqueue") return;
  const root = kernel.openat(mount, ".", O_DIRECTORY | O_CLOEXEC), label = new TextEncoder().encode(context);
  // Without SELinux there is nobody to take a label.
  const options = { accept: [EOPNOTSUPP] };
  kernel.call("fsetxattr", [root, "security.selinux", label, label.length, 0], options);
  kernel.close(root);
}

/** Mounts a file system, detached so far (`fsmount(2)`). */
export function mountFilesystem(kernel: Kernel, { context }: NewFilesystem, flags: number): Result {
  return kernel.fsmount(context, FSMOUNT_CLOEXEC, attributesOf(flags));
}
