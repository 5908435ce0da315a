import { assert, assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../../error.ts";
import { defaultDeviceList, defaultDeviceRules } from "./default_devices.ts";
import {
  accessBits,
  denyAll,
  deviceFilter,
  deviceTransition,
  parseDevicesList,
  sameFilter,
} from "./device_rules.ts";

const NOTHING = deviceFilter([]);
const EVERYTHING = deviceFilter([{ allow: true }]);

/** The lines that make `rules` of a cgroup that nobody has limited. */
function lines(rules: Parameters<typeof deviceFilter>[0]): string[] {
  const writes = deviceTransition(parseDevicesList("a *:* rwm\n"), deviceFilter(rules));
  return writes.map(({ allow, line }) => `${allow ? "allow" : "deny"} ${line}`);
}

Deno.test("deviceFilter() starts from nothing allowed", () => {
  assertEquals(NOTHING, { allow: false, exceptions: [] });
  assertEquals(EVERYTHING, { allow: true, exceptions: [] });
});

Deno.test("deviceFilter() joins the access of rules for one device, and takes away what is denied", () => {
  const { exceptions } = deviceFilter([
    { allow: true, type: "c", major: 1, minor: 3, access: "r" },
    { allow: true, type: "c", major: 1, minor: 3, access: "wm" },
    { allow: false, type: "c", major: 1, minor: 3, access: "m" },
    { allow: true, type: "b", major: 8, minor: 0, access: "r" },
    { allow: false, type: "b", major: 8, minor: 0, access: "rw" },
  ]);
  assertEquals(exceptions, [{ type: "c", major: 1, minor: 3, access: accessBits("rw") }]);
});

Deno.test("deviceFilter() forgets everything at a rule for all devices", () => {
  const rule = { allow: true, type: "c", major: 1, minor: 3, access: "r" };
  assertEquals(deviceFilter([rule, { allow: false, type: "a", access: "rwm" }]), NOTHING);
  assertEquals(deviceFilter([rule, { allow: true }]), EVERYTHING);
});

Deno.test("deviceFilter() keeps what is denied as exceptions when all is allowed", () => {
  const { allow, exceptions } = deviceFilter([
    { allow: true },
    { allow: false, type: "c", major: 10, access: "rw" },
    { allow: true, type: "c", major: 10, access: "r" },
  ]);
  assertEquals([allow, exceptions], [true, [{ type: "c", major: 10, minor: -1, access: accessBits("w") }]]);
});

Deno.test("deviceFilter() refuses a hole in a wider rule, which the kernel would ignore", () => {
  for (const wide of [{ major: 1 }, { minor: 3 }, {}]) {
    const error = assertThrows(
      () =>
        deviceFilter([
          { allow: true, type: "c", access: "rw", ...wide },
          { allow: false, type: "c", major: 1, minor: 3, access: "w" },
        ]),
      RuntError,
      "cannot punch hole in existing wildcard rule",
    );
    assertEquals([error.code, error.path], ["invalid-config", "linux.resources.devices[1]"]);
  }
  // Other access, or another device: no hole.
  deviceFilter([
    { allow: true, type: "c", major: 1, access: "r" },
    { allow: false, type: "c", major: 1, minor: 3, access: "w" },
    { allow: false, type: "c", major: 2, minor: 3, access: "r" },
  ]);
});

Deno.test("deviceFilter() refuses a type that a cgroup cannot tell", () => {
  const error = assertThrows(
    () => deviceFilter([{ allow: true, type: "p", access: "r" }]),
    RuntError,
    'invalid cgroup device type "p"',
  );
  assertEquals(error.path, "linux.resources.devices[0].type");
});

Deno.test("deviceTransition() writes runc's lines for the default rules", () => {
  assertEquals(lines([{ allow: false, access: "rwm" }, ...defaultDeviceRules([])]), [
    "deny a *:* rwm",
    "allow b *:* m",
    "allow c *:* m",
    "allow c 1:3 rwm",
    "allow c 1:5 rwm",
    "allow c 1:7 rwm",
    "allow c 1:8 rwm",
    "allow c 1:9 rwm",
    "allow c 5:0 rwm",
    "allow c 5:2 rwm",
    "allow c 10:200 rwm",
    "allow c 136:* rwm",
  ]);
});

Deno.test("deviceTransition() changes only what differs where it can see it", () => {
  const from = parseDevicesList("c 1:3 rwm\nc 1:5 rw\nb 8:* r\n");
  const to = deviceFilter([
    { allow: true, type: "c", major: 1, minor: 3, access: "rwm" },
    { allow: true, type: "c", major: 1, minor: 5, access: "wm" },
    { allow: true, type: "c", major: 5, minor: 0, access: "r" },
  ]);
  assertEquals(deviceTransition(from, to), [
    { allow: false, line: "c 1:5 r" },
    { allow: false, line: "b 8:* r" },
    { allow: true, line: "c 1:5 m" },
    { allow: true, line: "c 5:0 r" },
  ]);
  assertEquals(deviceTransition(to, to), []);
});

Deno.test("deviceTransition() begins anew where exceptions cannot be seen", () => {
  assertEquals(lines([{ allow: true }]), ["allow a *:* rwm"]);
  assertEquals(lines([{ allow: true }, { allow: false, type: "c", major: 10, access: "w" }]), [
    "allow a *:* rwm",
    "deny c 10:* w",
  ]);
});

Deno.test("parseDevicesList() reads what the kernel shows", () => {
  assert(sameFilter(parseDevicesList("a *:* rwm\n"), EVERYTHING));
  assert(sameFilter(parseDevicesList(""), NOTHING));
  assert(!sameFilter(parseDevicesList("c 1:3 rw\n"), parseDevicesList("c 1:3 rwm\n")));
  // One exception more, or less, is another filter; so is the opposite with the same exceptions.
  const one = parseDevicesList("c 1:3 rw\n"), two = parseDevicesList("c 1:3 rw\nc 1:5 rw\n");
  assert(!sameFilter(one, two) && !sameFilter(two, one) && !sameFilter(one, { ...one, allow: true }));
  const list = defaultDeviceList([]);
  assert(sameFilter(parseDevicesList(list), deviceFilter(defaultDeviceRules([]))));
});

Deno.test("defaultDeviceList() leaves out a default device that the config makes anew", () => {
  const list = defaultDeviceList(["/dev/null", "/dev/urandom", "/dev/kvm", "/dev/1:5", "null"]);
  assertEquals(list.includes("c 1:3 "), false);
  assertEquals(list.includes("c 1:9 "), false);
  assertEquals(list.split("\n").length, defaultDeviceList([]).split("\n").length - 2);
});

Deno.test("denyAll() is for rules that allow nothing", () => {
  assert(denyAll([]));
  assert(denyAll([{ allow: false, access: "rwm" }, { allow: false, type: "a" }]));
  assert(!denyAll([{ allow: true }]));
  assert(!denyAll([{ allow: false, type: "c", major: 1, access: "r" }]));
});
