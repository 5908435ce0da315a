import { assertEquals } from "@std/assert";
import type { LinuxSeccompArg, LinuxSeccompOperator } from "../../spec/seccomp.ts";
import { addRule, encodeConditions, type Rule } from "./conditions.ts";

function arg(index: number, op: string, value: number | bigint, valueTwo = 0): LinuxSeccompArg {
  return { index, op: `SCMP_CMP_${op}` as LinuxSeccompOperator, value, valueTwo };
}

function rule(action: number, ...args: LinuxSeccompArg[]): Rule {
  return { action, conditions: encodeConditions(args, 64) };
}

/** Adds rules; their actions in the order in which they are asked, and whether all could be added. */
function order(...rules: Rule[]): (number | boolean)[] {
  const list: Rule[] = [];
  const added = rules.every((one) => addRule(list, one));
  return [...list.map(({ action }) => action), added];
}

Deno.test("encodeConditions() leaves out what always holds", () => {
  assertEquals(encodeConditions([arg(0, "MASKED_EQ", 0, 5)], 64), []);
  assertEquals(encodeConditions([arg(0, "MASKED_EQ", 0xff00000000, 0)], 32), []);
  assertEquals(encodeConditions([arg(0, "GE", 0)], 64).length, 1);
});

Deno.test("encodeConditions() cuts values to their halves and masks", () => {
  const [one] = encodeConditions([arg(1, "EQ", 0xfedcba9876543210n)], 64);
  assertEquals([one!.high, one!.low], [0xfedcba98, 0x76543210]);
  const [narrow] = encodeConditions([arg(1, "EQ", 0xfedcba9876543210n)], 32);
  assertEquals([narrow!.highMask, narrow!.low], [0, 0x76543210]);
  const [masked] = encodeConditions([arg(1, "MASKED_EQ", 0xf0, 0xff)], 64);
  assertEquals([masked!.low, masked!.highMask], [0xf0, 0]);
});

Deno.test("addRule() asks later arguments first, equality before bounds, narrow bounds before wide ones", () => {
  assertEquals(order(rule(1, arg(0, "EQ", 1)), rule(2, arg(3, "EQ", 1))), [2, 1, true]);
  assertEquals(
    order(rule(1, arg(0, "GT", 1)), rule(2, arg(0, "LT", 9)), rule(3, arg(0, "EQ", 5))),
    [3, 2, 1, true],
  );
  assertEquals(order(rule(1, arg(0, "GT", 1)), rule(2, arg(0, "GT", 5))), [2, 1, true]);
  assertEquals(order(rule(1, arg(0, "LT", 5)), rule(2, arg(0, "LT", 2))), [2, 1, true]);
});

Deno.test("addRule() keeps the rule that asks less, and refuses contradictions", () => {
  const general = arg(0, "EQ", 1), special = arg(1, "EQ", 2);
  assertEquals(order(rule(1, general), rule(2, general, special)), [1, true]);
  assertEquals(order(rule(1, general, special), rule(1, general)), [1, true]);
  assertEquals(order(rule(1, general, special), rule(2, general)), [1, false]);
  assertEquals(order(rule(1, general), rule(2, general)), [1, false]);
  assertEquals(order(rule(1, general), rule(1, general)), [1, true]);
});
