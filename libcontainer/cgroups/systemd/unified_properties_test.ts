import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../../error.ts";
import { INFINITY } from "./property.ts";
import { oomPolicy, unifiedProperties } from "./unified_properties.ts";

const of = (files: Record<string, string>, version = 252) =>
  unifiedProperties(files, { version: () => version, warn: () => {} }).map((
    [name, { value }],
  ) => [name, value]);

Deno.test("unifiedProperties() knows the files that systemd has properties for", () => {
  assertEquals(
    of({
      "memory.high": "1000",
      "memory.max": " max\n",
      "memory.swap.max": "0",
      "pids.max": "0",
      "cpu.weight": "42",
      "cpu.max": "20000 50000",
      "cpuset.cpus": "0,2",
      "io.max": "8:0 rbps=1",
      "memory.oom.group": "1",
    }),
    [
      ["MemoryHigh", 1000n],
      ["MemoryMax", INFINITY],
      ["MemorySwapMax", 0n],
      ["TasksMax", 1n],
      ["CPUWeight", 42n],
      ["CPUQuotaPeriodUSec", 50000n],
      ["CPUQuotaPerSecUSec", 400000n],
      ["AllowedCPUs", new Uint8Array([5])],
    ],
  );
});

Deno.test("unifiedProperties() leaves CPUs to the cgroup where there are none, and where systemd is older than 244", () => {
  const files = { "cpuset.cpus": "0,2", "cpuset.mems": "" };
  assertEquals(of(files), [["AllowedCPUs", new Uint8Array([5])]]);
  assertEquals(of(files, 244).length, 1);
  assertEquals(of(files, 243), []);
});

Deno.test("unifiedProperties() reads cpu.max with and without a period or a quota", () => {
  assertEquals(of({ "cpu.max": "20000" })[1], ["CPUQuotaPerSecUSec", 200000n]);
  assertEquals(of({ "cpu.max": "max" })[1], ["CPUQuotaPerSecUSec", INFINITY]);
  for (const value of ["", "a", "1 2 3", "1 x"]) {
    assertThrows(() => of({ "cpu.max": value }), RuntError, "cpu.max");
  }
});

Deno.test("unifiedProperties() has one weight: that of an idle cgroup, or the given one", () => {
  assertEquals(of({ "cpu.weight": "5", "cpu.idle": "1" }), [["CPUWeight", 0n]]);
  assertEquals(of({ "cpu.weight": "5", "cpu.idle": "1" }, 251), [["CPUWeight", 5n]]);
  assertEquals(of({ "cpu.idle": "0" }), []);
});

Deno.test("unifiedProperties() refuses what is no number", () => {
  const text = 'unified resource "memory.max" value conversion error: "12k"';
  assertThrows(() => of({ "memory.max": "12k" }), RuntError, text);
});

Deno.test("oomPolicy() is there from systemd 253 on", () => {
  const policy = (value: string, version: number) => oomPolicy({ "memory.oom.group": value }, () => version);
  assertEquals(policy("1", 253)[0]?.[1].value, "kill");
  assertEquals(policy("0", 253)[0]?.[1].value, "continue");
  assertEquals([policy("1", 252), oomPolicy(undefined, () => 253)], [[], []]);
});
