import { readCgroupFile, tryWriteCgroupFile } from "./cgroup_file.ts";
import type { CgroupManager } from "./manager.ts";

/** The limits that can be read and written back as they are, by controller of v1. */
const FILES_V1: Readonly<Record<string, readonly string[]>> = {
  memory: ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.soft_limit_in_bytes"],
  cpu: ["cpu.shares", "cpu.cfs_period_us", "cpu.cfs_quota_us", "cpu.rt_period_us", "cpu.rt_runtime_us"],
  cpuset: ["cpuset.cpus", "cpuset.mems"],
  pids: ["pids.max"],
};

/** Those of v2. */
const FILES_V2 =
  ("memory.swap.max memory.max memory.low memory.high cpu.weight cpu.max cpu.max.burst cpuset.cpus " +
    "cpuset.mems pids.max").split(" ");

/**
 * Remembers a cgroup's limits, to put them back when some of a change was refused.
 *
 * @returns what does so; it tells the files that it could not write
 */
export function keepLimits({ mode, paths }: CgroupManager): () => string[] {
  const kept: { readonly dir: string; readonly file: string; readonly value: string }[] = [];
  const keep = (dir: string | undefined, files: readonly string[]) => {
    for (const file of files) {
      const value = dir && read(dir, file);
      if (dir && value !== undefined && value !== "") kept.push({ dir, file, value });
    }
  };
  if (mode === "unified") keep(paths[""], FILES_V2);
  else for (const [controller, files] of Object.entries(FILES_V1)) keep(paths[controller], files);
  return () => {
    // Some are only good with others (memory with memory and swap), whichever changed: those are tried once more.
    let left = kept;
    for (let round = 0; round < 3 && left.length > 0; round++) {
      left = left.filter(({ dir, file, value }) =>
        read(dir, file) !== value && !tryWriteCgroupFile(dir, file, value)
      );
    }
    return left.map(({ dir, file }) => `${dir}/${file}`);
  };
}

function read(dir: string, file: string): string | undefined {
  try {
    return readCgroupFile(dir, file).trim();
  } catch {
    return undefined; // this kernel does not have it
  }
}
