import { assertEquals } from "@std/assert";
import { type Changes, errorsOf, findingsOf } from "../../tests/support/checked_spec.ts";
import { checkMaskedPaths, checkReadonlyPaths } from "./hidden_paths.ts";
import { checkIdMappings } from "./id_mappings.ts";
import { checkDomainname, checkHostname } from "./names.ts";
import { checkMountNamespace, checkNamespaces } from "./namespaces.ts";
import { checkTimeOffsets } from "./time_offsets.ts";

const types = (...names: string[]) => names.map((type) => ({ type }));

Deno.test("checkNamespaces() refuses unknown and duplicated types and relative paths", () => {
  const namespaces = [...types("mount", "net", "pid", "mount"), { type: "ipc", path: "ns/ipc" }];
  assertEquals(findingsOf(checkNamespaces, { "linux.namespaces": namespaces }), [
    'linux.namespaces[1].type: namespace "net" does not exist',
    'linux.namespaces[3].type: malformed spec file: duplicated ns "mount"',
    "linux.namespaces[4].path: must be an absolute path",
  ]);
});

Deno.test("checkNamespaces() refuses what the kernel does not have", () => {
  const changes = { "linux.namespaces": types("user", "cgroup", "time") };
  assertEquals(findingsOf(checkNamespaces, changes, { hasNamespace: (type) => type === "cgroup" }), [
    "linux.namespaces[0].type: user namespaces aren't enabled in the kernel",
    "linux.namespaces[2].type: time namespaces aren't enabled in the kernel",
  ]);
});

Deno.test("checkHostname() and checkDomainname() want a uts namespace and at most 64 bytes", () => {
  const without = { "linux.namespaces": types("mount"), domainname: "d" };
  assertEquals(findingsOf(checkHostname, without), [
    "hostname: unable to set hostname without a private UTS namespace",
  ]);
  assertEquals(findingsOf(checkDomainname, without), [
    "domainname: unable to set domainname without a private UTS namespace",
  ]);
  assertEquals(findingsOf(checkHostname, { hostname: "a".repeat(64) }), []);
  assertEquals(findingsOf(checkHostname, { hostname: "a".repeat(65) }), [
    "hostname: must be at most 64 bytes long",
  ]);
  assertEquals(findingsOf(checkHostname, { hostname: "€".repeat(22) }), [
    "hostname: must be at most 64 bytes long",
  ]);
});

Deno.test("checkMaskedPaths() and checkReadonlyPaths() want a mount namespace", () => {
  const changes = { "linux.namespaces": types("pid"), "linux.maskedPaths": ["/a", "b"] };
  assertEquals(findingsOf(checkMaskedPaths, changes), [
    "linux.maskedPaths: unable to restrict sys entries without a private MNT namespace",
  ]);
  assertEquals(findingsOf(checkReadonlyPaths, changes).length, 1);
  assertEquals(findingsOf(checkReadonlyPaths, { ...changes, "linux.readonlyPaths": [] }), []);
});

Deno.test("checkTimeOffsets() wants a new time namespace and clocks that have offsets", () => {
  const offsets = { boottime: { nanosecs: 1_000_000_000 }, realtime: {}, monotonic: { secs: -5 } };
  assertEquals(findingsOf(checkTimeOffsets, { "linux.timeOffsets": offsets }), [
    "linux.timeOffsets: time namespace offsets specified, but time namespace isn't enabled in the config",
    "linux.timeOffsets.boottime.nanosecs: must be less than a second",
    "linux.timeOffsets.realtime: has no offset: only monotonic and boottime have",
  ]);
  assertEquals(
    findingsOf(checkTimeOffsets, {
      "linux.timeOffsets": { monotonic: {} },
      "linux.namespaces[5]": { type: "time", path: "/t" },
    }),
    [
      "linux.timeOffsets: time namespace enabled, but both namespace path and time offsets specified -- you may only provide one",
    ],
  );
});

const mapped = (...ranges: [number, number, number][]) =>
  ranges.map(([containerID, hostID, size]) => ({ containerID, hostID, size }));

function inUserNamespace(uid: unknown, gid: unknown, changes: Changes = {}): string[] {
  return findingsOf(checkIdMappings, {
    "linux.namespaces[5]": { type: "user" },
    "linux.uidMappings": uid,
    "linux.gidMappings": gid,
    ...changes,
  });
}

