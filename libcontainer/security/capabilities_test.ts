import { assertEquals, assertThrows } from "@std/assert";
import { EINVAL, EPERM } from "../../ffi/errno.ts";
import { KernelError } from "../../ffi/kernel_error.ts";
import { RecordingKernel } from "../../ffi/recording.ts";
import type { CapabilitySets } from "../config/config.ts";
import { CAPABILITY_NAMES } from "../spec/capability_names.ts";
import { capabilitySets, queueBoundingSet, queueCapabilities } from "./capabilities.ts";

const NONE: CapabilitySets = {
  bounding: "0",
  effective: "0",
  permitted: "0",
  inheritable: "0",
  ambient: "0",
};

/** What of an argument of capset(2) tells the sets apart: the data's six words. */
function capsetWords(kernel: RecordingKernel): number[] {
  const { args } = kernel.operations.find(({ name }) => name === "capset")!;
  return [...new Uint32Array((args[1] as Uint8Array).slice().buffer)];
}

Deno.test("names become one bit each in the set that they stand in", () => {
  const sets = capabilitySets({ bounding: ["CAP_CHOWN", "CAP_KILL"], ambient: ["CAP_SYSLOG"] }, 40);
  assertEquals(BigInt(`0x${sets.bounding}`), 1n | 1n << 5n);
  assertEquals(BigInt(`0x${sets.ambient}`), 1n << 34n);
  assertEquals(BigInt(`0x${sets.effective}`), 0n);
});

Deno.test("all names together become all bits, up to those of the kernel", () => {
  const all = CAPABILITY_NAMES.map((name) => `CAP_${name}`);
  assertEquals(BigInt(`0x${capabilitySets({ permitted: all }, 40).permitted}`), 0x1ff_ffffffffn);
  assertEquals(BigInt(`0x${capabilitySets({ permitted: all }, 37).permitted}`), 0x3f_ffffffffn);
  assertEquals(
    BigInt(`0x${capabilitySets({ permitted: ["CAP_31", "CAP_SETFCAP"] }, 40).permitted}`),
    0x80000000n,
  );
});

Deno.test("the bounding set loses every capability that it shall not have, up to the kernel's last", () => {
  const kernel = new RecordingKernel();
  queueBoundingSet(kernel, { ...NONE, bounding: "1ffffffff7" }, 39);
  kernel.flush();
  assertEquals(kernel.lines(), [
    "prctl(24, 3, 0, 0, 0)",
    "prctl(24, 37, 0, 0, 0)",
    "prctl(24, 38, 0, 0, 0)",
    "prctl(24, 39, 0, 0, 0)",
  ]);
});

Deno.test("a process that may not drop from the bounding set goes on with it", () => {
  for (const errno of [EPERM, EINVAL]) {
    const kernel = new RecordingKernel(() => -errno);
    queueBoundingSet(kernel, NONE, 40);
    kernel.flush();
    assertEquals(kernel.operations.length, 41);
  }
});

Deno.test("capset takes the three sets in version 3's two halves", () => {
  const kernel = new RecordingKernel();
  queueCapabilities(kernel, {
    ...NONE,
    effective: "10000000001",
    permitted: "1ff80000000",
    inheritable: "2",
  });
  kernel.flush();
  assertEquals(capsetWords(kernel), [1, 0x80000000, 2, 0x100, 0x1ff, 0]);
});

Deno.test("the ambient set is cleared, then raised one by one, after capset", () => {
  const kernel = new RecordingKernel();
  queueCapabilities(kernel, { ...NONE, ambient: "400000401" });
  kernel.flush();
  assertEquals(kernel.lines().slice(1), [
    "prctl(47, 4, 0, 0, 0)",
    "prctl(47, 2, 0, 0, 0)",
    "prctl(47, 2, 10, 0, 0)",
    "prctl(47, 2, 34, 0, 0)",
  ]);
  assertEquals(kernel.operations[0]!.name, "capset");
});

Deno.test("an ambient capability that cannot be raised is passed over, as under runc", () => {
  const kernel = new RecordingKernel(({ name }) => name === "prctl" ? -EINVAL : undefined);
  queueCapabilities(kernel, { ...NONE, ambient: "1" });
  kernel.flush();
});

Deno.test("capset that is refused is an error of process.capabilities", () => {
  const kernel = new RecordingKernel(({ name }) => name === "capset" ? -EPERM : undefined);
  queueCapabilities(kernel, NONE);
  const error = assertThrows(() => kernel.flush(), KernelError);
  assertEquals([error.syscall, error.errno, error.where.path], ["capset", EPERM, "process.capabilities"]);
});

Deno.test("an ambient set that cannot be cleared is an error, unless the kernel has none", () => {
  const kernel = new RecordingKernel(({ name }) => name === "prctl" ? -EPERM : undefined);
  queueCapabilities(kernel, NONE);
  const error = assertThrows(() => kernel.flush(), KernelError);
  assertEquals(error.where.path, "process.capabilities.ambient");
});
