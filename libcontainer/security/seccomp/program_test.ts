import { assertEquals } from "@std/assert";
import { interpret, seccompData } from "../../../tests/support/bpf.ts";
import { JEQ, JGE, Program } from "./program.ts";

Deno.test("Program is written from its end", () => {
  const program = new Program(), yes = program.ret(7), no = program.ret(8);
  program.jump(JEQ, 5, yes, no);
  program.load(0);
  assertEquals(program.length, 4);
  assertEquals(program.words(), [0x20, 0, JEQ | 1 << 16 | 0 << 24, 5, 0x06, 8, 0x06, 7]);
  assertEquals(interpret(program.words(), seccompData(5, 0)).value, 7);
  assertEquals(interpret(program.words(), seccompData(6, 0)).value, 8);
});

Deno.test("Program returns a value in one place, as long as that is near", () => {
  const program = new Program();
  assertEquals(program.ret(7), program.ret(7));
  let label = program.ret(7);
  for (let i = 0; i < 400; i++) label = program.jump(JEQ, 1000 + i, program.ret(7), label);
  // One more return for each 255 jumps, and no relays.
  assertEquals(program.length, 1 + 400 + 1);
});

Deno.test("Program reaches any place over relays", () => {
  const program = new Program(), far = program.jump(JEQ, 1, program.ret(1), program.ret(2));
  let label = program.ret(3);
  for (let i = 0; i < 600; i++) label = program.jump(JGE, 5000 - i, label, i % 3 ? label : far);
  program.load(0);
  // 4401 is the smallest bound: below it, the way leads to what was written first.
  assertEquals(interpret(program.words(), seccompData(1, 0)).value, 1);
  assertEquals(interpret(program.words(), seccompData(5000, 0)).value, 3);
});
