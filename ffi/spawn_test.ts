import { assertEquals, assertThrows } from "@std/assert";
import { CLONE_NEWNS } from "./constants/clone.ts";
import { KernelError } from "./kernel_error.ts";
import { LocalKernel } from "./local.ts";
import { openNative } from "./native.ts";
import { spawn } from "./spawn.ts";

/** Flags that no kernel takes together (clone(2)). */
const CONTRARY = CLONE_NEWNS | 0x200;

function openDescriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

Deno.test("spawn() leaves no descriptor when the kernel refuses", () => {
  const native = openNative(), local = new LocalKernel(native), before = openDescriptors();
  const options = { namespaces: CONTRARY, argv: ["x"], firstFreeFd: 3, onSpawn: () => {} };
  const error = assertThrows(() => spawn(native, local, options), KernelError);
  assertEquals([error.syscall, error.errnoName], ["clone3", "EINVAL"]);
  assertEquals(openDescriptors(), before);
});
