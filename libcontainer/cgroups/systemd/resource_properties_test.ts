import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../../error.ts";
import type { LinuxResources } from "../../spec/resources.ts";
import { INFINITY, type Property } from "./property.ts";
import { limitPropertiesV1, limitPropertiesV2, pidsProperty } from "./resource_properties.ts";

function facts(version: number) {
  const warnings: string[] = [];
  return { version: () => version, warn: (text: string) => void warnings.push(text), warnings };
}

const plain = (properties: readonly Property[]) => properties.map(([name, { value }]) => [name, value]);
const v1 = (resources: LinuxResources, version = 252) => plain(limitPropertiesV1(resources, facts(version)));
const v2 = (resources: LinuxResources, version = 252) => plain(limitPropertiesV2(resources, facts(version)));

Deno.test("v2: limits of memory", () => {
  assertEquals(v2({ memory: { limit: 1000, reservation: 500, swap: 3000 } }), [
    ["MemoryMax", 1000n],
    ["MemoryLow", 500n],
    ["MemorySwapMax", 2000n],
  ]);
  assertEquals(v2({ memory: { limit: -1 } }), [["MemoryMax", INFINITY], ["MemorySwapMax", INFINITY]]);
  assertEquals(v2({ memory: { limit: 5, swap: 5 } })[1], ["MemorySwapMax", 0n]);
  assertEquals(v2({}), []);
  assertThrows(() => v2({ memory: { swap: 5 } }), RuntError, "unable to set swap limit without memory limit");
});

Deno.test("v2: cpu", () => {
  assertEquals(v2({ cpu: { shares: 1024, quota: 20000, period: 50000, cpus: "0-1", mems: "0" } }), [
    ["CPUWeight", 100n],
    ["CPUQuotaPeriodUSec", 50000n],
    ["CPUQuotaPerSecUSec", 400000n],
    ["AllowedCPUs", new Uint8Array([3])],
    ["AllowedMemoryNodes", new Uint8Array([1])],
  ]);
  assertEquals(v2({ cpu: { cpus: "0" } }, 243), []);
});

Deno.test("v2: an idle cgroup has weight 0, where systemd knows it, and no other weight", () => {
  assertEquals(v2({ cpu: { idle: 1 } }), [["CPUWeight", 0n]]);
  assertEquals(v2({ cpu: { idle: 1, shares: 1024 } }, 251), [["CPUWeight", 100n]]);
  assertEquals(v2({ cpu: { idle: 0 } }), []);
  const both = facts(252);
  assertEquals(plain(limitPropertiesV2({ cpu: { idle: 1, shares: 1024 } }, both)), [["CPUWeight", 0n]]);
  assertEquals(both.warnings, ["unable to apply both CPUWeight and CpuIdle to systemd, ignoring CPUWeight"]);
});

Deno.test("v1: memory, cpu, blkio by their older names", () => {
  const resources = {
    memory: { limit: 1000, swap: 2000 },
    cpu: { shares: 512, quota: 1000 },
    blockIO: { weight: 500 },
  };
  assertEquals(v1(resources), [
    ["MemoryLimit", 1000n],
    ["CPUShares", 512n],
    ["CPUQuotaPerSecUSec", 10000n],
    ["BlockIOWeight", 500n],
  ]);
  assertEquals(v1({ cpu: { cpus: "1" } }), [["AllowedCPUs", new Uint8Array([2])]]);
});

Deno.test("pidsProperty() makes 1 of 0 and infinity of what is below", () => {
  assertEquals([7, 0, -1].flatMap((limit) => plain(pidsProperty({ limit }))), [
    ["TasksMax", 7n],
    ["TasksMax", 1n],
    ["TasksMax", INFINITY],
  ]);
  assertEquals(pidsProperty({}), []);
});
