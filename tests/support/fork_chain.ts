/**
 * A program whose process lives only until it has forked the next one: a list of such processes is old when it is read.
 *
 * @module
 */
import { fromHex, writeInitImage } from "../../ffi/init_image/elf.ts";

/**
 * x86-64, behind the place of the handler:
 *
 *     fork: mov eax, 57; syscall      fork()
 *           test eax, eax
 *           jz fork                   the child goes on
 *           js fork                   EAGAIN: again
 *           mov eax, 60; xor edi, edi; syscall    _exit(0)
 */
const CODE = "cc".repeat(12) + "b839000000" + "0f05" + "85c0" + "74f5" + "78f3" + "b83c000000" + "31ff" +
  "0f05" + "00000000";

/** Writes the program, to be run in a container with a limit of processes. */
export function writeForkChain(path: string): void {
  const controlOffset = fromHex(CODE).length - 4;
  const image = writeInitImage(
    { elfMachine: 62, init: CODE, controlOffset } as Parameters<typeof writeInitImage>[0],
    0,
  );
  Deno.writeFileSync(path, image, { mode: 0o755 });
}
