import { assert, assertEquals, assertThrows } from "@std/assert";
import { EEXIST, ELOOP, ENOENT, ENOSPC, EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import type { RecordingKernel } from "../../ffi/recording.ts";
import {
  names,
  recordingKernel,
  statxBytes,
  testConfig,
  testContext,
  testMount,
} from "../../tests/support/rootfs_fixture.ts";
import type { DeviceConfig } from "../config/device_config.ts";
import { createDevices } from "../config/devices.ts";
import { RuntError } from "../error.ts";
import type { Spec } from "../spec/mod.ts";
import { deviceNumber } from "./device_number.ts";
import { makeDevices } from "./devices.ts";

const DEFAULT = createDevices({} as Spec);
const TUN: DeviceConfig = {
  path: "/dev/net/tun",
  mode: 0o020600,
  major: 10,
  minor: 200,
  uid: 3,
  gid: 4,
  at: "linux.devices[0]",
};

function made(kernel: RecordingKernel, devices: readonly DeviceConfig[], bindDevices = false): string[] {
  makeDevices(kernel, testConfig({ devices }), testContext({ bindDevices }));
  kernel.flush();
  return kernel.lines();
}

Deno.test("devices and links are made below a descriptor of /dev, with one round trip", () => {
  const kernel = recordingKernel({ faccessat2: -ENOENT });
  const lines = made(kernel, DEFAULT);
  assertEquals(lines.slice(0, 3), [
    'mkdirat(7, "dev", 493)',
    'openat2(7, "dev", {…}, 24)',
    'mknodat(100, "null", 0x21b6, 259)',
  ]);
  assertEquals(lines.filter((line) => line.startsWith("mknodat")).length, 6);
  assertEquals(lines.filter((line) => line.startsWith("symlinkat")), [
    'symlinkat("/proc/self/fd", 100, "fd")',
    'symlinkat("/proc/self/fd/0", 100, "stdin")',
    'symlinkat("/proc/self/fd/1", 100, "stdout")',
    'symlinkat("/proc/self/fd/2", 100, "stderr")',
    'symlinkat("pts/ptmx", 100, "ptmx")',
  ]);
  assertEquals(kernel.flushes, 1);
});

Deno.test("a container gets /dev/core where the kernel has /proc/kcore", () => {
  assert(made(recordingKernel(), []).includes('symlinkat("/proc/kcore", 100, "core")'));
});

Deno.test("a /dev that is a link is an error (CVE-2026-41579)", () => {
  const kernel = recordingKernel({ 'openat2(7, "dev"': -ELOOP });
  const error = assertThrows(() => made(kernel, DEFAULT), KernelError);
  assertEquals(error.errno, ELOOP);
  assert(!names(kernel).includes("unlinkat"));
});

Deno.test("a /dev that is bound is left alone", () => {
  const kernel = recordingKernel();
  const mounts = [testMount({ destination: "/dev", type: "bind" })];
  makeDevices(kernel, testConfig({ devices: DEFAULT, mounts }), testContext());
  assertEquals(names(kernel), []);
});

Deno.test("an existing node is left alone, another failure is told", () => {
  made(recordingKernel({ mknodat: -EEXIST }), DEFAULT);
  const error = assertThrows(() => made(recordingKernel({ mknodat: -ENOSPC }), DEFAULT), KernelError);
  assertEquals([error.errno, error.where.what], [ENOSPC, '"/dev/null"']);
});

Deno.test("in a user namespace the host's nodes are bound onto empty files", () => {
  const lines = made(recordingKernel(), DEFAULT.slice(0, 1), true);
  assert(!lines.some((line) => line.startsWith("mknodat")));
  const at = lines.indexOf('openat(100, "null", 0xa00c0, 0)');
  assertEquals(lines.slice(at, at + 4), [
    'openat(100, "null", 0xa00c0, 0)',
    'openat2(100, "null", {…}, 24)',
    'open_tree(-100, "/dev/null", 0x80001)',
    'move_mount(103, "", 102, "", 68)',
  ]);
});

Deno.test("where a node is refused, the host's is bound", () => {
  const kernel = recordingKernel({ 'mknodat(?, "tty"': -EPERM });
  const lines = made(kernel, DEFAULT);
  assertEquals(lines.filter((line) => line.startsWith("open_tree")), [
    'open_tree(-100, "/dev/tty", 0x80001)',
  ]);
});

Deno.test("a node with an owner is looked at before it is given away", () => {
  const answers = { statx: statxBytes(0o020600, 10, 200) };
  const lines = made(recordingKernel(answers), [TUN]);
  assert(lines.some((line) => /^fchownat\(\d+, "", 3, 4, 0x1000\)$/.test(line)), lines.join("\n"));
  const replaced = recordingKernel({ statx: statxBytes(0o100600) });
  const error = assertThrows(() => made(replaced, [TUN]), RuntError);
  assertEquals(error.code, "unsafe");
  assert(!names(replaced).includes("fchownat"));
});

Deno.test("directories above a node are made", () => {
  const lines = made(recordingKernel({ statx: statxBytes(0o020600, 10, 200) }), [TUN]);
  assert(lines.includes('openat2(7, "dev/net", {…}, 24)'));
  assert(lines.some((line) => /^mkdirat\(\d+, "net", 493\)$/.test(line)));
});

Deno.test("device numbers are what mknod takes", () => {
  assertEquals(deviceNumber(1, 3), 0x103);
  assertEquals(deviceNumber(259, 70000), 0x11110370);
  assertEquals(deviceNumber(0xfff, 0xfffff), 0xffffffff);
});
