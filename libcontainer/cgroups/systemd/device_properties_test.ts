import { assertEquals } from "@std/assert";
import type { LinuxDeviceCgroup } from "../../spec/resources.ts";
import { defaultDeviceRules } from "../controllers/default_devices.ts";
import { deviceProperties } from "./device_properties.ts";

const PROC_DEVICES = "Character devices:\n  1 mem\n136 pts\n\nBlock devices:\n  7 loop\n  8 sd\n";

function of(rules: readonly LinuxDeviceCgroup[], version = 252) {
  const warnings: string[] = [];
  const properties = deviceProperties(
    rules,
    () => version,
    () => PROC_DEVICES,
    (text) => warnings.push(text),
  );
  return { properties: properties.map(([name, { value }]) => [name, value]), warnings };
}

const allow = (type: string, major: number, minor: number, access = "rwm") => ({
  allow: true,
  type,
  major,
  minor,
  access,
});

Deno.test("deviceProperties() lists what is allowed, and first takes away what was", () => {
  const { properties, warnings } = of([{ allow: false, access: "rwm" }, ...defaultDeviceRules([])]);
  assertEquals(properties, [
    ["DeviceAllow", []],
    ["DevicePolicy", "strict"],
    ["DeviceAllow", [
      ["block-*", "m"],
      ["char-*", "m"],
      ["/dev/char/1:3", "rwm"],
      ["/dev/char/1:5", "rwm"],
      ["/dev/char/1:7", "rwm"],
      ["/dev/char/1:8", "rwm"],
      ["/dev/char/1:9", "rwm"],
      ["/dev/char/5:0", "rwm"],
      ["/dev/char/5:2", "rwm"],
      ["/dev/char/10:200", "rwm"],
      ["char-136", "rwm"],
    ]],
  ]);
  assertEquals(warnings, []);
});

Deno.test("deviceProperties() takes names of /proc/devices where systemd is older than 240", () => {
  const { properties, warnings } = of(
    [allow("c", 136, -1), allow("b", 8, -1, "r"), allow("b", 136, -1)],
    239,
  );
  assertEquals(properties[2], ["DeviceAllow", [["block-sd", "r"], ["char-pts", "rwm"]]]);
  assertEquals(warnings, [
    "could not find device group for 'b/136' in /proc/devices -- temporarily ignoring rule: b 136:* rwm",
  ]);
});

Deno.test("deviceProperties() warns of what systemd cannot have", () => {
  const any = of([allow("c", -1, 3)]);
  assertEquals(any.properties[2], ["DeviceAllow", []]);
  assertEquals(any.warnings, [
    "systemd doesn't support '*:n' device rules -- temporarily ignoring rule: c *:3 rwm",
  ]);
  const denied = of([{ allow: true, access: "rwm" }, { ...allow("c", 1, 3), allow: false }]);
  assertEquals(denied.properties, [["DeviceAllow", []], ["DevicePolicy", "strict"]]);
  assertEquals(denied.warnings, [
    "systemd doesn't support blacklist device rules -- applying temporary deny-all rule",
  ]);
});

Deno.test("deviceProperties() leaves all to all where everything is allowed", () => {
  assertEquals(of([{ allow: true, access: "rwm" }]).properties, [["DeviceAllow", []], [
    "DevicePolicy",
    "auto",
  ]]);
});
