import { MS_BIND, MS_RDONLY, MS_REMOUNT } from "../../ffi/constants/mount.ts";
import { EACCES, EEXIST, ENOENT } from "../../ffi/errno.ts";
import type { Kernel } from "../../ffi/kernel.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { Config } from "../config/config.ts";
import type { MountConfig } from "../config/mount_config.ts";
import { attach } from "./attach.ts";
import { closeSpare, MANY_MOUNTS } from "./close_spare.ts";
import { isRecursive, mountBind } from "./bind_mount.ts";
import { mountCgroups } from "./cgroup_mount.ts";
import type { RootfsContext } from "./context.ts";
import { makeThroughDanglingLinks } from "./dangling_link.ts";
import { labelMqueue, makeFilesystem, mountFilesystem } from "./filesystem.ts";
import { setPropagation } from "./mount_attributes.ts";
import { checkMountPlace } from "./mount_rules.ts";
import { mountByPath } from "./mount_by_path.ts";
import { prepareAnew } from "./prepare.ts";
import { remount } from "./remount.ts";
import { mountTmpfs } from "./tmpfs.ts";

/** Bytes of the longest value of an option. */
const FSCONFIG_MAX = 255;

/**
 * Makes the container's mounts, in their order, each detached first and moved to its place when it is complete.
 *
 * @throws {KernelError} at once or at the next flush
 * @throws {RuntError} for what may not be mounted where it shall be
 */
export function mountAll(kernel: Kernel, config: Config, context: RootfsContext): void {
  const { mounts, rootfs } = config;
  for (const mount of mounts) checkMountPlace(mount, rootfs);
  let done = 0, cured = -1;
  while (done < mounts.length) {
    try {
      for (let index = done; index < mounts.length; index++) {
        mountOne(kernel, mounts[index]!, context);
        if (index % MANY_MOUNTS !== MANY_MOUNTS - 1) continue;
        closeSpare(kernel, context);
        done = index + 1;
      }
      // `makeDevices`, which comes next, flushes: a failure then is too late to be cured, so have it now.
      if (mayBeCured(mounts)) kernel.flush();
      return;
    } catch (error) {
      if (prepareAnew(kernel, config, context, error)) {
        done = 0;
        continue;
      }
      const index = indexOfFailure(error, mounts);
      if (index === undefined) throw error;
      if (fetchSource(error, mounts[index]!, context)) {
        done = index;
        forgetFrom(context, mounts, index);
        continue;
      }
      if (index === cured || !isMissingTarget(error)) throw error;
      done = cured = index;
      forgetFrom(context, mounts, index);
      const { at, destination } = mounts[index]!;
      kernel.at({ step: "mounts", path: at, what: JSON.stringify(destination) }, () => {
        makeThroughDanglingLinks(kernel, context.root, mounts[index]!);
      });
    }
  }
}

function mountOne(kernel: Kernel, mount: MountConfig, context: RootfsContext): void {
  const { at, destination } = mount;
  kernel.at({ step: "mounts", path: at, what: JSON.stringify(destination) }, () => {
    if (context.root.mountsByPath || isTooLong(mount)) return mountByPath(kernel, mount, context);
    if (mount.flags & MS_REMOUNT) return remount(kernel, mount, context);
    if (mount.flags & MS_BIND) return mountBind(kernel, mount, context);
    if (mount.type === "cgroup") return mountCgroups(kernel, mount, context);
    if (mount.type === "tmpfs") return mountTmpfs(kernel, mount, context);
    mountOther(kernel, mount, context);
  });
}

function mountOther(kernel: Kernel, config: MountConfig, { root }: RootfsContext): void {
  // Into /dev files will be put: it becomes read-only later.
  const later = config.destination === "/dev" && (config.flags & MS_RDONLY) !== 0;
  const flags = later ? config.flags & ~MS_RDONLY : config.flags;
  const mount = mountFilesystem(kernel, makeFilesystem(kernel, { ...config, flags }), flags);
  attach(kernel, root, config, mount);
  labelMqueue(kernel, config, mount);
  setPropagation(kernel, mount, config.propagation);
  if (later) root.readonlyLater.push(mount);
  root.made.push({ config, fd: mount });
}

/** `fsconfig(2)` takes 255 bytes at the most; an overlay's directories may be more. */
function isTooLong({ data, source, context = "", flags }: MountConfig): boolean {
  // The first look spares the encoder where even three bytes for each character would fit.
  if (flags & MS_BIND || [data, source, context].every((text) => 3 * text.length <= FSCONFIG_MAX)) {
    return false;
  }
  const size = (text: string) => new TextEncoder().encode(text).length;
  return [source, context, ...data.split(",").map((option) => option.slice(option.indexOf("=") + 1))]
    .some((value) => size(value) > FSCONFIG_MAX);
}

/**
 * Only a mountpoint in the rootfs itself, or in what is bound into it, can be behind a link that leads nowhere; only a
 * bind mount's source can be out of reach.
 */
function mayBeCured(mounts: readonly MountConfig[]): boolean {
  return mounts.some(({ destination, type }) => {
    return type === "bind" || !/^\/(proc|sys|dev)(\/|$)/.test(destination);
  });
}

/** The mount that failed. */
function indexOfFailure(error: unknown, mounts: readonly MountConfig[]): number | undefined {
  if (!(error instanceof KernelError)) return undefined;
  const index = mounts.findIndex(({ at }) => at === error.where.path);
  return index >= 0 ? index : undefined;
}

/** Whether a mountpoint could not be made for a link that leads nowhere; see `attach()`. */
function isMissingTarget(error: unknown): boolean {
  if (!(error instanceof KernelError)) return false;
  return error.syscall === "openat2" && error.errno === ENOENT || error.errno === EEXIST;
}

/** Gets the source of a bind mount that the container's process could not reach. */
function fetchSource(
  error: unknown,
  mount: MountConfig,
  { root, openHostSource, log }: RootfsContext,
): boolean {
  const isOut = error instanceof KernelError && error.syscall === "open_tree" && error.errno === EACCES;
  if (!isOut || !openHostSource || root.sources.has(mount.at)) return false;
  log.debug(`${mount.at}: the container's process cannot reach ${mount.source}: fetching it`);
  root.sources.set(mount.at, openHostSource(mount.source, isRecursive(mount)));
  return true;
}

/** Takes back what was noted of mounts that were queued, and not made. */
function forgetFrom({ root }: RootfsContext, mounts: readonly MountConfig[], index: number): void {
  const forgotten = new Set(mounts.slice(index));
  root.made = root.made.filter(({ config }) => !forgotten.has(config));
  root.readonlyLater = root.readonlyLater.filter((fd) => typeof fd === "number" || fd.raw !== undefined);
  root.checks = [];
}
