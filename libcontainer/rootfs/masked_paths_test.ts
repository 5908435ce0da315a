import { assert, assertEquals, assertThrows } from "@std/assert";
import { EACCES, ELOOP, ENOENT, ENOTDIR } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { RecordingKernel } from "../../ffi/recording.ts";
import {
  type Answers,
  names,
  recordingKernel,
  statxBytes,
  testConfig,
  testContext,
} from "../../tests/support/rootfs_fixture.ts";
import { RuntError } from "../error.ts";
import type { RootfsContext } from "./context.ts";
import { maskPaths } from "./masked_paths.ts";
import { makePathsReadonly } from "./readonly_paths.ts";

const NULL = statxBytes(0o020666, 1, 3);

function masked(paths: string[], answers: Answers, part: Partial<RootfsContext> = {}): RecordingKernel {
  const kernel = recordingKernel({ statx: NULL, ...answers });
  maskPaths(kernel, testConfig({ maskedPaths: paths }), testContext(part));
  kernel.flush();
  return kernel;
}

Deno.test("nothing is done where there is nothing to mask", () => {
  assertEquals(names(masked([], {})), []);
});

Deno.test("directories share one empty tmpfs, files get /dev/null, what is missing is left out", () => {
  const kernel = masked(["/proc/acpi", "/proc/keys", "/proc/scsi", "/sys/firmware", "/proc/acpi/"], {
    'openat2(7, "proc/keys"': [-ENOTDIR],
    'openat2(7, "proc/scsi"': -ENOENT,
  });
  const lines = kernel.lines();
  assertEquals(lines.filter((line) => line.startsWith("fsopen")), ['fsopen("tmpfs", 1)']);
  assertEquals(lines.filter((line) => line.startsWith("move_mount")).length, 3);
  assertEquals(lines.filter((line) => line.startsWith("open_tree")).length, 2);
  assert(lines.includes('fsconfig(103, 0, "ro", 0, 0)'), lines.join("\n"));
});

Deno.test("a /dev/null that is something else masks nothing (CVE-2025-31133)", () => {
  const file = { 'openat2(7, "proc/keys"': [-ENOTDIR] };
  const cases: Answers[] = [
    { statx: statxBytes(0o020666, 1, 5) },
    { statx: statxBytes(0o100666, 1, 3) },
    { 'openat2(7, "dev/null"': -ELOOP, statx: new Uint8Array(256) },
    { 'openat2(7, "dev/null"': -ENOENT, statx: new Uint8Array(256) },
  ];
  for (const answers of cases) {
    const kernel = recordingKernel({ ...file, ...answers });
    const error = assertThrows(
      () => maskPaths(kernel, testConfig({ maskedPaths: ["/proc/keys"] }), testContext()),
      RuntError,
      "container's /dev/null is invalid",
    );
    assertEquals(error.code, "unsafe");
    assert(!names(kernel).includes("move_mount"));
  }
});

Deno.test("a path that cannot be looked at fails", () => {
  const error = assertThrows(
    () => masked(["/proc/keys"], { 'openat2(7, "proc/keys"': -EACCES }),
    KernelError,
  );
  assertEquals(error.where.what, '"/proc/keys"');
});

Deno.test("standard streams on the host's /dev/null are put on the container's", () => {
  const stdio = [{ fd: 0, isDevNull: true }, { fd: 1, isDevNull: false }, { fd: 2, isDevNull: true }];
  const kernel = masked([], {}, { stdio });
  assertEquals(kernel.lines().filter((line) => line.startsWith("dup3")), [
    "dup3(101, 0, 0)",
    "dup3(101, 2, 0)",
  ]);
});

Deno.test("read-only paths are bound on themselves; missing ones are left out", () => {
  const kernel = recordingKernel({ 'openat2(7, "proc/irq"': -ENOENT });
  makePathsReadonly(kernel, testConfig({ readonlyPaths: ["/proc/sys", "/proc/irq"] }), testContext());
  kernel.flush();
  assertEquals(kernel.lines(), [
    'openat2(7, "proc/sys", {…}, 24)',
    'open_tree(100, "", 0x89001)',
    'mount_setattr(101, "", 0x1000, {…}, 32)',
    'move_mount(101, "", 100, "", 68)',
    'openat2(7, "proc/irq", {…}, 24)',
  ]);
  const refused = recordingKernel({ openat2: -EACCES });
  makePathsReadonly(refused, testConfig({ readonlyPaths: ["/proc/sys"] }), testContext());
  assertThrows(() => refused.flush(), KernelError);
});

Deno.test("a read-only path that is the root makes the root's own mount read-only", () => {
  const kernel = recordingKernel({});
  makePathsReadonly(kernel, testConfig({ readonlyPaths: ["", "/", "..", "/proc/.."] }), testContext());
  kernel.flush();
  assertEquals(kernel.lines(), new Array(3).fill('mount_setattr(7, "", 0x1000, {…}, 32)'));
});
