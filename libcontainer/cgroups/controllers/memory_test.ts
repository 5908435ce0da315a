import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../../error.ts";
import type { LinuxMemory } from "../../spec/resources.ts";
import { memoryV1, memoryV2, swapLimitV2 } from "./memory.ts";

const now = (limit = 9223372036854771712, countsSwap = true) => ({
  limit: () => limit,
  countsSwap: () => countsSwap,
});

/** Settings as `file=value`. */
function v1(memory: LinuxMemory, state = now()): string[] {
  return memoryV1(memory, state).map(({ file, value }) => `${file}=${value}`);
}

function v2(memory: LinuxMemory, usage?: number): string[] {
  return memoryV2(memory, () => usage).map(({ file, value }) => `${file}=${value}`);
}

Deno.test("memory v1: every field has its file, in runc's order", () => {
  assertEquals(
    v1({ limit: 1000, swap: 2000, reservation: 500, disableOOMKiller: true, swappiness: 0, kernel: 7 }),
    [
      "memory.limit_in_bytes=1000",
      "memory.memsw.limit_in_bytes=2000",
      "memory.soft_limit_in_bytes=500",
      "memory.oom_control=1",
      "memory.swappiness=0",
    ],
  );
});

Deno.test("memory v1: zero and absent set nothing", () => {
  assertEquals(v1({ limit: 0, swap: 0, reservation: 0, disableOOMKiller: false, useHierarchy: true }), []);
  assertEquals(v1({}), []);
});

Deno.test("memory v1: what grows over the present limit is written first", () => {
  assertEquals(v1({ limit: 1000, swap: 2000 }, now(1500))[0], "memory.memsw.limit_in_bytes=2000");
  assertEquals(v1({ limit: 1000, swap: 2000 }, now(2500))[0], "memory.limit_in_bytes=1000");
  assertEquals(v1({ limit: 1000, swap: -1 }, now(2500))[0], "memory.memsw.limit_in_bytes=-1");
});

Deno.test("memory v1: unlimited memory makes swap unlimited where swap is counted", () => {
  assertEquals(v1({ limit: -1 }), ["memory.memsw.limit_in_bytes=-1", "memory.limit_in_bytes=-1"]);
  assertEquals(v1({ limit: -1 }, now(1, false)), ["memory.limit_in_bytes=-1"]);
});

Deno.test("memory v1: swap alone does not ask for the present limit", () => {
  const settings = memoryV1({ swap: 5 }, { limit: () => 1 / 0, countsSwap: () => true });
  assertEquals(settings.map(({ file }) => file), ["memory.memsw.limit_in_bytes"]);
});

Deno.test("memory v1: swappiness is at most 100, and -1 in either spelling is absent", () => {
  const error = assertThrows(() => v1({ swappiness: 101 }), RuntError, "valid range is 0-100");
  assertEquals([error.code, error.path], ["invalid-config", "linux.resources.memory.swappiness"]);
  assertEquals(v1({ swappiness: -1 }), []);
  assertEquals(v1({ swappiness: 0xffffffffffffffffn }), []);
});

Deno.test("memory v1: values over 2^53 are written exactly", () => {
  assertEquals(v1({ limit: 9223372036854775807n }), ["memory.limit_in_bytes=9223372036854775807"]);
});

Deno.test("memory v2: limit, swap as difference, reservation as memory.low", () => {
  assertEquals(v2({ limit: 1000, swap: 2500, reservation: -1 }), [
    "memory.swap.max=1500",
    "memory.max=1000",
    "memory.low=max",
  ]);
  assertEquals(v2({ limit: -1 }), ["memory.swap.max=max", "memory.max=max"]);
  assertEquals(v2({ reservation: 10 }), ["memory.low=10"]);
});

Deno.test("memory v2: a kernel without swap is only an error where swap is to be limited", () => {
  const ignored = (memory: LinuxMemory) => memoryV2(memory, () => 0)[0]!.ignore;
  assertEquals(ignored({ limit: 1000, swap: 1000 }), 2);
  assertEquals(ignored({ limit: 1000, swap: -1 }), 2);
  assertEquals(ignored({ limit: 1000, swap: 2000 }), undefined);
});

Deno.test("swapLimitV2() follows runc's conversion", () => {
  for (
    const [swap, limit, expected] of [
      [0, -1, "max"],
      [0, 0, undefined],
      [0, 1000, undefined],
      [-1, 1000, "max"],
      [-1, 0, "max"],
      [500, -1, "500"],
      [1000, 1000, "0"],
      [9223372036854775807n, 1, "9223372036854775806"],
    ] as const
  ) assertEquals(swapLimitV2(swap, limit), expected, `swap ${swap}, limit ${limit}`);
  assertThrows(() => swapLimitV2(500, 0), RuntError, "unable to set swap limit without memory limit");
  assertThrows(() => swapLimitV2(500, 1000), RuntError, "memory+swap limit should be >= memory limit");
  assertThrows(() => swapLimitV2(500, -2), RuntError, "invalid memory value: -2");
});

Deno.test("memory v2: checkBeforeUpdate refuses limits at or below what is in use", () => {
  const check = { checkBeforeUpdate: true };
  assertThrows(() => v2({ limit: 100, ...check }, 100), RuntError, "rejecting memory limit 100 <= usage 100");
  assertThrows(
    () => v2({ limit: 500, swap: 99, ...check }, 100),
    RuntError,
    "rejecting memory+swap limit 99 <= usage 100",
  );
  assertEquals(v2({ limit: 101, ...check }, 100), ["memory.max=101"]);
  assertEquals(v2({ limit: 1, ...check }, undefined), ["memory.max=1"]);
  assertEquals(v2({ limit: 100 }, 100), ["memory.max=100"]);
});
