import { assertEquals } from "@std/assert";
import { CLD_DUMPED, CLD_EXITED, CLD_KILLED } from "../../ffi/constants/wait.ts";
import { Out, Word } from "../../ffi/kernel.ts";
import { LocalKernel } from "../../ffi/local.ts";
import { openNative } from "../../ffi/native.ts";
import { spawn } from "../../ffi/spawn.ts";
import { killAndReap } from "../process/wait.ts";
import { openEndTable, queueEnd, queueEndText, queueErrnoText } from "./end_table.ts";
import { textOfErrno } from "../errno_text.ts";
import { endText } from "./outcome.ts";
import { openMemory } from "./streams.ts";

/** A word with that value, as if a call had left it. */
function word(value: number): Word {
  const out = new Out(8);
  out.view.setBigInt64(0, BigInt(value), true);
  return new Word(out, 0);
}

Deno.test("every end of a process has its text in the table", () => {
  const native = openNative(), local = new LocalKernel(native);
  let pidfd = -1;
  // In the process that the table is for: only there a region outlives its call.
  const { kernel } = spawn(native, local, {
    namespaces: 0,
    argv: ["runt test"],
    firstFreeFd: 3,
    onSpawn: (fd) => pidfd = fd,
  });
  const table = openEndTable(kernel), file = openMemory(kernel, "text", 0);
  const written = (write: () => void) => {
    kernel.ftruncate(file, 0);
    kernel.lseek(file, 0, 0);
    write();
    const out = new Out(100);
    kernel.lseek(file, 0, 0);
    const read = kernel.read(file, out);
    kernel.flush();
    return new TextDecoder().decode(out.bytes.subarray(0, read.value));
  };
  try {
    const well = queueEnd(kernel, table, word(CLD_EXITED), word(0));
    kernel.flush();
    assertEquals(well.value, 0);
    for (
      const [code, last] of [[CLD_EXITED, 255], [CLD_KILLED, 64], [CLD_DUMPED, 64]] as const
    ) {
      for (let status = 1; status <= last; status++) {
        const end = queueEnd(kernel, table, word(code), word(status));
        assertEquals(written(() => queueEndText(kernel, table, end, file)), endText(code, status));
      }
    }
    for (let errno = 1; errno <= 133; errno++) {
      assertEquals(written(() => queueErrnoText(kernel, table, word(-errno), file)), textOfErrno(errno));
    }
  } finally {
    local.close(kernel.control);
    killAndReap(local, pidfd);
    local.close(pidfd);
  }
});
