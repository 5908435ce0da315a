import { assertEquals } from "@std/assert";
import { type Changes, findingsOf } from "../../tests/support/checked_spec.ts";
import { knownMountOptions, parseMountOptions } from "../config/mount_options.ts";
import { isMountFlag } from "./mount_options.ts";
import { checkMounts, checkRootfsPropagation } from "./mounts.ts";

function findingsOfMount(mount: Record<string, unknown>, changes: Changes = {}, rootless = false): string[] {
  const mounts = { mounts: [{ destination: "/d", type: "tmpfs", ...mount }] };
  return findingsOf(checkMounts, { ...mounts, ...changes }, {}, { rootless });
}

Deno.test("checkMounts() wants a destination, and warns where it is relative", () => {
  assertEquals(findingsOfMount({ destination: "" }), ["mounts[0].destination: must not be empty"]);
  assertEquals(findingsOfMount({ destination: "d" }), [
    "warning: mounts[0].destination: mount destination d is not absolute. Support for non-absolute mount " +
    "destinations will be removed in a future release.",
  ]);
});

Deno.test("checkMounts() wants a type but for bind mounts", () => {
  assertEquals(findingsOfMount({ type: undefined }), [
    "mounts[0].type: must not be empty where the mount is not a bind mount",
  ]);
  assertEquals(findingsOfMount({ type: undefined, options: ["rbind"] }), []);
  assertEquals(findingsOfMount({ type: "bind" }), []); // by the options alone is it a bind mount
});

Deno.test("checkMounts() refuses data for the file system on a bind mount", () => {
  const options = ["bind", "ro", "rprivate", "rro", "mode=755", "x y"];
  assertEquals(findingsOfMount({ options }), [
    "mounts[0].options[4]: bind mounts cannot have any filesystem-specific options applied: mode=755",
  ]);
  assertEquals(findingsOfMount({ options: ["mode=755", "size=1k"] }), []);
});

Deno.test("checkMounts() takes a bind mount with what podman and buildah leave in", () => {
  assertEquals(findingsOfMount({ options: ["", "rbind"] }), []);
  assertEquals(findingsOfMount({ options: ["z", "Z", "U", "nocopy", "copy", "rbind"] }), []);
  assertEquals(findingsOfMount({ options: ["rbind", "zz"] }), [
    "mounts[0].options[1]: bind mounts cannot have any filesystem-specific options applied: zz",
  ]);
});

Deno.test("isMountFlag() takes whole words only", () => {
  for (const flag of ["ro", "rbind", "runbindable", "tmpcopyup", "idmap", "async", "symfollow"]) {
    assertEquals(isMountFlag(flag), true, flag);
  }
  for (const data of ["", "r", "ro rw", "RO", "mode=1", "suid rbind"]) {
    assertEquals(isMountFlag(data), false, data);
  }
});

Deno.test("isMountFlag() knows exactly the options that do not become data", () => {
  const known = knownMountOptions();
  assertEquals(known.filter((option) => !isMountFlag(option)), []);
  for (const option of ["idmap", ...known]) assertEquals(parseMountOptions([option]).data, "", option);
  for (const option of ["mode=1", "ridmaps", "nosuidd"]) {
    assertEquals([isMountFlag(option), parseMountOptions([option]).data], [false, option]);
  }
});

Deno.test("checkMounts() wants both mappings, a bind mount and root for an id-mapped mount", () => {
  const ids = [{ containerID: 0, hostID: 5, size: 1 }];
  const bind = { options: ["bind"], uidMappings: ids, gidMappings: ids };
  assertEquals(findingsOfMount(bind), []);
  assertEquals(findingsOfMount({ ...bind, gidMappings: undefined }), [
    "mounts[0]: id-mapped mounts must have both uid and gid mappings specified",
  ]);
  assertEquals(findingsOfMount({ ...bind, options: [] }), [
    "mounts[0]: id-mapped mounts are only supported for bind-mounts",
  ]);
  assertEquals(findingsOfMount(bind, {}, true), [
    "mounts[0]: id-mapped mounts are not supported for rootless containers",
  ]);
  const inherited = { options: ["bind", "ridmap"] };
  assertEquals(findingsOfMount(inherited), [
    "mounts[0]: id-mapped mounts must have both uid and gid mappings specified",
  ]);
  assertEquals(findingsOfMount(inherited, { "linux.namespaces[5]": { type: "user" } }), []);
});

Deno.test("checkMounts() wants uid= and gid= of a rootless container to be mapped", () => {
  const changes = { "linux.uidMappings": [{ containerID: 0, hostID: 1000, size: 1 }] };
  assertEquals(findingsOfMount({ options: ["uid=0", "gid=5", "uid=x"] }, changes, true), [
    "mounts[0].options[1]: cannot specify gid=5 mount option for rootless container: user namespaces enabled, " +
    "but no mapping found for gid 5",
  ]);
  assertEquals(findingsOfMount({ options: ["gid=5"] }, changes), []);
});

Deno.test("checkRootfsPropagation() knows eight names, and that private needs pivot_root", () => {
  const findings = (value: string, noPivot = false) =>
    findingsOf(checkRootfsPropagation, { "linux.rootfsPropagation": value }, {}, { noPivot });
  for (const kind of ["shared", "slave", "private", "unbindable"]) {
    assertEquals([...findings(kind), ...findings(`r${kind}`)], []);
  }
  assertEquals(findings(""), []);
  assertEquals(findings("foo"), ["linux.rootfsPropagation: rootfsPropagation=foo is not supported"]);
  assertEquals(findings("rprivate", true), [
    "linux.rootfsPropagation: rootfsPropagation of [r]private is not safe without pivot_root",
  ]);
  assertEquals(findings("rslave", true), []);
});
