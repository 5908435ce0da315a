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
import { AT_FDCWD } from "../../ffi/kernel.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { LocalKernel } from "../../ffi/local.ts";
import type { Native } from "../../ffi/native.ts";
import type { Config } from "../config/config.ts";
import type { IdMapConfig, MountConfig } from "../config/mount_config.ts";
import { RuntError } from "../error.ts";
import type { ContainerProcess } from "../process/container_process.ts";
import { makeUserNamespace } from "../process/user_namespace.ts";
import { cloneSource, isRecursive } from "../rootfs/bind_mount.ts";
import { handOver } from "../rootfs/host_source.ts";

/** A mount's place in config.json, and the descriptor over there of the tree to be moved to its mountpoint. */
export type Source = readonly [at: string, fd: number];

/**
 * Clones the sources of all id-mapped mounts, maps their ids, and hands them to the container's process.
 *
 * @param survivesExec for self mode, in which another program comes before the container's
 * @throws {RuntError} as runc words it
 */
export function fetchIdMapped(
  native: Native,
  local: LocalKernel,
  { mounts }: Config,
  process: ContainerProcess,
  survivesExec: boolean,
): Source[] {
  const namespaces = new Map<string, number>(), sources: Source[] = [];
  try {
    for (const mount of mounts) {
      const { idMap, at } = mount;
      if (!idMap) continue;
      const key = JSON.stringify([idMap.path, idMap.uidMappings, idMap.gidMappings]);
      try {
        const userns = namespaces.get(key) ?? openNamespace(native, local, idMap);
        namespaces.set(key, userns);
        const fd = handOver(local, process.kernel, process.pidfd, cloneMapped(local, mount, idMap, userns));
        if (survivesExec) process.kernel.fcntl(fd, F_SETFD, 0);
        sources.push([at, Number(fd)]);
      } catch (error) {
        throw explain(error, mount);
      }
    }
  } finally {
    for (const fd of namespaces.values()) local.close(fd);
  }
  return sources;
}

function openNamespace(native: Native, local: LocalKernel, idMap: IdMapConfig): number {
  if (idMap.path !== undefined) return local.openat(AT_FDCWD, idMap.path, O_CLOEXEC).value;
  return makeUserNamespace(native, local, idMap);
}

function cloneMapped(
  local: LocalKernel,
  mount: MountConfig,
  { recursive }: IdMapConfig,
  usernsFd: number,
): number {
  const tree = cloneSource(local, mount.source, isRecursive(mount)).value;
  try {
    const below = recursive ? AT_RECURSIVE : 0;
    local.mountSetattr(tree, "", AT_EMPTY_PATH | below, { set: MOUNT_ATTR_IDMAP, usernsFd });
    // Over there all mounts are slaves of the host's.
    local.mountSetattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, { propagation: MS_SLAVE });
    return tree;
  } catch (error) {
    local.close(tree);
    throw error;
  }
}

function explain(error: unknown, { source, destination, at }: MountConfig): RuntError {
  const outer = `error mounting ${JSON.stringify(source)} to rootfs at ${JSON.stringify(destination)}: `;
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
