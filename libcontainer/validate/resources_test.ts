import { assertEquals } from "@std/assert";
import { type Changes, findingsOf } from "../../tests/support/checked_spec.ts";
import { checkDeviceRules, checkDevices } from "./devices.ts";
import { checkBlockIO, checkHugepageLimits, checkUnified } from "./more_resources.ts";
import { checkCgroupsPath, checkCpu, checkMemory } from "./resources.ts";

const unified = { cgroupMode: "unified" } as const;

Deno.test("checkDevices() refuses unknown types, relative paths and numbers that no device has", () => {
  const device = { path: "/dev/a", type: "c", major: 4095, minor: 1048575 };
  const devices = [
    device,
    { ...device, type: "u", major: 4096, minor: -1 },
    { ...device, path: "dev/a", type: "x" },
    { path: "/p", type: "p", major: -1, minor: -1 },
    { ...device, path: "/dev/./a/" },
    { ...device, path: "/dev/.." },
  ];
  assertEquals(findingsOf(checkDevices, { "linux.devices": devices }), [
    "linux.devices[1].major: must be between 0 and 4095, not 4096",
    "linux.devices[1].minor: must be between 0 and 1048575, not -1",
    "linux.devices[2].path: must be an absolute path",
    'linux.devices[2].type: invalid device type "x"',
    "linux.devices[5].path: must not be the root",
  ]);
});

Deno.test("checkDeviceRules() refuses rules that the cgroup cannot have", () => {
  const rules = [
    { allow: true, type: "c", major: -1, minor: 3, access: "rwm" },
    { allow: true, type: "p", access: "r" },
    { allow: false, access: "" },
    { allow: false, type: "b", major: -2, minor: 2 ** 32, access: "x" },
  ];
  assertEquals(findingsOf(checkDeviceRules, { "linux.resources.devices": rules }), [
    'linux.resources.devices[1].type: invalid cgroup device type "p"',
    "linux.resources.devices[2].access: device access at 2 field cannot be empty",
    "linux.resources.devices[3].access: must be some of r, w and m, not x",
    "linux.resources.devices[3].major: invalid major -2",
    "linux.resources.devices[3].minor: invalid minor 4294967296",
  ]);
});

Deno.test("checkMemory() refuses limits that contradict one another", () => {
  const findings = (memory: Changes, facts = {}) =>
    findingsOf(checkMemory, { "linux.resources.memory": memory }, facts)
      .map((line) => line.replace("linux.resources.memory.", ""));
  assertEquals(findings({ limit: 2, swap: 1 }), ["swap: memory+swap limit should be >= memory limit"]);
  assertEquals(findings({ limit: 9223372036854771712n, swap: 9223372036854771711n }).length, 1);
  for (const memory of [{ limit: 2, swap: 2 }, { limit: -1, swap: 5 }, { limit: 5, swap: -1 }, { swap: 5 }]) {
    assertEquals(findings(memory), []);
  }
  assertEquals(findings({ swap: 5 }, unified), ["swap: unable to set swap limit without memory limit"]);
  assertEquals(findings({ limit: -2, reservation: -5 }), [
    "limit: invalid memory value: -2",
    "reservation: invalid memory value: -5",
  ]);
  assertEquals(findings({ swappiness: 101 }), [
    "swappiness: invalid memory swappiness value: 101 (valid range is 0-100)",
  ]);
  assertEquals(findings({ swappiness: 101 }, unified), []);
  assertEquals(findings({ kernel: 0 }), [
    "warning: kernel: Kernel memory settings are ignored and will be removed",
  ]);
});

Deno.test("checkCpu() refuses what the kernel would", () => {
  const findings = (cpu: Changes) => findingsOf(checkCpu, { "linux.resources.cpu": cpu });
  for (
    const cpu of [{}, { quota: -1, period: 100000 }, { quota: -9999 }, {
      quota: 50000,
      burst: 50000,
      idle: 1,
    }, { quota: 0 }]
  ) {
    assertEquals(findings(cpu), []);
  }
  assertEquals(findings({ quota: 999, period: 1_000_001, burst: 1000, idle: 2 }), [
    "linux.resources.cpu.quota: must be -1 or at least 1000 microseconds, not 999",
    "linux.resources.cpu.period: must be between 1000 and 1000000 microseconds, not 1000001",
    "linux.resources.cpu.burst: must not be over the quota of 999",
    "linux.resources.cpu.idle: must be 0 or 1, not 2",
  ]);
});

Deno.test("checkCgroupsPath() wants slice:prefix:name for systemd", () => {
  const changes = { "linux.cgroupsPath": "/a/b" };
  assertEquals(findingsOf(checkCgroupsPath, changes), []);
  assertEquals(findingsOf(checkCgroupsPath, changes, {}, { systemdCgroup: true }), [
    'linux.cgroupsPath: expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, ' +
    'got "/a/b" instead',
  ]);
  assertEquals(
    findingsOf(checkCgroupsPath, { "linux.cgroupsPath": "a.slice:p:n" }, {}, { systemdCgroup: true }),
    [],
  );
});

Deno.test("checkUnified() wants cgroup v2 and names of files", () => {
  const changes = { "linux.resources.unified": { "memory.high": "1", "a/b.c": "1", nothing: "1" } };
  assertEquals(findingsOf(checkUnified, changes), [
    "linux.resources.unified: invalid configuration: cannot use unified on cgroup v1",
  ]);
  assertEquals(findingsOf(checkUnified, changes, unified), [
    'linux.resources.unified["a/b.c"]: unified resource "a/b.c" must be a file name (no slashes)',
    'linux.resources.unified.nothing: unified resource "nothing" must be in the form CONTROLLER.PARAMETER',
  ]);
});

Deno.test("checkBlockIO() and checkHugepageLimits() know their ranges", () => {
  assertEquals(findingsOf(checkBlockIO, { "linux.resources.blockIO": { weight: 9, leafWeight: 1000 } }), [
    "linux.resources.blockIO.weight: must be between 10 and 1000, not 9",
  ]);
  const hugepageLimits = [{ pageSize: "2MB", limit: 1 }, { pageSize: "2M", limit: 1 }];
  assertEquals(findingsOf(checkHugepageLimits, { "linux.resources.hugepageLimits": hugepageLimits }), [
    'linux.resources.hugepageLimits[1].pageSize: must be like 2MB, not "2M"',
  ]);
});
