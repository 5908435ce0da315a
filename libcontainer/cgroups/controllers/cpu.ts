/**
 * `linux.resources.cpu` as files of the cpu controller. As in runc, 0 is the same as absent for shares, quota,
 * period and the realtime numbers.
 *
 * @module
 */
import { ENOENT } from "../../../ffi/errno.ts";
import { RuntError } from "../../error.ts";
import type { Uint64 } from "../../spec/integer.ts";
import type { LinuxCPU } from "../../spec/resources.ts";
import type { Setting } from "../cgroup_file.ts";

const AT = "linux.resources.cpu";

/**
 * Settings for cgroup v1.
 *
 * @throws {RuntError} `invalid-config` for shares that the kernel would silently change
 * @see https://docs.kernel.org/scheduler/sched-bwc.html
 */
export function cpuV1(cpu: LinuxCPU): Setting[] {
  const { shares = 0, period = 0, quota = 0, burst, idle } = cpu;
  const settings: Setting[] = [];
  if (shares) {
    if (shares < 2) throw new RuntError("invalid-config", "the minimum allowed cpu-shares is 2", SHARES);
    if (shares > 262144) {
      throw new RuntError("invalid-config", "the maximum allowed cpu-shares is 262144", SHARES);
    }
    settings.push({ file: "cpu.shares", value: String(shares), at: SHARES.path });
  }
  // A period below the present one may need the new quota first, where the cgroup above is limited.
  const again = !!quota;
  if (period) {
    settings.push({ file: "cpu.cfs_period_us", value: String(period), at: `${AT}.period`, again });
  }
  if (burst !== undefined) {
    // Kernels before 5.14 have no burst.
    const value = String(burst);
    settings.push({ file: "cpu.cfs_burst_us", value, at: `${AT}.burst`, again, ignore: ENOENT });
  }
  if (quota) settings.push({ file: "cpu.cfs_quota_us", value: String(quota), at: `${AT}.quota` });
  if (idle !== undefined) settings.push({ file: "cpu.idle", value: String(idle), at: `${AT}.idle` });
  return settings;
}

const SHARES = { path: `${AT}.shares` };

/**
 * Realtime settings for cgroup v1. They are needed before a process joins: one with a realtime policy could not
 * join a cgroup that has no realtime budget.
 *
 * @see https://docs.kernel.org/scheduler/sched-rt-group.html
 */
export function realtimeV1({ realtimePeriod = 0, realtimeRuntime = 0 }: LinuxCPU): Setting[] {
  const settings: Setting[] = [];
  if (realtimePeriod) {
    const value = String(realtimePeriod), again = !!realtimeRuntime;
    settings.push({ file: "cpu.rt_period_us", value, at: `${AT}.realtimePeriod`, again });
  }
  if (realtimeRuntime) {
    const value = String(realtimeRuntime);
    settings.push({ file: "cpu.rt_runtime_us", value, at: `${AT}.realtimeRuntime` });
  }
  return settings;
}

/**
 * Settings for cgroup v2. Realtime numbers have no file there and are ignored.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files
 */
export function cpuV2(cpu: LinuxCPU): Setting[] {
  const { shares = 0, period = 0, quota = 0, burst, idle } = cpu;
  const settings: Setting[] = [];
  if (idle !== undefined) settings.push({ file: "cpu.idle", value: String(idle), at: `${AT}.idle` });
  if (shares) {
    settings.push({ file: "cpu.weight", value: String(weightOfShares(shares)), at: SHARES.path });
  }
  if (burst !== undefined) {
    settings.push({ file: "cpu.max.burst", value: String(burst), at: `${AT}.burst`, again: !!quota });
  }
  if (quota || period) {
    const value = `${quota > 0 ? quota : "max"} ${period || 100000}`;
    settings.push({ file: "cpu.max", value, at: quota ? `${AT}.quota` : `${AT}.period` });
  }
  return settings;
}

/**
 * v1's shares (2 to 262144, default 1024) as v2's weight (1 to 10000, default 100): a quadratic curve through the
 * ends and the default, on logarithmic scales. It is runc's since 1.3.2.
 *
 * @see https://github.com/kubernetes/kubernetes/issues/131216
 */
export function weightOfShares(shares: Uint64): number {
  if (shares <= 2) return 1;
  if (shares >= 262144) return 10000;
  const l = Math.log2(Number(shares));
  return Math.ceil(10 ** ((l * l + 125 * l) / 612 - 7 / 34));
}
