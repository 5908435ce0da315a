import { assertEquals } from "@std/assert";
import { readWord, writeWord } from "./words.ts";

Deno.test("a word is read as it was written, to 2^53 on both sides of zero", () => {
  const words = new Int32Array(4);
  const values = [
    0,
    1,
    -1,
    -4095,
    0x7fffffff,
    0x80000000,
    -0x80000000,
    -0x80000001,
    0x7fff12345678,
    -(2 ** 53),
    2 ** 53,
  ];
  for (const value of values) {
    writeWord(words, 2, value);
    assertEquals([readWord(words, 2), new BigInt64Array(words.buffer)[1]], [value, BigInt(value)]);
    writeWord(words, 2, BigInt(value));
    assertEquals(readWord(words, 2), value);
  }
  writeWord(words, 0, 0xffffffffffffffffn);
  assertEquals(readWord(words, 0), -1);
});
