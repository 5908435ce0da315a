import type { LinuxSeccompArg } from "../../spec/seccomp.ts";

/** How a word is compared; the others of the specification are these with another outcome. */
export type Test = "eq" | "masked" | "gt" | "ge";

/** A condition on an argument, of which a filter sees two words of 32 bits. */
export interface Condition {
  readonly index: number;
  readonly test: Test;
  /** What must come out. */
  readonly holds: boolean;
  readonly high: number;
  readonly low: number;
  /** Bits of the argument that are looked at; 0 leaves a word out. */
  readonly highMask: number;
  readonly lowMask: number;
}

/** All conditions must hold. Sorted by argument, of which each has one at the most. */
export interface Rule {
  readonly conditions: readonly Condition[];
  /** What the filter returns then. */
  readonly action: number;
}

const ALL = 0xffffffff;

/**
 * The conditions as the filter of an architecture can ask them, those that always hold left out.
 *
 * @param bits 32: upper halves are not looked at, since such calls have none
 */
export function encodeConditions(args: readonly LinuxSeccompArg[], bits: 32 | 64): Condition[] {
  const conditions: Condition[] = [];
  for (const { index, op, value, valueTwo = 0 } of args) {
    const masked = op === "SCMP_CMP_MASKED_EQ", datum = masked ? valueTwo : value;
    const highMask = bits === 32 ? 0 : masked ? high(value) : ALL, lowMask = masked ? low(value) : ALL;
    if (highMask === 0 && lowMask === 0) continue;
    conditions.push({
      index,
      test: op === "SCMP_CMP_GT" || op === "SCMP_CMP_LE"
        ? "gt"
        : op === "SCMP_CMP_GE" || op === "SCMP_CMP_LT"
        ? "ge"
        : masked
        ? "masked"
        : "eq",
      holds: op !== "SCMP_CMP_NE" && op !== "SCMP_CMP_LT" && op !== "SCMP_CMP_LE",
      high: (high(datum) & highMask) >>> 0,
      low: (low(datum) & lowMask) >>> 0,
      highMask,
      lowMask,
    });
  }
  return conditions.length > 1 ? conditions.sort((a, b) => a.index - b.index) : conditions;
}

function high(value: number | bigint): number {
  return typeof value === "number" ? Math.floor(value / 0x100000000) >>> 0 : Number(value >> 32n) >>> 0;
}

function low(value: number | bigint): number {
  return typeof value === "number" ? value >>> 0 : Number(value & 0xffffffffn);
}

/** Whether two conditions ask the same. */
function isSame(a: Condition, b: Condition): boolean {
  return a.index === b.index && a.test === b.test && a.holds === b.holds && a.high === b.high &&
    a.low === b.low && a.highMask === b.highMask && a.lowMask === b.lowMask;
}

/**
 * Where one condition stands among those of other rules: negative for earlier. This is the order in which
 * libseccomp asks them, which decides where rules of different actions overlap: later arguments first; equality,
 * then upper bounds, then lower ones; the narrower bound first.
 */
function compare(a: Condition, b: Condition): number {
  return b.index - a.index || family(a) - family(b) ||
    (family(a) === 1 ? compareData(a, b) : compareData(b, a));
}

/** Conditions of which only one has a mask, or each another one, stay in the order in which they came. */
function compareData(a: Condition, b: Condition): number {
  return a.high - b.high || (a.test === b.test && a.highMask === b.highMask ? a.low - b.low : 0);
}

function family({ test, holds }: Condition): number {
  return test === "eq" || test === "masked" ? 0 : holds ? 2 : 1;
}

/**
 * Adds a rule to those of a call, of which the first that matches decides.
 *
 * @param rules in order; changed
 * @returns whether it could be added: not when it, or a rule that it would have to take precedence over, asks the same
 *   for another action
 */
export function addRule(rules: Rule[], rule: Rule): boolean {
  const { conditions, action } = rule;
  for (let i = rules.length - 1; i >= 0; i--) {
    const other = rules[i]!, common = commonStart(other, rule);
    // One that asks less was there first: this one adds nothing.
    if (common === other.conditions.length && (common < conditions.length || other.action === action)) {
      return true;
    }
    if (common < conditions.length) continue;
    if (other.action !== action) return false;
    rules.splice(i, 1); // the new one asks less, for the same
  }
  const at = rules.findIndex((other) => {
    const common = commonStart(other, rule);
    return compare(conditions[common]!, other.conditions[common]!) < 0;
  });
  rules.splice(at < 0 ? rules.length : at, 0, rule);
  return true;
}

/** With how many equal conditions two rules start. */
function commonStart(a: Rule, b: Rule): number {
  let count = 0;
  while (
    count < a.conditions.length && count < b.conditions.length &&
    isSame(a.conditions[count]!, b.conditions[count]!)
  ) count++;
  return count;
}