Deno.test("checkIdMappings() wants mappings where a user namespace is made, and nowhere else", () => {
  const usual = mapped([0, 100000, 65536]);
  assertEquals(inUserNamespace(usual, usual), []);
  assertEquals(inUserNamespace(undefined, []), [
    "linux.uidMappings: user namespaces enabled, but no namespace path to join nor mappings to apply specified",
  ]);
  assertEquals(inUserNamespace(usual, undefined), [
    "linux.gidMappings: user namespaces enabled, but no gid mappings found",
  ]);
  assertEquals(findingsOf(checkIdMappings, { "linux.gidMappings": usual }), [
    "linux.gidMappings: user namespace mappings specified, but user namespace isn't enabled in the config",
  ]);
  const joined = { "linux.namespaces[5]": { type: "user", path: "/proc/1/ns/user" } };
  assertEquals(findingsOf(checkIdMappings, joined), []);
  assertEquals(findingsOf(checkIdMappings, { ...joined, "linux.uidMappings": usual }).length, 1); // a warning
});

Deno.test("checkIdMappings() wants the ids to be mapped that the process needs", () => {
  const user = { uid: 5, gid: 70000, additionalGids: [1, 80000] };
  assertEquals(
    inUserNamespace(mapped([1, 1000, 10]), mapped([0, 1000, 10]), { "process.user": user }),
    [
      "linux.uidMappings: user namespaces enabled, but no mapping found for uid 0",
      "process.user.gid: cannot setgid to unmapped gid 70000 in user namespace",
      "process.user.additionalGids[1]: cannot set unmapped gid 80000 in user namespace",
    ],
  );
});

Deno.test("checkIdMappings() refuses mappings that the kernel would call invalid", () => {
  const good = mapped([0, 100000, 10]);
  const cases: [[number, number, number][], string[]][] = [
    [[[0, 1, 0]], ["linux.uidMappings[0].size: impossible mapping: size must not be 0"]],
    [[[0, 4294967290, 10]], ["linux.uidMappings[0]: impossible mapping: ids end at 4294967294"]],
    [[[0, 0, 4294967295]], []],
    [[[0, 100, 10], [9, 500, 5]], [
      "linux.uidMappings[1].containerID: impossible mapping: the range overlaps with that of linux.uidMappings[0]",
    ]],
    [[[10, 100, 10], [0, 105, 10]], [
      "linux.uidMappings[1].hostID: impossible mapping: the range overlaps with that of linux.uidMappings[0]",
    ]],
    [[[0, 100, 10], [10, 90, 10]], []],
    [Array.from({ length: 340 }, (_, i) => [i, i + 1000, 1]), []],
    [Array.from({ length: 341 }, (_, i) => [i, i + 1000, 1]), [
      "linux.uidMappings: impossible mapping: Linux takes at most 340 ranges, not 341",
    ]],
  ];
  for (const [ranges, expected] of cases) {
    const found = inUserNamespace(mapped(...ranges), good).filter((line) => line.includes("impossible"));
    assertEquals(found, expected);
  }
});

Deno.test("checkIdMappings() wants a user namespace for a rootless container", () => {
  assertEquals(findingsOf(checkIdMappings, {}, {}, { rootless: true }), [
    "linux.namespaces: rootless container requires user namespaces",
  ]);
});

Deno.test("checkMountNamespace() refuses the namespace that runt itself is in", () => {
  const namespaces = [...types("pid"), { type: "mount", path: "/proc/1/ns/mnt" }];
  const find = (isOwnNamespace: (type: string, path: string) => boolean) =>
    findingsOf(checkMountNamespace, { "linux.namespaces": namespaces }, { isOwnNamespace });
  assertEquals(find((type, path) => type === "mount" && path === "/proc/1/ns/mnt"), [
    "linux.namespaces[1].path: the caller's own mount namespace cannot get another root",
  ]);
  assertEquals(find(() => false), []);
  const missing = () => {
    throw new Error("no such file or directory");
  };
  assertEquals(find(missing), []);
});

Deno.test("checkMountNamespace() wants one where there is a user namespace, and for a rootless container", () => {
  const text = "linux.namespaces: a container with a user namespace needs a mount namespace";
  assertEquals(findingsOf(checkMountNamespace, { "linux.namespaces": types("pid", "user") }), [text]);
  assertEquals(
    findingsOf(checkMountNamespace, { "linux.namespaces": types("pid") }, {}, { rootless: true }),
    [text],
  );
  assertEquals(findingsOf(checkMountNamespace, { "linux.namespaces": types("pid") }), []);
  assertEquals(findingsOf(checkMountNamespace, { "linux.namespaces": types("mount", "user") }), []);
  assertEquals(errorsOf({ linux: undefined, hostname: undefined }), []);
});
