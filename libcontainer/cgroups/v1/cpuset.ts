import type { Setting } from "../cgroup_file.ts";
import { applySettings, readCgroupFile, writeCgroupFile } from "../cgroup_file.ts";

/**
 * Gives a cpuset cgroup CPUs and memory nodes: what is asked for, else those of the cgroup above. A process cannot
 * join one that has none.
 *
 * @param dir the cgroup, below the root of the hierarchy
 * @param settings what is asked for
 * @param fresh whether the cgroup was made just now, so that it has none
 * @throws {RuntError} for what the kernel refuses of it
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/cpusets.html
 */
export function prepareCpuset(dir: string, settings: readonly Setting[], fresh: boolean): void {
  const above = dir.slice(0, dir.lastIndexOf("/"));
  for (const file of FILES) {
    // The cgroups above first: one that was made just now has nothing to choose from either.
    const value = inherit(above, file);
    if (settings.some((setting) => setting.file === file)) continue;
    if (fresh) writeCgroupFile(dir, file, value);
    else inherit(dir, file);
  }
  applySettings(dir, "cpuset", settings);
}

const FILES = ["cpuset.cpus", "cpuset.mems"];

/** Fills an empty file from the cgroup above; the root's is never empty. */
function inherit(dir: string, file: string): string {
  const own = readCgroupFile(dir, file).trim();
  if (own) return own;
  const value = inherit(dir.slice(0, dir.lastIndexOf("/")), file);
  writeCgroupFile(dir, file, value);
  return value;
}
