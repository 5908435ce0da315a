import { assertEquals } from "@std/assert";
import type { LinuxResources } from "../../spec/resources.ts";
import { basicProperties, lateProperties, limitProperties, rounding } from "./unit_properties.ts";
import { unitOf } from "./unit.ts";

const FACTS = { version: () => 252, warn: () => {} };
const names = (properties: readonly (readonly [string, unknown])[]) => properties.map(([name]) => name);

Deno.test("a scope is delegated and in its slice, a slice wants the one above", () => {
  const scope = basicProperties(unitOf("a.slice:p:c", "c", false), 7, "unified");
  assertEquals(names(scope).slice(0, 4), ["Description", "Slice", "Delegate", "PIDs"]);
  const slice = basicProperties(unitOf("a.slice:p:c.slice", "c", false), 7, "legacy");
  assertEquals(names(slice).slice(0, 3), ["Description", "Wants", "PIDs"]);
  assertEquals([names(scope).at(-3), names(slice).at(-3)], ["IOAccounting", "BlockIOAccounting"]);
});

Deno.test("the number of processes is limited late, by whichever name", () => {
  const resources: LinuxResources = {
    pids: { limit: 5 },
    memory: { limit: 1 << 20 },
    unified: { "pids.max": "7", "memory.high": "9" },
  };
  assertEquals(names(limitProperties(resources, "unified", FACTS)), ["MemoryMax", "MemoryHigh"]);
  assertEquals(names(lateProperties(resources, "unified", FACTS, undefined)), ["TasksMax", "TasksMax"]);
  assertEquals(names(lateProperties(resources, "legacy", FACTS, undefined)), ["TasksMax"]);
});

Deno.test("rules of devices are told where they are to be set", () => {
  assertEquals(lateProperties({}, "unified", FACTS, undefined), []);
  const told = names(lateProperties({}, "unified", FACTS, []));
  assertEquals(told, ["DeviceAllow", "DevicePolicy", "DeviceAllow"]);
});

Deno.test("a quota is rounded, and all else left as it is", () => {
  assertEquals(rounding({ pids: { limit: 1 } }), { pids: { limit: 1 } });
  assertEquals(rounding({ cpu: { quota: 50001, period: 100000 } }).cpu?.quota, 51000);
});
