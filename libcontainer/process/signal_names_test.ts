import { assertEquals } from "@std/assert";
import { signalName, signalNumber } from "./signal_names.ts";

Deno.test("a signal is found by its name with or without SIG, in any case", () => {
  for (const name of ["SIGTERM", "TERM", "term", "sigterm"]) assertEquals(signalNumber(name), 15);
  assertEquals(signalNumber("HUP"), 1);
  assertEquals(signalNumber("SYS"), 31);
});

Deno.test("a signal is found by its number, whatever it is", () => {
  assertEquals(signalNumber("9"), 9);
  assertEquals(signalNumber("0"), 0);
  assertEquals(signalNumber("64"), 64);
});

Deno.test("an unknown name is no signal", () => {
  for (const name of ["", "SIG", "SIGSIGTERM", "15x", "1.5", "SIGRTMIN"]) {
    assertEquals(signalNumber(name), -1);
  }
});

Deno.test("a signal without a name is shown as its number", () => {
  assertEquals(signalName(9), "SIGKILL");
  assertEquals(signalName(40), "signal 40");
});
