import { assertEquals, assertThrows } from "@std/assert";
import { recordingKernel } from "../../tests/support/rootfs_fixture.ts";
import { RuntError } from "../error.ts";
import { silentLogger } from "../log.ts";
import type { HostMounts } from "../state/state_file.ts";
import { HostRoot, judge, parseMountinfo, unmountRoot } from "./host_root.ts";

const BASE = { id: 61, unique: 1061, file: "8:1:5" }, TOP = { id: 60, unique: 1060, file: "8:1:5" };
const MOUNTS: HostMounts = {
  path: "/b c/rootfs",
  namespace: Deno.readLinkSync("/proc/self/ns/mnt"),
  boot: Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim(),
  base: BASE,
  top: TOP,
};
const TABLE = parseMountinfo(`27 1 8:1 / / rw shared:1 - ext4 /dev/sda rw
61 27 8:1 /b\\040c/rootfs /b\\040c/rootfs rw - ext4 /dev/sda rw
60 61 8:1 /b\\040c/rootfs /b\\040c/rootfs rw master:1 - ext4 /dev/sda rw
70 60 0:50 / /b\\040c/rootfs rw - tmpfs tmpfs rw
71 60 0:51 / /b\\040c/rootfs/proc rw - proc proc rw
80 27 0:52 / /b\\040c rw - tmpfs hides rw
81 80 0:53 / /b\\040c/rootfs rw - tmpfs tmpfs rw
`);

Deno.test("mountinfo is read: ids, parents and paths", () => {
  assertEquals(TABLE.get(60), { parent: 61, path: "/b c/rootfs" });
  assertEquals(TABLE.size, 7);
});

Deno.test("what is at the root is ours, or upon ours, or it is left alone", () => {
  const other = (id: number) => ({ id, unique: 2000 + id, file: "0:50:1" });
  assertEquals(judge(TOP, MOUNTS, TABLE), "ours");
  assertEquals(judge(BASE, MOUNTS, TABLE), "ours");
  assertEquals(judge(other(70), MOUNTS, TABLE), "ours");
  assertEquals(judge({ ...TOP, unique: 9 }, MOUNTS, TABLE), "another's");
  assertEquals(judge({ ...BASE, file: "0:50:1" }, MOUNTS, TABLE), "another's");
  assertEquals(judge(other(81), MOUNTS, TABLE), "hidden");
  assertEquals(judge(other(27), MOUNTS, TABLE), "hidden");
  assertEquals(judge(other(99), MOUNTS, TABLE), "hidden");
});

Deno.test("nothing is unmounted that is gone, of another boot, or in another namespace", () => {
  const kernel = recordingKernel(), warnings: string[] = [];
  const log = { ...silentLogger, warn: (text: string) => void warnings.push(text) };
  unmountRoot(kernel, undefined, log);
  unmountRoot(kernel, { ...MOUNTS, base: { ...BASE, id: 0x7fffffff } }, log);
  unmountRoot(kernel, { ...MOUNTS, boot: "another" }, log);
  unmountRoot(kernel, { ...MOUNTS, namespace: "mnt:[1]" }, log);
  assertEquals(kernel.operations, []);
  assertEquals(warnings, [
    "the mounts at /b c/rootfs are in another mount namespace (mnt:[1]), and stay there",
  ]);
});

Deno.test("what hides a mount is not unmounted, but told", () => {
  // A mount that is there, whoever's.
  const [id, { path }] = [...parseMountinfo(Deno.readTextFileSync("/proc/self/mountinfo"))][0]!;
  const kernel = recordingKernel({ "openat(": -2 });
  const mounts = { ...MOUNTS, path, base: { ...BASE, id } };
  assertThrows(
    () => unmountRoot(kernel, mounts, silentLogger),
    RuntError,
    "something else is mounted over it",
  );
  assertEquals(kernel.operations.map(({ name }) => name), ["openat"]);
});

Deno.test("self mode does without such containers", () => {
  assertThrows(() => new HostRoot("self"), RuntError, "self mode needs a container with a mount namespace");
});
