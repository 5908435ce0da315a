import { assertEquals } from "@std/assert";
import { assemble, readListings } from "../../tests/support/assemble.ts";
import { testInitImage } from "../../tests/support/init_image_suite.ts";
import { skipWithout } from "../../tests/support/tools.ts";
import { pseudoNumber } from "../operation_kind.ts";
import { Out, type PseudoName, type SyscallName } from "../kernel.ts";
import { LocalKernel } from "../local.ts";
import { openNative } from "../native.ts";
import { RemoteKernel } from "../remote.ts";
import { SYSCALLS } from "../syscall_numbers/aarch64.ts";
import { AARCH64 } from "./aarch64.ts";
import { writeInitImage } from "./elf.ts";

const PREFIX = "aarch64-linux-gnu-", EMULATOR = "qemu-aarch64-static";
const AF_UNIX = 1, SOCK_SEQPACKET = 5, F_SETFD = 2, FD_CLOEXEC = 1;

Deno.test({
  name: "the machine code of aarch64 is its listing, assembled",
  ignore: skipWithout("machine code of aarch64, assembled", `${PREFIX}as`, `${PREFIX}objcopy`),
  fn: () => {
    const listings = readListings(new URL("./aarch64.ts", import.meta.url));
    assertEquals(listings.map(({ name }) => name), ["INIT", "SPAWN", "CALL", "FORWARD", "NOTIFY"]);
    for (const { text, bytes } of listings) assertEquals(assemble(PREFIX, text), bytes);
    assertEquals(listings.map(({ bytes }) => bytes), [
      AARCH64.init,
      AARCH64.spawn,
      AARCH64.call,
      AARCH64.forward,
      AARCH64.notify,
    ]);
    const word = (routine: string, offset: number) => routine.slice(2 * offset, 2 * offset + 8);
    assertEquals(word(AARCH64.init, AARCH64.controlOffset), "11111111");
    assertEquals(word(AARCH64.forward, AARCH64.forwardWordsOffset), "22222222");
    assertEquals(word(AARCH64.notify, AARCH64.notifyFdOffset), "33333333");
    assertEquals(word(AARCH64.notify, AARCH64.notifyRestoreOffset), assemble(PREFIX, "mov w8, #139"));
    assertEquals(word(AARCH64.forward, AARCH64.restoreOffset), assemble(PREFIX, "mov w8, #139"));
  },
});

/** Drives an image of aarch64 from whatever machine this is. */
class Aarch64Kernel extends RemoteKernel {
  protected override number(name: SyscallName | PseudoName): number {
    return pseudoNumber(name) ?? SYSCALLS[name as SyscallName];
  }
}

const cannotRun = Deno.build.arch !== "x86_64" ||
  skipWithout("the init image of aarch64, emulated", EMULATOR);

testInitImage("init image of aarch64", cannotRun, () => {
  const native = openNative(), local = new LocalKernel(native), pair = new Out(8);
  local.socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair);
  const ours = pair.view.getInt32(0, true), control = pair.view.getInt32(4, true);
  local.fcntl(ours, F_SETFD, FD_CLOEXEC);
  const file = Deno.makeTempFileSync({ prefix: "runt-test-" });
  Deno.writeFileSync(file, writeInitImage(AARCH64, control));
  Deno.chmodSync(file, 0o700); // the emulator looks at it
  const child = new Deno.Command(EMULATOR, { args: [file], stdin: "null" }).spawn();
  local.close(control);
  return {
    pid: child.pid,
    control,
    kernel: new Aarch64Kernel(native, ours),
    hangUp: () => void local.close(ours),
    wait: async () => {
      const { code } = await child.status;
      Deno.removeSync(file);
      return code;
    },
  };
});
