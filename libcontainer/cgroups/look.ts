/**
 * What is looked at in a container's cgroup by those who change nothing there: it takes no manager.
 *
 * @module
 */
import { readCgroupKey } from "./cgroup_file.ts";
import { modeOf } from "./mode.ts";
import { freezerStateV1 } from "./v1/freezer.ts";
import { freezerStateV2 } from "./v2/freezer.ts";

/** Directories by controller; v2's by the empty string. */
type Paths = Readonly<Record<string, string>>;

/** Whether its processes are paused. */
export function isPaused(paths: Paths): boolean {
  if (modeOf(paths) === "unified") return freezerStateV2(paths[""]!) === "FROZEN";
  return paths.freezer !== undefined && freezerStateV1(paths.freezer) === "FROZEN";
}

/** How many of its processes the kernel has killed for want of memory; 0 when not known. */
export function oomKills(paths: Paths): number {
  if (modeOf(paths) === "unified") return readCgroupKey(paths[""]!, "memory.events", "oom_kill");
  return paths.memory === undefined ? 0 : readCgroupKey(paths.memory, "memory.oom_control", "oom_kill");
}
