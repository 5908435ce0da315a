import { cgroupProcesses } from "../processes.ts";
import { filled, hugePageSizes, number, numbers, some, sorted, text, UNLIMITED } from "./numbers.ts";
import { type BlockIOEntry, type MemoryUse, NO_MEMORY_USE, type Pressure, type Stats } from "./stats.ts";

/** Names of `io.stat` as those of v1. */
const BLOCK_IO: Readonly<Record<string, readonly [table: string, op: string]>> = {
  rbytes: ["ioServiceBytesRecursive", "Read"],
  wbytes: ["ioServiceBytesRecursive", "Write"],
  rios: ["ioServicedRecursive", "Read"],
  wios: ["ioServicedRecursive", "Write"],
};

/** What v1 tells of a cpuset, and v2 does not. */
const CPUSET =
  ("cpu_exclusive mem_hardwall mem_exclusive memory_migrate memory_spread_page memory_spread_slab " +
    "memory_pressure sched_load_balance sched_relax_domain_level").split(" ");

/** What a container uses, by cgroup v2, told in v1's terms as runc does. */
export function readStatsV2(dir: string): Stats {
  const cpu = numbers(dir, "cpu.stat");
  const nanoseconds = (name: string) => (cpu[name] ?? 0n) * 1000n;
  return {
    cpu: {
      usage: {
        total: some(nanoseconds("usage_usec")),
        percpu: undefined,
        percpu_kernel: undefined,
        percpu_user: undefined,
        kernel: nanoseconds("system_usec"),
        user: nanoseconds("user_usec"),
      },
      throttling: {
        periods: some(cpu.nr_periods),
        throttledPeriods: some(cpu.nr_throttled),
        throttledTime: some(nanoseconds("throttled_usec")),
      },
      psi: readPressure(dir, "cpu.pressure"),
    },
    cpuset: Object.fromEntries(CPUSET.map((name) => [name, 0n])),
    memory: readMemory(dir),
    pids: readPids(dir),
    blkio: { ...readBlockIO(dir), psi: readPressure(dir, "io.pressure") },
    hugetlb: readHugetlb(dir),
    intel_rdt: {},
    network_interfaces: null,
  };
}

function readMemory(dir: string): Stats["memory"] {
  const raw = numbers(dir, "memory.stat"), usage = readUse(dir, "memory"), swap = readUse(dir, "memory.swap");
  return {
    cache: some(raw.file),
    usage,
    // v1 counts both together. What both together were at most is not known.
    swap: {
      limit: swap.limit === UNLIMITED || usage.limit === UNLIMITED ? UNLIMITED : swap.limit + usage.limit,
      usage: some((swap.usage ?? 0n) + (usage.usage ?? 0n)),
      max: undefined,
      failcnt: swap.failcnt,
    },
    kernel: NO_MEMORY_USE,
    kernelTCP: NO_MEMORY_USE,
    raw: sorted(raw),
    psi: readPressure(dir, "memory.pressure"),
  };
}

function readUse(dir: string, prefix: string): MemoryUse {
  const usage = number(dir, `${prefix}.current`);
  if (usage === undefined) return NO_MEMORY_USE;
  return {
    limit: number(dir, `${prefix}.max`) ?? 0n,
    usage: some(usage),
    max: some(number(dir, `${prefix}.peak`)),
    failcnt: 0n,
  };
}

function readPids(dir: string): Stats["pids"] {
  const current = number(dir, "pids.current"), limit = number(dir, "pids.max");
  return {
    current: some(current ?? BigInt(cgroupProcesses(dir, false).length)),
    limit: limit === UNLIMITED ? undefined : some(limit),
  };
}

function readBlockIO(dir: string): Record<string, readonly BlockIOEntry[] | undefined> {
  const tables: Record<string, BlockIOEntry[]> = { ioServiceBytesRecursive: [], ioServicedRecursive: [] };
  for (const line of (text(dir, "io.stat") ?? "").split("\n")) {
    const [device = "", ...items] = line.split(" "), match = /^(\d+):(\d+)$/.exec(device);
    if (!match) continue;
    const major = some(BigInt(match[1]!)), minor = some(BigInt(match[2]!));
    for (const item of items) {
      const [name = "", value = ""] = item.split("="), known = BLOCK_IO[name];
      if (!known || !/^\d+$/.test(value)) continue;
      tables[known[0]]!.push({ major, minor, op: known[1], value: some(BigInt(value)) });
    }
  }
  return Object.fromEntries(Object.entries(tables).map(([name, entries]) => [name, filled(entries)]));
}

function readPressure(dir: string, file: string): Pressure | undefined {
  const lines = text(dir, file)?.split("\n");
  // Off for this cgroup, or for all: the file cannot be read, or is empty.
  if (!lines?.[0]) return undefined;
  return Object.fromEntries(lines.map((line) => {
    const [who = "", ...items] = line.split(" ");
    const values = Object.fromEntries(items.map((item) => item.split("=") as [string, string]));
    const average = (name: string) => Number(values[name] ?? 0);
    return [who, {
      avg10: average("avg10"),
      avg60: average("avg60"),
      avg300: average("avg300"),
      total: BigInt(values.total ?? 0),
    }];
  }));
}

function readHugetlb(dir: string): Stats["hugetlb"] {
  const found: Record<string, Stats["hugetlb"][string]> = {};
  for (const size of hugePageSizes()) {
    const usage = number(dir, `hugetlb.${size}.rsvd.current`) ?? number(dir, `hugetlb.${size}.current`);
    if (usage === undefined) continue;
    found[size] = {
      usage: some(usage),
      max: undefined,
      failcnt: numbers(dir, `hugetlb.${size}.events`).max ?? 0n,
    };
  }
  return found;
}
