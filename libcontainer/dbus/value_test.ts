import { assertEquals, assertThrows } from "@std/assert";
import { alignmentOf, splitSignature } from "./value.ts";

Deno.test("splitSignature() finds the complete types", () => {
  assertEquals(splitSignature("ssa(sv)a(sa(sv))"), ["s", "s", "a(sv)", "a(sa(sv))"]);
  assertEquals(splitSignature("a{sv}(ii)v"), ["a{sv}", "(ii)", "v"]);
  assertEquals(splitSignature(""), []);
});

Deno.test("splitSignature() refuses what is no signature", () => {
  for (const wrong of ["a", "(", "()", "(s", "z", ")", "a(", "{}", "a".repeat(100) + "s", "(".repeat(100)]) {
    assertThrows(() => splitSignature(wrong), RangeError, "not a D-Bus signature");
  }
});

Deno.test("alignmentOf() is the size of a number, 8 of a struct, 4 of what begins with a length", () => {
  assertEquals(["y", "q", "b", "t", "(y)", "s", "as", "g", "v"].map(alignmentOf), [
    1,
    2,
    4,
    8,
    8,
    4,
    4,
    1,
    1,
  ]);
});
