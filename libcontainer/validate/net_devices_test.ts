import { assertEquals } from "@std/assert";
import { findingsOf } from "../../tests/support/checked_spec.ts";
import { checkNetDevices } from "./net_devices.ts";

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
