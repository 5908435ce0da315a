import { assertEquals } from "@std/assert";
import {
  MOUNT_ATTR__ATIME,
  MOUNT_ATTR_NOATIME,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
  MS_BIND,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_SLAVE,
} from "../../ffi/constants/mount.ts";
import { isMountFlag } from "../validate/mount_options.ts";
import { knownMountOptions, parseMountOptions, plainOptions, rootPropagation } from "./mount_options.ts";

Deno.test("mount options are sorted by who they are for", () => {
  assertEquals(
    parseMountOptions([
      "nosuid",
      "rbind",
      "rslave",
      "size=64k",
      "private",
      "rro",
      "tmpcopyup",
      "mode=755",
      "ro",
    ]),
    {
      flags: MS_NOSUID | MS_BIND | MS_REC | MS_RDONLY,
      clearedFlags: 0,
      propagation: [MS_SLAVE | MS_REC, MS_PRIVATE],
      recursive: { set: MOUNT_ATTR_RDONLY, clear: 0 },
      copyUp: true,
      data: "size=64k,mode=755",
    },
  );
});

Deno.test("the later of two opposite mount options wins", () => {
  const { flags, clearedFlags } = parseMountOptions(["ro", "noexec", "rw", "exec", "noexec"]);
  assertEquals(flags, MS_NOEXEC);
  assertEquals(clearedFlags, MS_RDONLY);
  assertEquals(parseMountOptions(["rnosuid", "rsuid"]).recursive, { set: 0, clear: MOUNT_ATTR_NOSUID });
});

Deno.test("a recursive access time option clears the others", () => {
  assertEquals(parseMountOptions(["rnoatime"]).recursive, {
    set: MOUNT_ATTR_NOATIME,
    clear: MOUNT_ATTR__ATIME,
  });
  assertEquals(parseMountOptions(["rrelatime"]).recursive, { set: 0, clear: MOUNT_ATTR__ATIME });
});

Deno.test("every recursive option has a plain one", () => {
  assertEquals(plainOptions(["rro", "rnosuid", "ro", "rbind", "rslave", "rx"]), [
    ...["ro", "nosuid", "ro", "rbind", "rslave", "rx"],
  ]);
  const known = knownMountOptions();
  const recursive = known.filter((option) => parseMountOptions([option]).recursive);
  assertEquals(recursive.length, 18);
  assertEquals(plainOptions(recursive).filter((option) => !known.includes(option)), []);
});

Deno.test("defaults says nothing, and names that every object has are data", () => {
  assertEquals(parseMountOptions(["defaults", "constructor", "toString"]).data, "constructor,toString");
});

Deno.test("validation and parsing know the same mount options", () => {
  const known = knownMountOptions();
  assertEquals(known.filter((option) => !isMountFlag(option)), []);
  assertEquals(known.length, 62);
  assertEquals(known, [...known].sort());
});

Deno.test("the root's propagation is one of those of mounts, or none", () => {
  assertEquals(["rslave", "private", "", "constructor"].map(rootPropagation), [
    MS_SLAVE | MS_REC,
    MS_PRIVATE,
    0,
    0,
  ]);
  assertEquals(rootPropagation(), 0);
});
