import { assertEquals, assertThrows } from "@std/assert";
import { RuntError } from "../error.ts";
import { checkTerminal } from "./check_terminal.ts";

Deno.test("a terminal has somebody who shows it, and a console socket something to be sent", () => {
  const verdict = (terminal: boolean, detach: boolean, socket?: string) => {
    try {
      checkTerminal(terminal, detach, socket);
      return "fine";
    } catch (error) {
      return (error as RuntError).message;
    }
  };
  const nobody = "cannot allocate tty if runc will detach without setting console socket";
  const nothing = "cannot use console socket if runc will not detach or allocate tty";
  assertEquals([verdict(true, true), verdict(true, true, "/s")], [nobody, "fine"]);
  assertEquals([verdict(true, false), verdict(true, false, "/s")], ["fine", nothing]);
  assertEquals([verdict(false, true), verdict(false, true, "/s")], ["fine", nothing]);
  assertEquals([verdict(false, false), verdict(false, false, "/s")], ["fine", nothing]);
  assertEquals(assertThrows(() => checkTerminal(true, true, ""), RuntError).code, "usage");
});
