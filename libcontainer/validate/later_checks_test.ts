import { assert, assertEquals } from "@std/assert";
import { type Changes, errorsOf, findingsOf, setField } from "../../tests/support/checked_spec.ts";
import { FULL_SPEC } from "../../tests/support/full_spec.ts";
import { LATER_CHECKS } from "./later_checks.ts";
import { checkNetDevices } from "./net_devices.ts";

Deno.test("what the later checks are about is refused, each by its name", () => {
  for (const [path] of LATER_CHECKS) {
    const value = path.split(".").reduce<unknown>(
      (at, key) => (at as Record<string, unknown>)[key],
      FULL_SPEC,
    );
    assert(value !== undefined, path);
    assertEquals(errorsOf({ [path]: value }), [`${path}: not supported by runt yet`]);
  }
});

Deno.test("checkUnsupported() refuses what is not a field of its own", () => {
  const cases: [Changes, string[]][] = [
    [{ "linux.netDevices": { eth0: {} } }, ["linux.netDevices: not supported by runt yet"]],
  ];
  for (const [changes, expected] of cases) assertEquals(errorsOf(changes), expected);
});

Deno.test("checkUnsupported() takes what is empty, zero or false as not asked for", () => {
  const nothing: Changes = {
    hooks: { prestart: [], poststop: [] },
    "process.apparmorProfile": "",
    "process.selinuxLabel": "",
    "process.execCPUAffinity": { initial: "" },
    "linux.mountLabel": "",
    "linux.netDevices": {},
    "linux.timeOffsets": {},
    "linux.resources.blockIO": { weight: 0, weightDevice: [] },
    "linux.resources.hugepageLimits": [],
    "linux.resources.network": { classID: 0, priorities: [] },
    "linux.resources.rdma": {},
    "linux.resources.unified": {},
    "mounts[0].uidMappings": [],
  };
  const spec: Record<string, unknown> = {};
  for (const path in nothing) setField(spec, path, nothing[path]);
  assertEquals(errorsOf(nothing), []);
});

Deno.test("checkNetDevices() wants names that the kernel takes, and a network namespace", () => {
  const devices = { eth0: { name: "a b" }, "..": {}, ok: { name: "eth%d" } };
  const changes = { "linux.netDevices": devices, "linux.namespaces": [{ type: "mount" }] };
  assertEquals(findingsOf(checkNetDevices, changes, {}, { rootless: true }), [
    "linux.netDevices: unable to move network devices without a NET namespace",
    "linux.netDevices: network devices are not supported for rootless containers",
    'linux.netDevices.eth0: invalid network device name "a b"',
    'linux.netDevices[".."]: invalid network device name ".."',
  ]);
});
