import type { Int64 } from "../../spec/integer.ts";
import type { LinuxCPU, LinuxMemory, LinuxResources } from "../../spec/resources.ts";
import { readCgroupFile } from "../cgroup_file.ts";

/**
 * Adds to a change of limits what stands in the same file, or is counted from the same number: v2 has quota and period in
 * one file, and limits swap alone where config.json limits memory and swap together.
 *
 * @param dir the cgroup
 */
export function completeUpdate(dir: string, resources: LinuxResources): LinuxResources {
  const { cpu, memory } = resources;
  return {
    ...resources,
    ...(cpu ? { cpu: completeCpu(dir, cpu) } : {}),
    ...(memory ? { memory: completeMemory(dir, memory) } : {}),
  };
}

function completeCpu(dir: string, cpu: LinuxCPU): LinuxCPU {
  const { quota = 0, period = 0 } = cpu;
  if (!quota === !period) return cpu;
  const [max = "max", old = "100000"] = (read(dir, "cpu.max") ?? "").split(" ");
  return quota ? { ...cpu, period: Number(old) } : { ...cpu, quota: max === "max" ? -1 : Number(max) };
}

function completeMemory(dir: string, memory: LinuxMemory): LinuxMemory {
  const { limit = 0, swap = 0 } = memory;
  if (!limit === !swap) return memory;
  const oldLimit = limited(dir, "memory.max");
  if (swap) return oldLimit === undefined ? memory : { ...memory, limit: oldLimit };
  const oldSwap = limited(dir, "memory.swap.max");
  // Without a limit of swap before, none is made.
  if (limit == -1 || oldSwap === undefined || oldLimit === undefined) return memory;
  return { ...memory, swap: Number(oldLimit) + Number(oldSwap) };
}

/** The number in a file; undefined where nothing is limited. */
function limited(dir: string, file: string): Int64 | undefined {
  const text = read(dir, file);
  return text === undefined || text === "max" ? undefined : Number(text);
}

function read(dir: string, file: string): string | undefined {
  try {
    return readCgroupFile(dir, file).trim();
  } catch {
    return undefined;
  }
}
