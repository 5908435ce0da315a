import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../libcontainer/error.ts";
import { parseSignal } from "./_signal.ts";

Deno.test("parseSignal() reads names in any case, with and without SIG", () => {
  for (const name of ["TERM", "SIGTERM", "term", "sigterm", "SigTerm"]) assertEquals(parseSignal(name), 15);
});

Deno.test("parseSignal() knows the numbers of signal(7)", () => {
  const numbers = {
    HUP: 1,
    KILL: 9,
    USR1: 10,
    USR2: 12,
    STKFLT: 16,
    CHLD: 17,
    STOP: 19,
    WINCH: 28,
    IO: 29,
    SYS: 31,
  };
  for (const [name, number] of Object.entries(numbers)) assertEquals(parseSignal(name), number);
});

Deno.test("parseSignal() hands numbers to the kernel as they are", () => {
  assertEquals(["9", "0", "64", "+9", "-1", "009"].map(parseSignal), [9, 0, 64, 9, -1, 9]);
});

Deno.test("parseSignal() refuses other words with runc's text", () => {
  for (const text of ["BLAH", "SIG", "9x", "", "SIGSIGTERM", "RTMIN", "0x9"]) {
    const error = assertThrows(() => parseSignal(text), RuntError);
    assertEquals(error.message, `unknown signal "${text}"`);
  }
});
