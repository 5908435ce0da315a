/**
 * What is written to a cgroup's files beside what systemd, which writes to them as well, makes of the same limits.
 *
 * @module
 */
import type { LinuxCPU, LinuxResources } from "../../spec/resources.ts";
import { TAKES_IDLE } from "./versions.ts";

/**
 * The limits without the weight of an idle cgroup: the kernel refuses one, and systemd, which was told of the other
 * alone, has none.
 */
export function withoutIdleWeight(resources: LinuxResources, version: () => number): LinuxResources {
  const { cpu, unified } = resources;
  const isIdle = (idle: boolean, weight: unknown) => idle && Boolean(weight) && version() >= TAKES_IDLE;
  let rest = resources;
  if (cpu && isIdle(cpu.idle === 1, cpu.shares)) {
    const { shares: _, ...others } = cpu;
    rest = { ...rest, cpu: others };
  }
  if (unified && isIdle(unified["cpu.idle"]?.trim() === "1", unified["cpu.weight"])) {
    const { "cpu.weight": _, ...others } = unified;
    rest = { ...rest, unified: others };
  }
  return rest;
}

/** Whether there is a period without a quota, which systemd makes its own: it then writes `max 100000`. */
export function isPeriodAlone({ period = 0, quota = 0 }: LinuxCPU = {}): boolean {
  return period > 0 && quota <= 0;
}
