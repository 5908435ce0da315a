import { assertEquals, assertThrows } from "@std/assert";
import { AnswerKernel } from "./answer.ts";
import { ARENA, HEADER, OPERATION } from "./batch.ts";
import { KIND } from "./operation_kind.ts";
import { SYSCALLS } from "./syscall_numbers/x86_64.ts";

const native = { numbers: SYSCALLS };

Deno.test("an answer is a message with a magic number and its own size", () => {
  const kernel = new AnswerKernel(native);
  const fd = kernel.openat(-100, "/a", 0);
  kernel.write(fd, "x");
  const bytes = kernel.finish(), words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  assertEquals(words[0], 2);
  assertEquals(new TextDecoder().decode(bytes.subarray(24, 28)), "Answ");
  assertEquals(words[7], bytes.length);
  assertEquals(words[HEADER >> 2], SYSCALLS.openat);
});

Deno.test("a clock's text lies where the calls behind it find it, as long as any", () => {
  const kernel = new AnswerKernel(native);
  const { text, size } = kernel.clock("ä ", "!\n");
  kernel.call("write", [1, text, size]);
  assertEquals(size, 3 + 24 + 2);
  const view = new DataView(kernel.finish().slice().buffer);
  const operation = (index: number, word: number) =>
    Number(view.getBigInt64(HEADER + OPERATION * index + 8 * word, true));
  assertEquals(view.getUint8(HEADER + 65), KIND.clock);
  assertEquals(operation(0, 3), 3);
  assertEquals(operation(1, 2), operation(0, 1));
  const template = new Uint8Array(view.buffer, operation(0, 1) - ARENA, size);
  assertEquals(new TextDecoder().decode(template), "ä 1970-01-01T00:00:00.000Z!\n");
});

Deno.test("what is expected and does not hold is a call that fails", () => {
  const kernel = new AnswerKernel(native), result = kernel.fchmod(3, 0);
  kernel.expect(result, "zero");
  const view = new DataView(kernel.finish().slice().buffer);
  assertEquals(view.getUint32(0, true), 3);
  assertEquals(view.getUint8(HEADER + OPERATION + 65), KIND.skip);
  assertEquals(Number(view.getBigInt64(HEADER + 2 * OPERATION, true)), SYSCALLS.close);
  assertEquals(Number(view.getBigInt64(HEADER + 2 * OPERATION + 8, true)), -1);
});

Deno.test("nobody can wait for an answer's results", () => {
  assertThrows(() => new AnswerKernel(native).flush(), Error, "later process");
});
