import { assertEquals } from "@std/assert";
import { assemble, readListings } from "../../tests/support/assemble.ts";
import { testInitImage } from "../../tests/support/init_image_suite.ts";
import { skipWithout } from "../../tests/support/tools.ts";
import { P_PIDFD, WEXITED } from "../constants/wait.ts";
import { Out } from "../kernel.ts";
import { LocalKernel } from "../local.ts";
import { openNative } from "../native.ts";
import { spawn } from "../spawn.ts";
import { decodeChildStatus, exitCodeOf, SIGINFO_SIZE } from "../structs/siginfo.ts";
import { X86_64 } from "./x86_64.ts";

const PREFIX = "x86_64-linux-gnu-";

Deno.test({
  name: "the machine code of x86-64 is its listing, assembled",
  ignore: skipWithout("machine code of x86-64, assembled", `${PREFIX}as`, `${PREFIX}objcopy`),
  fn: () => {
    const listings = readListings(new URL("./x86_64.ts", import.meta.url));
    assertEquals(listings.map(({ name }) => name), ["INIT", "SPAWN", "CALL", "FORWARD", "NOTIFY"]);
    for (const { text, bytes } of listings) {
      assertEquals(assemble(PREFIX, `.intel_syntax noprefix\n${text}`), bytes);
    }
    assertEquals(listings.map(({ bytes }) => bytes), [
      X86_64.init,
      X86_64.spawn,
      X86_64.call,
      X86_64.forward,
      X86_64.notify,
    ]);
    const word = (routine: string, offset: number) => routine.slice(2 * offset, 2 * offset + 8);
    assertEquals(word(X86_64.init, X86_64.controlOffset), "11111111");
    assertEquals(word(X86_64.forward, X86_64.forwardWordsOffset), "22222222");
    assertEquals(word(X86_64.notify, X86_64.notifyFdOffset), "33333333");
    assertEquals(word(X86_64.notify, X86_64.notifyRestoreOffset), "b80f0000");
    assertEquals(word(X86_64.forward, X86_64.restoreOffset), "b80f0000"); // mov eax, 15
  },
});

testInitImage("init image of x86-64", Deno.build.arch !== "x86_64", () => {
  const native = openNative(), local = new LocalKernel(native);
  const { pid, pidfd, kernel, control } = spawn(native, local, {
    namespaces: 0,
    onSpawn: () => {},
    argv: ["runt-test"],
    firstFreeFd: 3,
  });
  return {
    pid,
    control,
    kernel,
    hangUp: () => void local.close(kernel.control),
    wait: () => {
      const info = new Out(SIGINFO_SIZE);
      local.waitid(P_PIDFD, pidfd, info, WEXITED);
      local.close(pidfd);
      return Promise.resolve(exitCodeOf(decodeChildStatus(info)!));
    },
  };
});
