import { assertEquals } from "@std/assert";
import type { Spec } from "../spec/mod.ts";
import { createDevices } from "./devices.ts";

Deno.test("every container has the default devices", () => {
  const devices = createDevices({} as Spec);
  assertEquals(
    devices.map(({ path }) => path).join(" "),
    "/dev/null /dev/random /dev/full /dev/tty /dev/zero /dev/urandom",
  );
  assertEquals(devices[0], {
    path: "/dev/null",
    mode: 0o020666,
    major: 1,
    minor: 3,
    uid: 0,
    gid: 0,
    at: "default",
  });
});

Deno.test("the spec's device takes the place of a default one", () => {
  const spec = {
    linux: {
      devices: [
        { path: "/dev/null", type: "c", major: 1, minor: 3, fileMode: 0o100600, uid: 5, gid: 6 },
        { path: "/dev/sda", type: "b", major: 8, minor: 0 },
        { path: "/dev/fifo", type: "p", major: 0, minor: 0 },
        { path: "/dev/raw", type: "u", major: 10, minor: 1 },
      ],
    },
  } as unknown as Spec;
  const devices = createDevices(spec);
  assertEquals(devices.filter(({ path }) => path === "/dev/null"), [
    { path: "/dev/null", mode: 0o020600, major: 1, minor: 3, uid: 5, gid: 6, at: "linux.devices[0]" },
  ]);
  assertEquals(devices.slice(-3).map(({ mode }) => mode.toString(8)), ["60666", "10666", "20666"]);
});

Deno.test("a device's path is cleaned, so that it is made at all, and known as a default one's", () => {
  const spec = {
    linux: {
      devices: [
        { path: "/dev//null", type: "c", major: 1, minor: 3 },
        { path: "/mnt/./x/", type: "c", major: 1, minor: 3 },
      ],
    },
  } as unknown as Spec;
  assertEquals(
    createDevices(spec).map(({ path }) => path).join(" "),
    "/dev/random /dev/full /dev/tty /dev/zero /dev/urandom /dev/null /mnt/x",
  );
});
