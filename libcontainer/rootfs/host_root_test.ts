import { assert, assertEquals, assertThrows } from "@std/assert";
import { MS_PRIVATE, MS_SHARED, MS_SLAVE } from "../../ffi/constants/mount.ts";
import { ENOSYS, EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { RecordingKernel } from "../../ffi/recording.ts";
import { names, recordingKernel, testConfig, testContext } from "../../tests/support/rootfs_fixture.ts";
import { RuntError } from "../error.ts";
import { enterRootOnHost, type MountIdentity, prepareRootOnHost } from "./host_root.ts";
import { enterRoot } from "./pivot.ts";
import { prepareAnew, prepareRoot } from "./prepare.ts";
import { newRoot } from "./root.ts";

/** A `struct statx` of a directory on a mount; with the id that is never given again, or without. */
function statx(id: number, unique: boolean): Uint8Array {
  const bytes = new Uint8Array(256), view = new DataView(bytes.buffer);
  view.setUint32(0, unique ? 0x4000 : 0x1100, true);
  view.setUint32(32, 5, true);
  view.setUint32(136, 8, true);
  view.setUint32(140, 1, true);
  view.setUint32(144, id, true);
  return bytes;
}

const BASE = { id: 61, unique: 1061, file: "8:1:5" }, TOP = { id: 60, unique: 1060, file: "8:1:5" };
const ANSWERS = { statx: [statx(61, false), statx(1061, true), statx(60, false), statx(1060, true)] };

function prepared(kernel: RecordingKernel, rootPropagation = 0) {
  const root = newRoot(), seen: [MountIdentity, MountIdentity, string[]][] = [];
  prepareRootOnHost(kernel, testConfig({ rootPropagation }), root, (base, top) => {
    seen.push([base, top, names(kernel)]);
  });
  kernel.flush();
  return { root, seen };
}

function propagations(kernel: RecordingKernel): number[] {
  return kernel.operations.filter(({ name }) => name === "mount_setattr").map(({ args }) => {
    return new DataView((args[3] as Uint8Array).buffer).getUint32(16, true);
  });
}

Deno.test("the root is bound twice, and written down before it is where others see it", () => {
  const kernel = recordingKernel(ANSWERS), { root, seen } = prepared(kernel);
  const [[base, top, before]] = seen as [[MountIdentity, MountIdentity, string[]]];
  assertEquals([base, top], [BASE, TOP]);
  assert(!before.includes("move_mount"), before.join(" "));
  const lines = kernel.lines().filter((line) =>
    /^(mount|open_tree|move_mount|mount_setattr|umask)/.test(line)
  );
  assertEquals(lines, [
    'open_tree(100, "", 0x89001)',
    'mount_setattr(101, "", 0x9000, {…}, 32)',
    'mount_setattr(101, "", 0x1000, {…}, 32)',
    'open_tree(100, "", 0x81001)',
    'mount_setattr(102, "", 0x1000, {…}, 32)',
    "umask(0)",
    'move_mount(102, "", 100, "", 68)',
    'mount_setattr(102, "", 0x1000, {…}, 32)',
    'move_mount(101, "", 102, "", 68)',
  ]);
  assertEquals(propagations(kernel), [MS_SLAVE, MS_PRIVATE, MS_PRIVATE, MS_PRIVATE]);
  assert(root.amongHosts);
});

Deno.test("what is cloned of the host's is a slave or private, whatever the config wants", () => {
  for (
    const [wanted, first] of [[MS_PRIVATE, MS_PRIVATE], [MS_SHARED, MS_SLAVE], [MS_SLAVE, MS_SLAVE]] as const
  ) {
    const kernel = recordingKernel(ANSWERS);
    prepared(kernel, wanted);
    assertEquals(propagations(kernel)[0], first);
    assert(!names(kernel).includes("mount"), "no mount of the host is changed");
  }
});

Deno.test("a kernel that cannot is told by name, before anything was done", () => {
  const kernel = recordingKernel({ mount_setattr: -ENOSYS });
  const error = assertThrows(() => prepared(kernel), RuntError, "needs Linux 5.12 or later");
  assertEquals(error.code, "unsupported");
  assert(!names(kernel).includes("move_mount"));
  assertThrows(() => prepared(recordingKernel({ mount_setattr: -EPERM })), KernelError);
});

Deno.test("the host's root is no container's", () => {
  const kernel = recordingKernel();
  assertThrows(() => prepareRootOnHost(kernel, testConfig({ rootfs: "/" }), newRoot(), () => {}), RuntError);
  assertEquals(kernel.operations.length, 0);
});

Deno.test("with such a root the steps neither change the host's mounts nor pivot", () => {
  for (const noPivot of [false, true]) {
    const kernel = recordingKernel(), config = testConfig({ noPivot }), done: string[] = [];
    const onHost = { prepare: () => void done.push("prepare"), enter: () => void done.push("enter") };
    const context = testContext({ onHost });
    prepareRoot(kernel, config, context);
    enterRoot(kernel, config, context);
    const missing = assertThrows(() => {
      const lacking = recordingKernel({ mount_setattr: -ENOSYS });
      prepareRoot(lacking, config, { root: newRoot() });
      lacking.flush();
    });
    assertEquals(prepareAnew(kernel, config, context, missing), false);
    kernel.flush();
    assertEquals([done, kernel.lines()], [["prepare", "enter"], []]);
  }
});

Deno.test("a root is entered by descriptor, if it is the mount that was made", () => {
  const kernel = recordingKernel({ statx: [statx(60, false), statx(1060, true)] });
  enterRootOnHost(kernel, "/bundle/rootfs", TOP);
  kernel.flush();
  assertEquals(kernel.lines().filter((line) => !line.startsWith("statx")), [
    'openat(-100, "/bundle/rootfs", 0x290000, 0)',
    "fchdir(100)",
    'chroot(".")',
    'chdir("/")',
    "close(100)",
  ]);
});

Deno.test("a root that is another mount by now is not entered", () => {
  for (const [id, unique] of [[62, 1062], [60, 1070]] as const) {
    const kernel = recordingKernel({ statx: [statx(id, false), statx(unique, true)] });
    assertThrows(
      () => enterRootOnHost(kernel, "/bundle/rootfs", TOP),
      RuntError,
      "not the root of the container",
    );
    kernel.flush();
    assert(!names(kernel).includes("chroot"));
  }
});
