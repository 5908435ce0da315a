import { assertEquals, assertThrows } from "@std/assert";
import { marshal } from "./marshal.ts";
import { unmarshal } from "./unmarshal.ts";
import { type Value, variant } from "./value.ts";

Deno.test("unmarshal() reads what marshal() writes", () => {
  const cases: [signature: string, ...Value[]][] = [
    ["ynqiuxtdb", 200, -3, 4, -5, 6, -7n, 2n ** 64n - 1n, 0.25, true],
    ["sog", "é\n", "/a/b", "a{sv}"],
    ["a(sv)", [["A", variant("au", [1, 2])], ["B", variant("b", false)]]],
    ["ayas", new Uint8Array([1, 2, 3]), []],
    ["a{sv}v", [["k", variant("s", "v")]], variant("v", variant("t", 1n))],
  ];
  for (const [signature, ...values] of cases) {
    assertEquals(unmarshal(marshal(signature, values), signature), values, signature);
  }
});

Deno.test("unmarshal() reads big-endian numbers", () => {
  assertEquals(unmarshal(Uint8Array.fromHex("00000002"), "u", false), [2]);
});

Deno.test("unmarshal() reads nothing beyond the end, whatever a length says", () => {
  const hostile: [signature: string, bytes: string, text: string][] = [
    ["u", "0000", "ends before"],
    ["s", "ffffffff", "ends before"],
    ["s", "01000000" + "61", "ends before"],
    ["s", "01000000" + "6162", "no NUL"],
    ["ay", "ff000000" + "01", "ends before"],
    ["at", "04000000" + "00000000" + "01000000" + "00000000", "does not end with its last element"],
    ["v", "02" + "757500" + "00" + "01000000", "one value"],
    ["v", "01" + "7a00", "not a D-Bus signature"],
    ["v", ("01" + "7600").repeat(40), "too deep"],
  ];
  for (const [signature, bytes, text] of hostile) {
    assertThrows(() => unmarshal(Uint8Array.fromHex(bytes), signature), RangeError, text);
  }
});
