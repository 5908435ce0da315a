/**
 * Id-mapped mounts (`mount_setattr(2)`, MOUNT_ATTR_IDMAP): made by runt, since that takes rights over the file system
 * which the container's process need not have, and handed to it.
 *
 * @module
 */
import { F_SETFD } from "../../ffi/constants/fcntl.ts";
import { MOUNT_ATTR_IDMAP, MS_SLAVE } from "../../ffi/constants/mount.ts";
import { AT_EMPTY_PATH, AT_RECURSIVE, O_CLOEXEC } from "../../ffi/constants/open.ts";
import { EINVAL } from "../../ffi/errno.ts";
import { AT_FDCWD, type Fd, fdNumber } from "../../ffi/kernel.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import type { Config } from "../config/config.ts";
import type { IdMapConfig, MountConfig } from "../config/mount_config.ts";
import { RuntError } from "../error.ts";
import type { ContainerProcess } from "../process/container_process.ts";
import { makeUserNamespace } from "../process/user_namespace.ts";
import { cloneSource, isRecursive } from "../rootfs/bind_mount.ts";
import { errorMounting } from "../rootfs/mount_rules.ts";
import { handOver } from "../rootfs/host_source.ts";

/** A mount's place in config.json, and the descriptor over there of the tree to be moved to its mountpoint. */
export type Source = readonly [at: string, fd: number];

/**
 * Clones the sources of all id-mapped mounts, maps their ids, and hands them to the container's process; all but those
 * that the container's own mounts bring.
 *
 * @param survivesExec for self mode, in which another program comes before the container's
 * @throws {RuntError} as runc words it
 */
export function fetchIdMapped(
  native: Native,
  local: LocalKernel,
  { mounts, rootfs }: Config,
  process: ContainerProcess,
  survivesExec: boolean,
): Source[] {
  const namespaces = new Map<string, number>(), sources: Source[] = [];
  try {
    for (const [index, mount] of mounts.entries()) {
      const { idMap, at } = mount;
      if (!idMap || !survivesExec && isBrought(mount.source, rootfs, mounts.slice(0, index))) continue;
      const key = JSON.stringify([idMap.path, idMap.uidMappings, idMap.gidMappings]);
      try {
        const userns = namespaces.get(key) ?? openNamespace(native, local, idMap);
        namespaces.set(key, userns);
        const fd = handOver(local, process.kernel, process.pidfd, cloneMapped(local, mount, idMap, userns));
        if (survivesExec) process.kernel.fcntl(fd, F_SETFD, 0);
        sources.push([at, fd]);
      } catch (error) {
        throw explain(error, mount);
      }
    }
  } finally {
    for (const fd of namespaces.values()) local.close(fd);
  }
  return sources;
}

/** Whether one of the mounts is where the source is, or above it: in the rootfs, as the host sees it. */
function isBrought(source: string, rootfs: string, earlier: readonly MountConfig[]): boolean {
  return earlier.some(({ destination }) => `${source}/`.startsWith(`${rootfs}${destination}/`));
}

/**
 * Maps the ids of a tree that the container's process has cloned, in its own mount namespace.
 *
 * @param tree the tree, detached, over there
 * @throws {RuntError} as runc words it
 */
export function mapIds(
  native: Native,
  local: LocalKernel,
  process: ContainerProcess,
  mount: MountConfig,
  tree: Fd,
): void {
  const ours: number[] = [];
  try {
    const fd = local.pidfdGetfd(process.pidfd, fdNumber(tree)).value;
    ours.push(fd);
    const userns = openNamespace(native, local, mount.idMap!);
    ours.push(userns);
    setIdMap(local, fd, mount.idMap!, userns);
  } catch (error) {
    throw explain(error, mount);
  } finally {
    for (const fd of ours) local.close(fd);
  }
}

function setIdMap(local: LocalKernel, tree: number, { recursive }: IdMapConfig, usernsFd: number): void {
  const below = recursive ? AT_RECURSIVE : 0;
  local.mountSetattr(tree, "", AT_EMPTY_PATH | below, { set: MOUNT_ATTR_IDMAP, usernsFd });
}

function openNamespace(native: Native, local: LocalKernel, idMap: IdMapConfig): number {
  if (idMap.path !== undefined) return local.openat(AT_FDCWD, idMap.path, O_CLOEXEC).value;
  return makeUserNamespace(native, local, idMap);
}

function cloneMapped(
  local: LocalKernel,
  mount: MountConfig,
  idMap: IdMapConfig,
  usernsFd: number,
): number {
  const tree = cloneSource(local, mount.source, isRecursive(mount)).value;
  try {
    setIdMap(local, tree, idMap, usernsFd);
    // Over there all mounts are slaves of the host's.
    local.mountSetattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, { propagation: MS_SLAVE });
    return tree;
  } catch (error) {
    local.close(tree);
    throw error;
  }
}

function explain(error: unknown, mount: MountConfig): RuntError {
  const { source, at } = mount, outer = errorMounting(mount);
  if (!(error instanceof KernelError)) {
    return new RuntError("kernel", `${outer}failed to create userns for ${source} id-mapping`, {
      path: at,
      cause: error,
    });
  }
  if (error.syscall !== "mount_setattr") {
    return new RuntError("kernel", `${outer}${error.syscall} ${source}`, { path: at, cause: error });
  }
  const hint = error.errno === EINVAL
    ? "maybe the filesystem used doesn't support idmap mounts on this kernel?"
    : undefined;
  return new RuntError("kernel", `${outer}failed to set MOUNT_ATTR_IDMAP on ${source}`, {
    path: at,
    cause: error,
    ...(hint && { hint }),
  });
}
