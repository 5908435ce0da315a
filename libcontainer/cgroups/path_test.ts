import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../error.ts";
import { parseCgroupHierarchies } from "../host/cgroup_hierarchies.ts";
import { cgroupPaths, cleanCgroupPath } from "./path.ts";

const LEGACY = parseCgroupHierarchies(
  `31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
33 31 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
34 31 0:31 / /sys/fs/cgroup/devices rw shared:5 - cgroup cgroup rw,devices
35 31 0:32 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd
36 31 0:33 / /sys/fs/cgroup/other rw - cgroup cgroup rw,name=other
`,
  "5:cpu,cpuacct:/user\n4:memory:/user/a\n3:devices:/\n2:name=systemd:/user\n1:name=other:/\n0::/user\n",
);
const HYBRID = { ...LEGACY, mode: "hybrid" } as const;
const UNIFIED = parseCgroupHierarchies(
  "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
  "0::/user.slice/session-1.scope\n",
);
const ROOT = "/sys/fs/cgroup";

Deno.test("cleanCgroupPath() leads nowhere above the top", () => {
  for (
    const [path, clean] of [
      ["", ""],
      ["/", "/"],
      ["a", "a"],
      ["a/", "a"],
      ["/a//b/./c/", "/a/b/c"],
      ["/../../etc", "/etc"],
      ["../../etc", "etc"],
      ["a/../../b", "b"],
      ["/a/b/..", "/a"],
      ["..", ""],
      ["./..", ""],
    ] as const
  ) assertEquals(cleanCgroupPath(path), clean, path);
});

Deno.test("cgroupPaths() v1: an absolute path is below the root of each hierarchy", () => {
  assertEquals(cgroupPaths("/pod/../pod/x", "id", LEGACY), {
    devices: `${ROOT}/devices/pod/x`,
    memory: `${ROOT}/memory/pod/x`,
    cpu: `${ROOT}/cpu,cpuacct/pod/x`,
    cpuacct: `${ROOT}/cpu,cpuacct/pod/x`,
    "name=systemd": `${ROOT}/systemd/pod/x`,
  });
});

Deno.test("cgroupPaths() v1: a relative path, or the id without one, is below the caller's own cgroup", () => {
  const expected = {
    devices: `${ROOT}/devices/x`,
    memory: `${ROOT}/memory/user/a/x`,
    cpu: `${ROOT}/cpu,cpuacct/user/x`,
    cpuacct: `${ROOT}/cpu,cpuacct/user/x`,
    "name=systemd": `${ROOT}/systemd/user/x`,
  };
  assertEquals(cgroupPaths("x", "id", LEGACY), expected);
  assertEquals(cgroupPaths("../x/", "id", LEGACY), expected);
  assertEquals(cgroupPaths("", "x", LEGACY), expected);
});

Deno.test("cgroupPaths() hybrid: the v2 mount is joined at its root, as runc does", () => {
  assertEquals(cgroupPaths("x", "id", HYBRID)[""], `${ROOT}/unified/x`);
  assertEquals(cgroupPaths("/pod/x", "id", HYBRID)[""], `${ROOT}/unified/pod/x`);
});

Deno.test("cgroupPaths() v2: absolute below the root, relative beside the caller's own cgroup", () => {
  assertEquals(cgroupPaths("/pod/x", "id", UNIFIED), { "": `${ROOT}/pod/x` });
  assertEquals(cgroupPaths("x", "id", UNIFIED), { "": `${ROOT}/user.slice/x` });
  assertEquals(cgroupPaths("", "id", UNIFIED), { "": `${ROOT}/user.slice/id` });
  assertEquals(cgroupPaths("", "id", { ...UNIFIED, own: { "": "/" } }), { "": `${ROOT}/id` });
});

Deno.test("cgroupPaths() refuses the root of a hierarchy and the caller's own cgroup", () => {
  for (const path of ["/", "//", "/..", "..", ".", "a/.."]) {
    for (const host of [LEGACY, HYBRID, UNIFIED]) {
      const error = assertThrows(() => cgroupPaths(path, "id", host), RuntError, "not the container's alone");
      assertEquals([error.code, error.path], ["invalid-config", "linux.cgroupsPath"]);
    }
  }
});

Deno.test("cgroupPaths() v1: part of a hierarchy mounted inside a container counts from there", () => {
  const nested = { ...LEGACY, mounts: LEGACY.mounts.map((mount) => ({ ...mount, root: "/docker/1" })) };
  const own = Object.fromEntries(Object.keys(LEGACY.own).map((name) => [name, "/docker/1"]));
  assertEquals(cgroupPaths("x", "id", { ...nested, own }).memory, `${ROOT}/memory/x`);
  assertEquals(
    cgroupPaths("x", "id", { ...nested, own: { ...own, memory: "/docker/1/a" } }).memory,
    `${ROOT}/memory/a/x`,
  );
  for (const memory of ["/docker/10", "/", "/../b"]) {
    assertThrows(
      () => cgroupPaths("x", "id", { ...nested, own: { ...own, memory } }),
      RuntError,
      "is outside",
    );
  }
  assertEquals(cgroupPaths("/x", "id", { ...nested, own }).memory, `${ROOT}/memory/x`);
});

Deno.test("cgroupPaths() v1: a host without a devices controller is refused", () => {
  const mounts = LEGACY.mounts.filter(({ options }) => !options.includes("devices"));
  const error = assertThrows(() => cgroupPaths("", "x", { ...LEGACY, mounts }), RuntError);
  assertEquals([error.code, error.message], ["unsupported", "mountpoint for devices not found"]);
});
