import type { CgroupManager } from "../manager.ts";
import type { Stats } from "./stats.ts";
import { readStatsV1 } from "./v1.ts";
import { readStatsV2 } from "./v2.ts";

/** What a container uses now. */
export function readStats(cgroup: CgroupManager): Stats {
  return cgroup.mode === "unified" ? readStatsV2(cgroup.paths[""]!) : readStatsV1(cgroup.paths);
}
