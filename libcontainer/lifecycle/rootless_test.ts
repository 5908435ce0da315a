import { assertEquals, assertStringIncludes } from "@std/assert";
import { silentLogger } from "../log.ts";
import { forgivesCgroups, isRootless, warnOfStrays } from "./rootless.ts";

const PID = { type: "pid", flag: 0x20000000, at: "linux.namespaces[0]" };

Deno.test("forgivesCgroups() does as it is told, and by itself for all but the host's root", () => {
  const forgives = (rootless: "auto" | "true" | "false", inUserNamespace: boolean, systemdCgroup = false) =>
    forgivesCgroups({ rootless, systemdCgroup }, { inUserNamespace });
  assertEquals([forgives("true", false), forgives("false", true)], [true, false]);
  assertEquals([forgives("auto", false), forgives("auto", true)], [isRootless(), true]);
  const bus = Deno.env.get("DBUS_SESSION_BUS_ADDRESS");
  try {
    Deno.env.delete("DBUS_SESSION_BUS_ADDRESS");
    assertEquals(forgives("auto", true, true), isRootless());
    Deno.env.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/x");
    assertEquals(forgives("auto", true, true), true);
  } finally {
    if (bus === undefined) Deno.env.delete("DBUS_SESSION_BUS_ADDRESS");
    else Deno.env.set("DBUS_SESSION_BUS_ADDRESS", bus);
  }
});

Deno.test("warnOfStrays() warns where neither a cgroup nor a pid namespace holds the processes", () => {
  const warnings: string[] = [], log = { ...silentLogger, warn: (text: string) => void warnings.push(text) };
  warnOfStrays({ log }, { namespaces: [PID] }, { paths: {} });
  warnOfStrays({ log }, { namespaces: [] }, { paths: { devices: "/c" } });
  warnOfStrays({ log }, { namespaces: [] }, { paths: { "": "/c" } });
  assertEquals(warnings, []);
  warnOfStrays({ log }, { namespaces: [{ ...PID, path: "/proc/1/ns/pid" }] }, { paths: {} });
  assertStringIncludes(
    warnings[0]!,
    "Creating a rootless container with no cgroup and no private pid namespace",
  );
});
