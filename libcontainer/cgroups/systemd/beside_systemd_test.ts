import { assertEquals } from "@std/assert";
import { isPeriodAlone, withoutIdleWeight } from "./beside_systemd.ts";

Deno.test("an idle cgroup has no weight, where systemd knows idle ones", () => {
  const both = {
    cpu: { idle: 1, shares: 200 },
    unified: { "cpu.idle": "1\n", "cpu.weight": "8", "a.b": "1" },
  };
  assertEquals(withoutIdleWeight(both, () => 252), {
    cpu: { idle: 1 },
    unified: { "cpu.idle": "1\n", "a.b": "1" },
  });
  assertEquals(withoutIdleWeight(both, () => 251), both);
});

Deno.test("a weight without idleness stays, and nobody asks for systemd's version", () => {
  const asked = () => {
    throw new Error("asked");
  };
  for (
    const resources of [
      {},
      { cpu: { idle: 0, shares: 200 } },
      { cpu: { idle: 1 } },
      { unified: { "cpu.weight": "8" } },
    ]
  ) assertEquals(withoutIdleWeight(resources, asked), resources);
});

Deno.test("a period is alone without a quota that limits", () => {
  assertEquals([{ period: 1 }, { period: 1, quota: -1 }].map(isPeriodAlone), [true, true]);
  assertEquals([undefined, {}, { quota: 1 }, { period: 1, quota: 1 }].map(isPeriodAlone), [
    false,
    false,
    false,
    false,
  ]);
});
