import { assertEquals } from "@std/assert";
import { readStatsV1 } from "./v1.ts";

const FILES: Readonly<Record<string, string>> = {
  "cpu.stat": "nr_periods 2\nnr_throttled 0\nthrottled_time 0\n",
  "cpuacct.usage": "5443699\n",
  "cpuacct.usage_percpu": "623814 4819885 \n",
  "cpuacct.usage_all": "cpu user system\n0 1 2\n1 3 4\n",
  "cpuacct.stat": "user 2\nsystem 3\n",
  "cpuset.cpus": "0-1,3\n",
  "cpuset.sched_relax_domain_level": "-1\n",
  "memory.stat": "cache 7\nactive_anon 0\n",
  "memory.usage_in_bytes": "100\n",
  "memory.max_usage_in_bytes": "200\n",
  "memory.limit_in_bytes": "9223372036854771712\n",
  "memory.failcnt": "1\n",
  "pids.current": "5\n",
  "pids.max": "max\n",
  "blkio.bfq.io_serviced_recursive": "Total 0\n",
  "blkio.throttle.io_serviced_recursive": "8:0 Read 3\n8:0 Total 3\nTotal 3\n",
  "blkio.throttle.io_service_bytes_recursive": "8:0 Read 4096\nTotal 4096\n",
};

Deno.test("v1's files are read into runc's names", () => {
  const dir = Deno.makeTempDirSync({ prefix: "runt-test-" });
  try {
    for (const [name, text] of Object.entries(FILES)) Deno.writeTextFileSync(`${dir}/${name}`, text);
    const names = ["cpu", "cpuacct", "cpuset", "memory", "pids", "blkio"];
    const { cpu, cpuset, memory, pids, blkio, hugetlb } = readStatsV1(
      Object.fromEntries(names.map((name) => [name, dir])),
    );
    assertEquals(cpu, {
      usage: {
        total: 5443699n,
        percpu: [623814n, 4819885n],
        percpu_kernel: [2n, 4n],
        percpu_user: [1n, 3n],
        kernel: 30_000_000n,
        user: 20_000_000n,
      },
      throttling: { periods: 2n, throttledPeriods: undefined, throttledTime: undefined },
    });
    assertEquals([cpuset.cpus, cpuset.mems, cpuset.sched_relax_domain_level], [[0n, 1n, 3n], undefined, -1n]);
    assertEquals(memory.usage, { limit: 9223372036854771712n, usage: 100n, max: 200n, failcnt: 1n });
    assertEquals(memory.swap, { limit: 0n, usage: undefined, max: undefined, failcnt: 0n });
    assertEquals(pids, { current: 5n, limit: undefined });
    // bfq has counted nothing, so the throttling layer's numbers stand for it.
    const entry = (op: string, value: bigint) => ({ major: 8n, minor: undefined, op, value });
    assertEquals(blkio.ioServicedRecursive, [entry("Read", 3n), entry("Total", 3n)]);
    assertEquals(blkio.ioServiceBytesRecursive, [entry("Read", 4096n)]);
    assertEquals(hugetlb, {});
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
