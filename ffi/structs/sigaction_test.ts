import { assertEquals } from "@std/assert";
import { SIG_DFL, SIG_IGN } from "../constants/signal.ts";
import { Out } from "../kernel.ts";
import { LocalKernel } from "../local.ts";
import { openNative } from "../native.ts";
import { encodeSigaction, encodeSigset, SIGACTION_SIZE } from "./sigaction.ts";

const SIGUSR2 = 12;

Deno.test({
  name: "the kernel takes our struct sigaction: a signal is ignored, and not any more",
  ignore: Deno.build.arch !== "x86_64",
  fn: () => {
    const kernel = new LocalKernel(openNative()), old = new Out(SIGACTION_SIZE);
    const ignored = () => {
      const [, mask] = /^SigIgn:\s*(\w+)/m.exec(Deno.readTextFileSync("/proc/self/status"))!;
      return (BigInt(`0x${mask}`) >> BigInt(SIGUSR2 - 1) & 1n) === 1n;
    };
    kernel.rtSigaction(SIGUSR2, encodeSigaction(SIG_IGN));
    assertEquals(ignored(), true);
    kernel.rtSigaction(SIGUSR2, encodeSigaction(SIG_DFL), old);
    assertEquals(ignored(), false);
    assertEquals(old.bytes, encodeSigaction(SIG_IGN));
  },
});

Deno.test("a sigset_t without a list has all 64 signals", () => {
  assertEquals(encodeSigset(), new Uint8Array(8).fill(0xff));
  assertEquals(encodeSigset([]), new Uint8Array(8));
  assertEquals(encodeSigset([1, 64]), new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0x80]));
});
