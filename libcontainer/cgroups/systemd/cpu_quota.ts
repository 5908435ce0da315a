import type { LinuxCPU } from "../../spec/resources.ts";
import { INFINITY, number64, type Property } from "./property.ts";

/** Microseconds; the kernel's, where none is given. */
const PERIOD = 100_000n;
/** systemd counts in hundredths of a second: a quota that is no multiple of 10 ms a second is rounded up. */
const GRAIN = 10_000n;
/** The first systemd that takes a period. */
const TAKES_PERIOD = 242;

/**
 * The cpu limits with their quota as systemd will have it, so that the same is written to the cgroup: runc's rounding.
 */
export function roundQuota(cpu: LinuxCPU): LinuxCPU {
  const { quota = 0 } = cpu;
  if (quota <= 0) return cpu;
  const period = BigInt(cpu.period || PERIOD), exact = perSecond(quota, period), rounded = roundUp(exact);
  return exact === rounded ? cpu : { ...cpu, quota: Number(rounded * period / 1_000_000n) };
}

/** `CPUQuotaPerSecUSec` and `CPUQuotaPeriodUSec`. */
export function quotaProperties({ quota = 0, period = 0 }: LinuxCPU, version: () => number): Property[] {
  const properties: Property[] = [];
  if (period && version() >= TAKES_PERIOD) properties.push(number64("CPUQuotaPeriodUSec", period));
  if (quota || period) {
    const value = quota > 0 ? roundUp(perSecond(quota, BigInt(period || PERIOD))) : INFINITY;
    properties.push(number64("CPUQuotaPerSecUSec", value));
  }
  return properties;
}

function perSecond(quota: number | bigint, period: bigint): bigint {
  return BigInt(quota) * 1_000_000n / period;
}

function roundUp(value: bigint): bigint {
  return (value + GRAIN - 1n) / GRAIN * GRAIN;
}
