import type { CgroupMode } from "../host/cgroup_hierarchies.ts";

/**
 * The mode in which a container's cgroups were made.
 *
 * @param paths their directories by controller; v2's by the empty string
 */
export function modeOf(paths: Readonly<Record<string, string>>): CgroupMode {
  if (paths[""] === undefined) return "legacy";
  return Object.keys(paths).length === 1 ? "unified" : "hybrid";
}
