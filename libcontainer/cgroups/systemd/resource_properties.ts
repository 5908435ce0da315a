/**
 * `linux.resources` as properties of a unit. What systemd has none for is written to the cgroup alone.
 *
 * @see systemd.resource-control(5), org.freedesktop.systemd1(5)
 * @module
 */
import type { LinuxCPU, LinuxPids, LinuxResources } from "../../spec/resources.ts";
import { weightOfShares } from "../controllers/cpu.ts";
import { swapLimitV2 } from "../controllers/memory.ts";
import { maskOf } from "./cpu_mask.ts";
import { quotaProperties } from "./cpu_quota.ts";
import { INFINITY, number64, type Property, property } from "./property.ts";
import { TAKES_CPUS, TAKES_IDLE } from "./versions.ts";

/** What the properties depend on. */
export interface SystemdFacts {
  /** systemd's version; asked for only where it matters. */
  version(): number;
  /** Told of what cannot be had. */
  warn(text: string): void;
}

/** Limits of memory and cpu on cgroup v1. */
export function limitPropertiesV1(
  { memory, cpu, blockIO }: LinuxResources,
  { version }: SystemdFacts,
): Property[] {
  return [
    ...(memory?.limit ? [number64("MemoryLimit", memory.limit)] : []),
    ...(cpu?.shares ? [number64("CPUShares", cpu.shares)] : []),
    ...(cpu ? quotaProperties(cpu, version) : []),
    ...(blockIO?.weight ? [number64("BlockIOWeight", blockIO.weight)] : []),
    ...(cpu ? setProperties(cpu, version) : []),
  ];
}

/**
 * Limits of memory and cpu on cgroup v2.
 *
 * @throws {RuntError} for a limit of swap that does not go with that of memory
 */
export function limitPropertiesV2({ memory = {}, cpu }: LinuxResources, facts: SystemdFacts): Property[] {
  const { limit = 0, reservation = 0, swap = 0 } = memory;
  const swapMax = swapLimitV2(swap, limit);
  return [
    ...(limit ? [number64("MemoryMax", limit)] : []),
    ...(reservation ? [number64("MemoryLow", reservation)] : []),
    // runc leaves out 0, which systemd then does not know of: it would take the limit away when it writes its own anew.
    ...(swapMax !== undefined
      ? [number64("MemorySwapMax", swapMax === "max" ? INFINITY : BigInt(swapMax))]
      : []),
    ...(cpu ? weightProperty(cpu, facts) : []),
    ...(cpu ? quotaProperties(cpu, facts.version) : []),
    ...(cpu ? setProperties(cpu, facts.version) : []),
  ];
}

/** systemd knows an idle cgroup by the weight 0. */
function weightProperty({ shares, idle }: LinuxCPU, { version, warn }: SystemdFacts): Property[] {
  const isIdle = idle === 1 && version() >= TAKES_IDLE;
  if (isIdle && shares) warn("unable to apply both CPUWeight and CpuIdle to systemd, ignoring CPUWeight");
  if (isIdle) return [number64("CPUWeight", 0)];
  return shares ? [number64("CPUWeight", weightOfShares(shares))] : [];
}

function setProperties({ cpus, mems }: LinuxCPU, version: () => number): Property[] {
  if (!cpus && !mems || version() < TAKES_CPUS) return [];
  return [
    ...(cpus ? [property("AllowedCPUs", "ay", maskOf(cpus))] : []),
    ...(mems ? [property("AllowedMemoryNodes", "ay", maskOf(mems))] : []),
  ];
}

/** The number of processes; systemd does not take 0. */
export function pidsProperty({ limit }: LinuxPids): Property[] {
  if (limit === undefined) return [];
  return [number64("TasksMax", limit < 0 ? INFINITY : limit == 0 ? 1 : limit)];
}
