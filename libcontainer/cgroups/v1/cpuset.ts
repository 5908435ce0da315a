import type { Setting } from "../cgroup_file.ts";
import { applySettings, readCgroupFile, writeCgroupFile } from "../cgroup_file.ts";

/**
 * Gives a new cpuset cgroup CPUs and memory nodes: what is asked for, else those of the cgroup above. A process
 * cannot join one that has none.
 *
 * @param dir the cgroup, below the root of the hierarchy
 * @param settings what is asked for
 * @throws {RuntError} for what the kernel refuses of it
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/cpusets.html
 */
export function prepareCpuset(dir: string, settings: readonly Setting[]): void {
  // The cgroups above first: a new one has nothing to inherit or to choose from either.
  const above = dir.slice(0, dir.lastIndexOf("/"));
  for (const file of ["cpuset.cpus", "cpuset.mems"]) inherit(above, file);
  applySettings(dir, "cpuset", settings);
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    if (!settings.some((setting) => setting.file === file)) inherit(dir, file);
  }
}

/** Fills an empty file from the cgroup above; the root's is never empty. */
function inherit(dir: string, file: string): string {
  const own = readCgroupFile(dir, file).trim();
  if (own) return own;
  const value = inherit(dir.slice(0, dir.lastIndexOf("/")), file);
  writeCgroupFile(dir, file, value);
  return value;
}
