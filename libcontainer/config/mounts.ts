import { MS_BIND, MS_REMOUNT } from "../../ffi/constants/mount.ts";
import { cleanPath } from "../clean_path.ts";
import type { Linux, Mount, Spec } from "../spec/mod.ts";
import type { IdMapConfig, MountConfig } from "./mount_config.ts";
import { idMapOption, parseMountOptions, plainOptions } from "./mount_options.ts";

/** File systems that are not given a context: what they show is labelled by the kernel. */
const UNLABELLED = ["proc", "sysfs", "cgroup"];

/**
 * The mounts of a spec, their options parsed.
 *
 * @param bundle absolute path of the bundle, which relative sources of bind mounts are relative to
 * @param rootfs absolute path of the root file system, which a destination may begin with
 */
export function createMounts({ mounts = [], linux }: Spec, bundle: string, rootfs: string): MountConfig[] {
  const label = linux?.mountLabel;
  return mounts.map((mount, index) => {
    const { destination, type = "", source = "", options = [] } = mount;
    const idMap = createIdMap(mount, linux);
    const asked = parseMountOptions(options);
    const isBind = (asked.flags & MS_BIND) !== 0;
    // On a file system that is mounted anew nothing is mounted yet.
    const isAlone = !(asked.flags & (MS_BIND | MS_REMOUNT));
    const parsed = asked.recursive && isAlone ? parseMountOptions(plainOptions(options)) : asked;
    const takesLabel = label && !isBind && !UNLABELLED.includes(type);
    return {
      ...(takesLabel && { context: label }),
      ...(idMap && { idMap }),
      destination: insideRoot(cleanPath(destination), rootfs),
      source: isBind && !source.startsWith("/") ? cleanPath(`${bundle}/${source}`) : source,
      // What the spec calls a bind mount's type means nothing.
      type: isBind ? "bind" : type,
      ...parsed,
      at: `mounts[${index}]`,
    };
  });
}

/** How a mount's ids are mapped: as it says itself, or else as the container's user namespace maps them. */
function createIdMap(
  { uidMappings, gidMappings, options = [] }: Mount,
  linux: Linux = {},
): IdMapConfig | undefined {
  const given = uidMappings?.length || gidMappings?.length, option = idMapOption(options);
  if (!given && !option) return undefined;
  const recursive = option === "ridmap";
  if (given) return { uidMappings: uidMappings ?? [], gidMappings: gidMappings ?? [], recursive };
  const path = linux.namespaces?.find(({ type }) => type === "user")?.path;
  if (path) return { uidMappings: [], gidMappings: [], path, recursive };
  return { uidMappings: linux.uidMappings ?? [], gidMappings: linux.gidMappings ?? [], recursive };
}

/** A path of the container. As in runc, one that begins with the host's path of the rootfs is the place that it names. */
function insideRoot(path: string, rootfs: string): string {
  if (path === rootfs) return "/";
  const isInside = rootfs !== "/" && path.startsWith(rootfs) && path[rootfs.length] === "/";
  return isInside ? path.slice(rootfs.length) : path;
}
