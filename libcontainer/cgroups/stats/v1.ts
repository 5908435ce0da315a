import { filled, hugePageSizes, list, number, numbers, rangeList, some, sorted, text } from "./numbers.ts";
import { type BlockIOEntry, type MemoryUse, NO_MEMORY_USE, type Stats } from "./stats.ts";

/** Clock ticks in a second, as the kernel tells times (`sysconf(3)`). */
const NANOSECONDS_PER_TICK = 10_000_000n;

/** Switches of a cpuset, in the order in which runc prints them; CPUs and nodes stand among them. */
const CPUSET = ["mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page", "memory_spread_slab"]
  .concat(["memory_pressure", "sched_load_balance"]);

/** Files of the block I/O controller, by what they are called in JSON; of the sets the first that has any entry counts. */
const BLOCK_IO: readonly Readonly<Record<string, string>>[] = [
  {
    sectorsRecursive: "blkio.bfq.sectors_recursive",
    ioServiceTimeRecursive: "blkio.bfq.io_service_time_recursive",
    ioWaitTimeRecursive: "blkio.bfq.io_wait_time_recursive",
    ioMergedRecursive: "blkio.bfq.io_merged_recursive",
    ioQueueRecursive: "blkio.bfq.io_queued_recursive",
    ioTimeRecursive: "blkio.bfq.time_recursive",
    ioServicedRecursive: "blkio.bfq.io_serviced_recursive",
    ioServiceBytesRecursive: "blkio.bfq.io_service_bytes_recursive",
  },
  {
    ioServicedRecursive: "blkio.bfq.io_serviced_recursive",
    ioServiceBytesRecursive: "blkio.bfq.io_service_bytes_recursive",
  },
  {
    ioServicedRecursive: "blkio.throttle.io_serviced_recursive",
    ioServiceBytesRecursive: "blkio.throttle.io_service_bytes_recursive",
  },
  {
    ioServicedRecursive: "blkio.throttle.io_serviced",
    ioServiceBytesRecursive: "blkio.throttle.io_service_bytes",
  },
];

/** The order in which runc prints them. */
const BLOCK_IO_ORDER = [
  "ioServiceBytesRecursive",
  "ioServicedRecursive",
  "ioQueueRecursive",
  "ioServiceTimeRecursive",
]
  .concat(["ioWaitTimeRecursive", "ioMergedRecursive", "ioTimeRecursive", "sectorsRecursive"]);

/**
 * What a container uses, by cgroup v1.
 *
 * @param paths directories by controller
 */
export function readStatsV1(paths: Readonly<Record<string, string>>): Stats {
  const raw = numbers(paths.memory, "memory.stat");
  return {
    cpu: readCpu(paths),
    cpuset: readCpuset(paths.cpuset),
    memory: {
      cache: some(raw.cache),
      usage: readMemory(paths.memory, "memory"),
      swap: readMemory(paths.memory, "memory.memsw"),
      kernel: readMemory(paths.memory, "memory.kmem"),
      kernelTCP: readMemory(paths.memory, "memory.kmem.tcp"),
      raw: sorted(raw),
    },
    pids: readPids(paths.pids),
    blkio: readBlockIO(paths.blkio),
    hugetlb: readHugetlb(paths.hugetlb),
    intel_rdt: {},
    network_interfaces: null,
  };
}

function readCpu({ cpu, cpuacct }: Readonly<Record<string, string>>): Stats["cpu"] {
  const throttled = numbers(cpu, "cpu.stat"), times = numbers(cpuacct, "cpuacct.stat");
  // cpu user system
  const each = (text(cpuacct, "cpuacct.usage_all") ?? "").split("\n").slice(1).filter(Boolean).map(list);
  return {
    usage: {
      total: some(number(cpuacct, "cpuacct.usage")),
      percpu: filled(list(text(cpuacct, "cpuacct.usage_percpu"))),
      percpu_kernel: filled(each.map(([, , kernel = 0n]) => kernel)),
      percpu_user: filled(each.map(([, user = 0n]) => user)),
      kernel: (times.system ?? 0n) * NANOSECONDS_PER_TICK,
      user: (times.user ?? 0n) * NANOSECONDS_PER_TICK,
    },
    throttling: {
      periods: some(throttled.nr_periods),
      throttledPeriods: some(throttled.nr_throttled),
      throttledTime: some(throttled.throttled_time),
    },
  };
}

function readCpuset(dir: string | undefined): Stats["cpuset"] {
  const value = (name: string) => number(dir, `cpuset.${name}`) ?? 0n;
  return {
    cpus: filled(rangeList(text(dir, "cpuset.cpus"))),
    cpu_exclusive: value("cpu_exclusive"),
    mems: filled(rangeList(text(dir, "cpuset.mems"))),
    ...Object.fromEntries(CPUSET.map((name) => [name, value(name)])),
    // -1 here is no mistake.
    sched_relax_domain_level: BigInt(text(dir, "cpuset.sched_relax_domain_level") ?? 0),
  };
}

function readMemory(dir: string | undefined, prefix: string): MemoryUse {
  const usage = number(dir, `${prefix}.usage_in_bytes`);
  if (usage === undefined) return NO_MEMORY_USE;
  return {
    limit: number(dir, `${prefix}.limit_in_bytes`) ?? 0n,
    usage: some(usage),
    max: some(number(dir, `${prefix}.max_usage_in_bytes`)),
    failcnt: number(dir, `${prefix}.failcnt`) ?? 0n,
  };
}

function readPids(dir: string | undefined): Stats["pids"] {
  const limit = text(dir, "pids.max");
  return {
    current: some(number(dir, "pids.current")),
    limit: limit === "max" ? undefined : some(number(dir, "pids.max")),
  };
}

function readBlockIO(dir: string | undefined): Stats["blkio"] {
  for (const files of BLOCK_IO) {
    const entries = Object.entries(files).map(([name, file]) => [name, readEntries(dir, file)] as const);
    if (!entries[0]![1].length) continue;
    const found = Object.fromEntries(entries);
    return Object.fromEntries(BLOCK_IO_ORDER.map((name) => [name, filled(found[name] ?? [])]));
  }
  return {};
}

/** `major:minor [operation] number` lines; the sum of all is of no interest. */
function readEntries(dir: string | undefined, file: string): BlockIOEntry[] {
  return (text(dir, file) ?? "").split("\n").flatMap((line) => {
    const match = /^(\d+):(\d+) (?:(\w+) )?(\d+)$/.exec(line);
    if (!match) return [];
    const [, major = "", minor = "", op, value = ""] = match;
    return [{ major: some(BigInt(major)), minor: some(BigInt(minor)), op, value: some(BigInt(value)) }];
  });
}

function readHugetlb(dir: string | undefined): Stats["hugetlb"] {
  const found: Record<string, Stats["hugetlb"][string]> = {};
  for (const size of hugePageSizes()) {
    const prefix = [`hugetlb.${size}.rsvd`, `hugetlb.${size}`]
      .find((prefix) => number(dir, `${prefix}.usage_in_bytes`) !== undefined);
    if (prefix === undefined) continue;
    found[size] = {
      usage: some(number(dir, `${prefix}.usage_in_bytes`)),
      max: some(number(dir, `${prefix}.max_usage_in_bytes`)),
      failcnt: number(dir, `${prefix}.failcnt`) ?? 0n,
    };
  }
  return found;
}
