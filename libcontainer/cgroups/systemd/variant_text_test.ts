import { assertEquals, assertThrows } from "@std/assert";
import { type Variant, variant } from "../../dbus/value.ts";
import { parseVariant } from "./variant_text.ts";

const CASES: [text: string, Variant][] = [
  ["5", variant("i", 5)],
  ["-0x10", variant("i", -16)],
  ["010", variant("i", 8)],
  ["1.5", variant("d", 1.5)],
  ["2e3", variant("d", 2000)],
  ["uint64 18446744073709551615", variant("t", 2n ** 64n - 1n)],
  ["byte 255", variant("y", 255)],
  ["@x -3", variant("x", -3n)],
  ["true", variant("b", true)],
  ["boolean false", variant("b", false)],
  ["'a\\'b\\n'", variant("s", "a'b\n")],
  ['"it\'s \\u00e9"', variant("s", "it's é")],
  ["objectpath '/a'", variant("o", "/a")],
  ["b'ab'", variant("ay", new Uint8Array([97, 98, 0]))],
  ["['a', 'b']", variant("as", ["a", "b"])],
  ["[1, uint32 2]", variant("au", [1, 2])],
  ["@as []", variant("as", [])],
  ["[[1], [2, 3]]", variant("aai", [[1], [2, 3]])],
  ["<'x'>", variant("v", variant("s", "x"))],
  ["{'a': <1>, 'b': <true>}", variant("a{sv}", [["a", variant("i", 1)], ["b", variant("b", true)]])],
];

Deno.test("parseVariant() reads numbers, texts, arrays, variants and dictionaries", () => {
  for (const [text, value] of CASES) assertEquals(parseVariant(text), value, text);
});

Deno.test("parseVariant() refuses what is none", () => {
  const wrong = [
    "",
    "maybe",
    "5x",
    "'a",
    "[1",
    "[1,]",
    "[]",
    "{}",
    "['a', 1]",
    "uint32 -1",
    "byte 256",
    "5 6",
    "@z 1",
  ];
  for (
    const text of [
      ...wrong,
      "@ii 1",
      "uint32 'a'",
      "boolean 1",
      "(1, 2)",
      "{1}",
      "<1",
      "09",
      "int32 1.5",
      "@u @u 1",
    ]
  ) {
    assertThrows(() => parseVariant(text), SyntaxError);
  }
});
