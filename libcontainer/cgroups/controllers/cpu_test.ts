import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../../error.ts";
import type { Setting } from "../cgroup_file.ts";
import { cpuset } from "./cpuset.ts";
import { cpuV1, cpuV2, realtimeV1, weightOfShares } from "./cpu.ts";
import { pids } from "./pids.ts";

function text(settings: readonly Setting[]): string[] {
  return settings.map(({ file, value, again }) => `${file}=${value}${again ? " (again)" : ""}`);
}

Deno.test("cpu v1: every field has its file, period and burst may need the quota first", () => {
  assertEquals(text(cpuV1({ shares: 512, quota: 50000, period: 100000, burst: 0, idle: 1 })), [
    "cpu.shares=512",
    "cpu.cfs_period_us=100000 (again)",
    "cpu.cfs_burst_us=0 (again)",
    "cpu.cfs_quota_us=50000",
    "cpu.idle=1",
  ]);
  assertEquals(text(cpuV1({ period: 100000 })), ["cpu.cfs_period_us=100000"]);
  assertEquals(text(cpuV1({ quota: -1 })), ["cpu.cfs_quota_us=-1"]);
});

Deno.test("cpu v1: zero and absent set nothing", () => {
  assertEquals(cpuV1({}), []);
  assertEquals(cpuV1({ shares: 0, quota: 0, period: 0 }), []);
  assertEquals(realtimeV1({ realtimePeriod: 0, realtimeRuntime: 0 }), []);
});

Deno.test("cpu v1: shares that the kernel would change are refused with runc's words", () => {
  const error = assertThrows(() => cpuV1({ shares: 1 }), RuntError, "the minimum allowed cpu-shares is 2");
  assertEquals([error.code, error.path], ["invalid-config", "linux.resources.cpu.shares"]);
  assertThrows(() => cpuV1({ shares: 262145 }), RuntError, "the maximum allowed cpu-shares is 262144");
  assertEquals(text(cpuV1({ shares: 2 })), ["cpu.shares=2"]);
  assertEquals(text(cpuV1({ shares: 262144 })), ["cpu.shares=262144"]);
});

Deno.test("cpu v1: realtime period goes first, and again when the runtime was in its way", () => {
  assertEquals(text(realtimeV1({ realtimePeriod: 1000000, realtimeRuntime: 950000 })), [
    "cpu.rt_period_us=1000000 (again)",
    "cpu.rt_runtime_us=950000",
  ]);
  assertEquals(text(realtimeV1({ realtimePeriod: 5 })), ["cpu.rt_period_us=5"]);
});

Deno.test("cpu v2: quota and period share a file, with defaults for what is absent", () => {
  assertEquals(text(cpuV2({ quota: 5000, period: 10000 })), ["cpu.max=5000 10000"]);
  assertEquals(text(cpuV2({ quota: 5000 })), ["cpu.max=5000 100000"]);
  assertEquals(text(cpuV2({ period: 10000 })), ["cpu.max=max 10000"]);
  assertEquals(text(cpuV2({ quota: -1 })), ["cpu.max=max 100000"]);
  assertEquals(text(cpuV2({ shares: 1024, idle: 0, burst: 10, quota: 20 })), [
    "cpu.idle=0",
    "cpu.weight=100",
    "cpu.max.burst=10 (again)",
    "cpu.max=20 100000",
  ]);
  assertEquals(cpuV2({ shares: 0, quota: 0, period: 0, realtimeRuntime: 5 }), []);
});

Deno.test("weightOfShares() maps ends and default, clamps, and never falls", () => {
  for (
    const [shares, weight] of [[0, 1], [1, 1], [2, 1], [1024, 100], [262144, 10000], [
      300000n,
      10000,
    ]] as const
  ) {
    assertEquals(weightOfShares(shares), weight, `shares ${shares}`);
  }
  // Worked out with the formula in another language.
  assertEquals([3, 4, 512, 2048, 100000].map(weightOfShares), [2, 2, 59, 174, 4340]);
  for (let shares = 2, last = 0; shares < 262144; shares = Math.ceil(shares * 1.1)) {
    const weight = weightOfShares(shares);
    assertEquals(weight >= last, true, `shares ${shares}`);
    last = weight;
  }
});

Deno.test("cpuset: lists are written as they are, empty ones are not", () => {
  assertEquals(text(cpuset({ cpus: "0-1,3", mems: "0" })), ["cpuset.cpus=0-1,3", "cpuset.mems=0"]);
  assertEquals(cpuset({ cpus: "", mems: "" }), []);
});

Deno.test("pids: negative is no limit, and zero becomes one", () => {
  assertEquals(text(pids({ limit: 7 })), ["pids.max=7"]);
  assertEquals(text(pids({ limit: -1 })), ["pids.max=max"]);
  assertEquals(text(pids({ limit: 0 })), ["pids.max=1"]);
  assertEquals(pids({}), []);
});
