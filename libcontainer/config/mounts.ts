import { MS_BIND } from "../../ffi/constants/mount.ts";
import type { Linux, Mount, Spec } from "../spec/mod.ts";
import type { IdMapConfig, MountConfig } from "./mount_config.ts";
import { idMapOption, parseMountOptions } from "./mount_options.ts";

/** File systems that are not given a context: what they show is labelled by the kernel. */
const UNLABELLED = ["proc", "sysfs", "cgroup"];

/**
 * The mounts of a spec, their options parsed.
 *
 * @param bundle absolute path of the bundle, which relative sources of bind mounts are relative to
 */
export function createMounts({ mounts = [], linux }: Spec, bundle: string): MountConfig[] {
  const label = linux?.mountLabel;
  return mounts.map((mount, index) => {
    const { destination, type = "", source = "", options = [] } = mount;
    const idMap = createIdMap(mount, linux);
    const parsed = parseMountOptions(options);
    const isBind = (parsed.flags & MS_BIND) !== 0;
    const takesLabel = label && !isBind && !UNLABELLED.includes(type);
    return {
      ...(takesLabel && { context: label }),
      ...(idMap && { idMap }),
      destination: cleanPath(destination),
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

/** An absolute path without `.`, `..` and doubled slashes, by text alone; a relative one is taken below `/`. */
export function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return "/" + parts.join("/");
}
