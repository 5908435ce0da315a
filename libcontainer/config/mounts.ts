import { MS_BIND } from "../../ffi/constants/mount.ts";
import type { Spec } from "../spec/mod.ts";
import type { MountConfig } from "./mount_config.ts";
import { parseMountOptions } from "./mount_options.ts";

/** File systems that are not given a context: what they show is labelled by the kernel. */
const UNLABELLED = ["proc", "sysfs", "cgroup"];

/**
 * The mounts of a spec, their options parsed.
 *
 * @param bundle absolute path of the bundle, which relative sources of bind mounts are relative to
 */
export function createMounts({ mounts = [], linux }: Spec, bundle: string): MountConfig[] {
  const label = linux?.mountLabel;
  return mounts.map(({ destination, type = "", source = "", options = [] }, index) => {
    const parsed = parseMountOptions(options);
    const isBind = (parsed.flags & MS_BIND) !== 0;
    const takesLabel = label && !isBind && !UNLABELLED.includes(type);
    return {
      ...(takesLabel && { context: label }),
      destination: cleanPath(destination),
      source: isBind && !source.startsWith("/") ? cleanPath(`${bundle}/${source}`) : source,
      // What the spec calls a bind mount's type means nothing.
      type: isBind ? "bind" : type,
      ...parsed,
      at: `mounts[${index}]`,
    };
  });
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
