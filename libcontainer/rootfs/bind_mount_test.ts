import { assert, assertEquals, assertThrows } from "@std/assert";
import { PROC_SUPER_MAGIC, TMPFS_MAGIC } from "../../ffi/constants/filesystem_type.ts";
import {
  MOUNT_ATTR_RDONLY,
  MS_BIND,
  MS_NOATIME,
  MS_NODEV,
  MS_RDONLY,
  MS_REC,
  MS_SHARED,
  MS_SLAVE,
} from "../../ffi/constants/mount.ts";
import { EINVAL, ENOENT, ENOTDIR, EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { RecordingKernel } from "../../ffi/recording.ts";
import { recordingKernel, statfsBytes, testContext, testMount } from "../../tests/support/rootfs_fixture.ts";
import type { MountConfig } from "../config/mount_config.ts";
import { RuntError } from "../error.ts";
import { mountBind } from "./bind_mount.ts";
import { newRoot, settle } from "./root.ts";

function bind(part: Partial<MountConfig> = {}) {
  return testMount({ destination: "/data", source: "/host", type: "bind", flags: MS_BIND, ...part });
}

function made(config: MountConfig, kernel: RecordingKernel): string[] {
  const context = testContext();
  mountBind(kernel, config, context);
  settle(kernel, context.root);
  return kernel.lines();
}

/** `attr_set`, `attr_clr` and `propagation` of the calls of mount_setattr(2). */
function attributes(kernel: RecordingKernel): number[][] {
  return kernel.operations.filter(({ name }) => name === "mount_setattr").map(({ args }) => {
    const view = new DataView((args[3] as Uint8Array).buffer);
    return [0, 8, 16].map((at) => view.getUint32(at, true));
  });
}

Deno.test("a bind mount without options is cloned and moved", () => {
  const lines = made(bind(), recordingKernel());
  assertEquals(lines[0], 'open_tree(-100, "/host", 0x80001)');
  assertEquals(lines.at(-1), 'move_mount(100, "", 101, "", 68)');
  assertEquals(
    made(bind({ flags: MS_BIND | MS_REC }), recordingKernel())[0],
    'open_tree(-100, "/host", 0x88001)',
  );
});

Deno.test("attributes that were not asked for go, but for how access times are kept", () => {
  const kernel = recordingKernel();
  made(bind({ flags: MS_BIND | MS_RDONLY | MS_NODEV }), kernel);
  assertEquals(attributes(kernel), [[5, 0x20000f, 0]]);
  const atime = recordingKernel();
  made(bind({ flags: MS_BIND | MS_NOATIME }), atime);
  assertEquals(attributes(atime), [[0x10, 0x2000ff, 0]]);
  const cleared = recordingKernel();
  made(bind({ clearedFlags: MS_RDONLY }), cleared);
  assertEquals(attributes(cleared), [[0, 0x20000f, 0]]);
});

Deno.test("where attributes are locked or unknown, those not asked for stay", () => {
  const locked = recordingKernel({ mount_setattr: [-EPERM] });
  made(bind({ flags: MS_BIND | MS_RDONLY, clearedFlags: MS_NODEV }), locked);
  assertEquals(attributes(locked), [[1, 0x20000f, 0], [1, 0x200004, 0]]);
  const before514 = recordingKernel({ mount_setattr: [-EINVAL, -EINVAL] });
  made(bind({ flags: MS_BIND | MS_RDONLY }), before514);
  assertEquals(attributes(before514).at(-1), [1, 0xf, 0]);
  // Asking for the opposite of what is locked is an error.
  const refusing = recordingKernel({ mount_setattr: -EINVAL, EPERM });
  assertThrows(
    () => made(bind({ flags: MS_BIND | MS_RDONLY, clearedFlags: MS_NODEV }), refusing),
    KernelError,
  );
});

Deno.test("propagation is set when the mount is in its place, recursive attributes before", () => {
  const kernel = recordingKernel();
  const lines = made(
    bind({ propagation: [MS_SLAVE | MS_REC], recursive: { set: MOUNT_ATTR_RDONLY, clear: 0 } }),
    kernel,
  );
  const order = lines.map((line) => line.split("(")[0]).filter((name) =>
    name === "move_mount" || name === "mount_setattr"
  );
  assertEquals(order, ["mount_setattr", "move_mount", "mount_setattr"]);
  assertEquals(attributes(kernel), [[1, 0, 0], [0, 0, MS_SLAVE]]);
});

Deno.test("a missing source is told as such", () => {
  const error = assertThrows(() => made(bind(), recordingKernel({ open_tree: -ENOENT })), KernelError);
  assertEquals([error.syscall, error.errno], ["open_tree", ENOENT]);
});

Deno.test("a missing place is made: a directory for a directory, a file for a file", () => {
  const answers = { 'openat2(7, "data"': [-ENOENT] };
  const directory = made(bind(), recordingKernel(answers));
  assert(directory.includes('mkdirat(7, "data", 493)'), directory.join("\n"));
  const file = made(bind(), recordingKernel({ ...answers, 'openat(?, "."': -ENOTDIR }));
  assert(file.some((line) => /^openat\(7, "data", 0xa00c0, 420\)$/.test(line)), file.join("\n"));
  assert(!file.some((line) => line.startsWith("mkdirat")));
});

Deno.test("a link that leads a mount onto a procfs is found out (CVE-2019-16884)", () => {
  const kernel = recordingKernel({ fstatfs: statfsBytes(PROC_SUPER_MAGIC) });
  const error = assertThrows(() => made(bind(), kernel), RuntError);
  assertEquals([error.code, error.message], [
    "unsafe",
    'error mounting "/host" to rootfs at "/data": mounts[0]: "/data" cannot be mounted because it is inside /proc',
  ]);
  made(bind({ destination: "/proc/cpuinfo" }), recordingKernel({ fstatfs: statfsBytes(PROC_SUPER_MAGIC) }));
});

Deno.test("only a procfs can be bound to /proc", () => {
  const proc = bind({ destination: "/proc" });
  made(proc, recordingKernel({ fstatfs: statfsBytes(PROC_SUPER_MAGIC) }));
  const error = assertThrows(
    () => made(proc, recordingKernel({ fstatfs: statfsBytes(TMPFS_MAGIC) })),
    RuntError,
  );
  assertEquals(
    error.message,
    'error mounting "/host" to rootfs at "/proc": mounts[0]: "/proc" cannot be mounted because it is not of type proc',
  );
});

Deno.test("among the host's mounts a clone is a slave before it is where others see it", () => {
  const kernel = recordingKernel(),
    context = testContext({ root: { ...newRoot(), fd: 7, amongHosts: true } });
  mountBind(kernel, bind({ flags: MS_BIND | MS_REC, propagation: [MS_SHARED | MS_REC] }), context);
  kernel.flush();
  const lines = kernel.lines();
  assertEquals(lines[0], 'open_tree(-100, "/host", 0x88001)');
  assertEquals(lines[1], 'mount_setattr(100, "", 0x9000, {…}, 32)');
  assertEquals(attributes(kernel), [[0, 0, MS_SLAVE], [0, 0, MS_SHARED]]);
});
