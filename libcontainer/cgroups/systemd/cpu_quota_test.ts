import { assertEquals } from "@std/assert";
import { quotaProperties, roundQuota } from "./cpu_quota.ts";
import { INFINITY } from "./property.ts";

const plain = (cpu: Parameters<typeof quotaProperties>[0], version = 252) =>
  quotaProperties(cpu, () => version).map(([name, { value }]) => [name, value]);

Deno.test("quotaProperties() counts microseconds in a second", () => {
  assertEquals(plain({ quota: 50000, period: 100000 }), [
    ["CPUQuotaPeriodUSec", 100000n],
    ["CPUQuotaPerSecUSec", 500000n],
  ]);
  assertEquals(plain({ quota: 20000 }), [["CPUQuotaPerSecUSec", 200000n]]);
  assertEquals(plain({ period: 50000 }), [["CPUQuotaPeriodUSec", 50000n], ["CPUQuotaPerSecUSec", INFINITY]]);
  assertEquals(plain({ quota: -1 }), [["CPUQuotaPerSecUSec", INFINITY]]);
  assertEquals(plain({}), []);
});

Deno.test("quotaProperties() leaves the period to the cgroup where systemd is older than 242", () => {
  assertEquals(plain({ quota: 50000, period: 100000 }, 241), [["CPUQuotaPerSecUSec", 500000n]]);
  assertEquals(plain({ quota: 50000, period: 100000 }, 242).length, 2);
});

Deno.test("a quota that is no multiple of 10 ms a second is rounded up, for systemd and for the cgroup", () => {
  assertEquals(plain({ quota: 50001, period: 100000 })[1], ["CPUQuotaPerSecUSec", 510000n]);
  assertEquals(roundQuota({ quota: 50001, period: 100000 }).quota, 51000);
  assertEquals(roundQuota({ quota: 1500, period: 3333 }).quota, 1533);
  for (const cpu of [{ quota: 50000, period: 100000 }, { quota: -1 }, {}, { period: 5 }]) {
    assertEquals(roundQuota(cpu), cpu);
  }
});
