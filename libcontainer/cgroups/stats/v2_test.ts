import { assertEquals } from "@std/assert";
import { readStatsV2 } from "./v2.ts";

const FILES: Readonly<Record<string, string>> = {
  "cpu.stat": "usage_usec 12\nuser_usec 5\nsystem_usec 7\nnr_periods 3\nnr_throttled 2\nthrottled_usec 9\n",
  "cpu.pressure":
    "some avg10=0.10 avg60=1.00 avg300=2.50 total=77\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
  "memory.stat": "file 4096\nanon 8192\n",
  "memory.current": "12288\n",
  "memory.max": "65536\n",
  "memory.peak": "20000\n",
  "memory.swap.current": "100\n",
  "memory.swap.max": "max\n",
  "pids.current": "4\n",
  "pids.max": "max\n",
  "io.stat": "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n254:0 \n",
};

function read(files: Readonly<Record<string, string>>) {
  const dir = Deno.makeTempDirSync({ prefix: "runt-test-" });
  try {
    for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(`${dir}/${name}`, text);
    return readStatsV2(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

Deno.test("v2's numbers are told in v1's units and tables", () => {
  const { cpu, memory, pids, blkio } = read(FILES);
  assertEquals([cpu.usage.total, cpu.usage.user, cpu.usage.kernel], [12_000n, 5000n, 7000n]);
  assertEquals(cpu.throttling, { periods: 3n, throttledPeriods: 2n, throttledTime: 9000n });
  assertEquals(cpu.psi?.some, { avg10: 0.1, avg60: 1, avg300: 2.5, total: 77n });
  assertEquals(memory.usage, { limit: 65536n, usage: 12288n, max: 20000n, failcnt: 0n });
  assertEquals(memory.swap, { limit: 2n ** 64n - 1n, usage: 12388n, max: undefined, failcnt: 0n });
  assertEquals([memory.cache, Object.keys(memory.raw!)], [4096n, ["anon", "file"]]);
  assertEquals(pids, { current: 4n, limit: undefined });
  const entry = (op: string, value: bigint) => ({ major: 8n, minor: undefined, op, value });
  assertEquals(blkio.ioServiceBytesRecursive, [entry("Read", 1n), entry("Write", 2n)]);
  assertEquals(blkio.ioServicedRecursive, [entry("Read", 3n), entry("Write", 4n)]);
});

Deno.test("swap limited beside memory counts both, as in v1", () => {
  assertEquals(read({ ...FILES, "memory.swap.max": "1000\n" }).memory.swap.limit, 66536n);
});

Deno.test("what a cgroup does not have is 0 or left out", () => {
  const { cpu, memory, pids, blkio } = read({});
  assertEquals([cpu.usage.total, cpu.psi, memory.raw, pids.current], [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(Object.values(blkio).filter((value) => value !== undefined), []);
});
