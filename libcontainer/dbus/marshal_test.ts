import { assertEquals } from "@std/assert";
import { marshal } from "./marshal.ts";
import { variant } from "./value.ts";

const hex = (signature: string, ...values: Parameters<typeof marshal>[1]) =>
  marshal(signature, values).toHex();

Deno.test("marshal() aligns each value to its type", () => {
  assertEquals(hex("yu", 1, 2), "01000000" + "02000000");
  assertEquals(hex("yt", 1, 2n), "01" + "00".repeat(7) + "02" + "00".repeat(7));
  assertEquals(hex("ynqb", 1, -2, 3, true), "0100" + "feff" + "0300" + "0000" + "01000000");
  assertEquals(hex("ixd", -1, -1, 1.5), "ffffffff" + "00000000" + "ff".repeat(8) + "000000000000f83f");
});

Deno.test("marshal() writes texts with their length and a NUL, in UTF-8", () => {
  assertEquals(hex("s", "é"), "02000000" + "c3a900");
  assertEquals(hex("g", "as"), "02" + "617300");
  assertEquals(hex("v", variant("s", "a")), "01" + "7300" + "00" + "01000000" + "6100");
});

Deno.test("marshal() does not count the padding of an array, and pads an empty one too", () => {
  assertEquals(hex("a(su)", []), "00000000" + "00000000");
  assertEquals(hex("at", [1]), "08000000" + "00000000" + "01" + "00".repeat(7));
  assertEquals(hex("ay", new Uint8Array([7, 8])), "02000000" + "0708");
  assertEquals(
    hex("a{ss}", [["a", "b"]]),
    "0e000000" + "00000000" + "01000000" + "61000000" + "01000000" + "6200",
  );
});
