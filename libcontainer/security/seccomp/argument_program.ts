import { SECCOMP_DATA } from "../../../ffi/structs/sock_filter.ts";
import type { Architecture } from "./architectures.ts";
import type { Condition, Rule } from "./conditions.ts";
import { JEQ, JGE, JGT, type Label, type Program } from "./program.ts";

const ALL = 0xffffffff;

/**
 * Writes what decides on a call by its arguments: the first rule that matches, or the default.
 *
 * @returns where it starts
 */
export function writeRules(
  program: Program,
  { bigEndian }: Architecture,
  rules: readonly Rule[],
  byDefault: number,
): Label {
  // Where the two words of an argument are: the kernel stores it as one of 64 bits.
  const lowAt = SECCOMP_DATA.args + (bigEndian ? 4 : 0), highAt = SECCOMP_DATA.args + (bigEndian ? 0 : 4);
  let next = program.ret(byDefault);
  for (let i = rules.length - 1; i >= 0; i--) {
    const first = startOfRun(rules, i);
    next = first < i
      ? writeRun(program, rules.slice(first, i + 1), lowAt, highAt, next)
      : writeRule(program, rules[i]!, lowAt, highAt, next);
    i = first;
  }
  return next;
}

function writeRule(
  program: Program,
  { conditions, action }: Rule,
  lowAt: number,
  highAt: number,
  otherwise: Label,
): Label {
  let then = program.ret(action);
  for (let i = conditions.length - 1; i >= 0; i--) {
    then = writeCondition(program, conditions[i]!, lowAt, highAt, then, otherwise);
  }
  return then;
}

function writeCondition(
  program: Program,
  { index, test, holds, high, low, highMask, lowMask }: Condition,
  lowAt: number,
  highAt: number,
  then: Label,
  otherwise: Label,
): Label {
  const yes = holds ? then : otherwise, no = holds ? otherwise : then;
  const load = (at: number, mask: number) => {
    if (mask !== ALL) program.and(mask);
    return program.load(at + 8 * index);
  };
  let label = yes;
  if (lowMask !== 0) {
    program.jump(test === "gt" ? JGT : test === "ge" ? JGE : JEQ, low, yes, no);
    label = load(lowAt, lowMask);
  }
  if (highMask === 0) return label;
  if (test === "eq" || test === "masked") program.jump(JEQ, high, label, no);
  else if (high === 0) program.jump(JEQ, 0, label, yes); // what is not 0 is greater
  else program.jump(JGT, high, yes, program.jump(JEQ, high, label, no));
  return load(highAt, highMask);
}

/** The first of the rules up to `last` that compare one argument with values of the same upper half, and no more. */
function startOfRun(rules: readonly Rule[], last: number): number {
  const end = onlyEquality(rules[last]!);
  let first = last;
  while (end !== undefined && first > 0) {
    const before = onlyEquality(rules[first - 1]!);
    if (before?.index !== end.index || before.high !== end.high || before.highMask !== end.highMask) break;
    first--;
  }
  return first;
}

function onlyEquality({ conditions: [first, second] }: Rule): Condition | undefined {
  const fits = first !== undefined && second === undefined && first.test === "eq" && first.holds &&
    first.lowMask === ALL && (first.highMask === ALL || first.highMask === 0);
  return fits ? first : undefined;
}

/** Each word of the argument is loaded once for all rules of the run. */
function writeRun(
  program: Program,
  run: readonly Rule[],
  lowAt: number,
  highAt: number,
  otherwise: Label,
): Label {
  const { index, high, highMask } = run[0]!.conditions[0]!;
  let label = otherwise;
  for (let i = run.length - 1; i >= 0; i--) {
    label = program.jump(JEQ, run[i]!.conditions[0]!.low, program.ret(run[i]!.action), label);
  }
  label = program.load(lowAt + 8 * index);
  if (highMask === 0) return label;
  program.jump(JEQ, high, label, otherwise);
  return program.load(highAt + 8 * index);
}
