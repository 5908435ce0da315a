import { assert, assertEquals } from "@std/assert";
import { interpret, seccompData } from "../../../tests/support/bpf.ts";
import { writeTree } from "./number_tree.ts";
import { Program } from "./program.ts";

function build(ranges: readonly { first: number; verdict: number; weight: number }[]): number[] {
  const program = new Program();
  writeTree(program, ranges, (verdict) => program.ret(verdict));
  program.load(0);
  return program.words();
}

Deno.test("writeTree() finds every range, in as many steps as a balanced tree has", () => {
  const ranges = Array.from({ length: 64 }, (_, i) => ({ first: 10 * i, verdict: i, weight: 1 }));
  const program = build(ranges);
  for (let nr = 0; nr < 650; nr++) {
    const { value, steps } = interpret(program, seccompData(nr, 0));
    assertEquals(value, Math.min(Math.floor(nr / 10), 63));
    assert(steps <= 1 + 6 + 1, `${steps}`);
  }
});

Deno.test("writeTree() finds what is looked up often sooner", () => {
  const ranges = Array.from(
    { length: 64 },
    (_, i) => ({ first: 10 * i, verdict: i, weight: i === 5 ? 100 : 1 }),
  );
  assert(interpret(build(ranges), seccompData(55, 0)).steps <= 4);
});

Deno.test("writeTree() asks once for a number among others", () => {
  const program = build([
    { first: 0, verdict: 1, weight: 1 },
    { first: 50, verdict: 2, weight: 1 },
    { first: 51, verdict: 1, weight: 1 },
  ]);
  assertEquals(program.length / 2, 4);
  assertEquals([49, 50, 51].map((nr) => interpret(program, seccompData(nr, 0)).value), [1, 2, 1]);
});

Deno.test("writeTree() does not take two numbers among others for one", () => {
  const program = build([
    { first: 0, verdict: 1, weight: 1 },
    { first: 50, verdict: 2, weight: 1 },
    { first: 52, verdict: 1, weight: 1 },
  ]);
  assertEquals([49, 50, 51, 52].map((nr) => interpret(program, seccompData(nr, 0)).value), [1, 2, 2, 1]);
});
