import { assertEquals } from "@std/assert";
import type { LinuxResources } from "../../spec/resources.ts";
import { completeUpdate } from "./complete_update.ts";

function completed(files: Record<string, string>, resources: LinuxResources): LinuxResources {
  const dir = Deno.makeTempDirSync({ prefix: "runt-test-" });
  try {
    for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(`${dir}/${name}`, `${text}\n`);
    return completeUpdate(dir, resources);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

Deno.test("a quota keeps the period that was, and a period the quota", () => {
  const before = { "cpu.max": "20000 50000" };
  assertEquals(completed(before, { cpu: { quota: 10000 } }), { cpu: { quota: 10000, period: 50000 } });
  assertEquals(completed(before, { cpu: { period: 70000 } }), { cpu: { quota: 20000, period: 70000 } });
  assertEquals(completed({ "cpu.max": "max 50000" }, { cpu: { period: 70000 } }), {
    cpu: { quota: -1, period: 70000 },
  });
  for (const cpu of [{ shares: 7 }, { quota: 1, period: 2 }]) {
    assertEquals(completed(before, { cpu }), { cpu });
  }
});

Deno.test("memory and swap together stay what they were when memory alone is changed", () => {
  const before = { "memory.max": "1000", "memory.swap.max": "500" };
  assertEquals(completed(before, { memory: { limit: 1200 } }), { memory: { limit: 1200, swap: 1500 } });
  assertEquals(completed(before, { memory: { swap: 3000 } }), { memory: { limit: 1000, swap: 3000 } });
  assertEquals(completed(before, { memory: { limit: -1 } }), { memory: { limit: -1 } });
  const free = { "memory.max": "max", "memory.swap.max": "max" };
  for (const memory of [{ limit: 1200 }, { swap: 3000 }, { reservation: 5 }]) {
    assertEquals(completed(free, { memory }), { memory });
  }
});

Deno.test("where the files are not there, nothing is known", () => {
  assertEquals(completed({}, { cpu: { quota: 5000 }, memory: { limit: 7 }, pids: { limit: 1 } }), {
    cpu: { quota: 5000, period: 100000 },
    memory: { limit: 7 },
    pids: { limit: 1 },
  });
});
