import { BAD_ARCHITECTURE, NOT_IMPLEMENTED } from "./actions.ts";
import { X32_BIT } from "./architectures.ts";
import type { ArchitectureRules, Verdict } from "./rules.ts";
import { unpackNumber } from "./syscalls.ts";

/** What a filter says of all numbers from one on, up to the next range's first. */
export interface Range {
  readonly first: number;
  readonly verdict: Verdict;
  /** Of which architecture the verdict is, where it looks at arguments. */
  readonly rules: ArchitectureRules;
}

/** What holds for a whole filter. */
export interface Defaults {
  readonly action: number;
  /** Whether numbers above all that the profile names are not implemented, instead of getting the default action. */
  readonly hidesNewer: boolean;
}

/**
 * What a filter says of all 2^32 numbers under one `AUDIT_ARCH`; neighbours that get the same are one range.
 *
 * ```
 *           0 ──▶ calls of the profile, default between them; above: not implemented
 *  0x40000000 ──▶ x32 likewise, if the filter is for it, else the action for a bad architecture
 *  0x80000000 ──▶ numbers that no call has: as those above the calls, by bit 30 for which of the two
 *  0xffffffff ──▶ a tracer's "no call": never a bad architecture
 * ```
 *
 * The last two lines are what runc's and libseccomp's tests come to.
 *
 * @param group the rules of all architectures with that `AUDIT_ARCH`: one, or those of x86-64 and x32
 */
export function findRanges(group: readonly ArchitectureRules[], defaults: Defaults): Range[] {
  const ranges: Range[] = [], any = group[0]!;
  const add = (first: number, verdict: Verdict, rules = any) => {
    if (ranges.at(-1)?.first === first) ranges.pop();
    if (ranges.at(-1)?.verdict !== verdict) ranges.push({ first, verdict, rules });
  };
  const x32 = group.find(({ architecture }) => architecture.base === X32_BIT);
  const wide = group.find((rules) => rules !== x32);
  if (wide) addCalls(add, 0, wide, defaults);
  else add(0, BAD_ARCHITECTURE);
  if (!x32 && wide?.architecture.table !== "x86_64") return ranges;
  if (x32) addCalls(add, X32_BIT, x32, defaults);
  else add(X32_BIT, BAD_ARCHITECTURE);
  const above = (rules: ArchitectureRules | undefined) => {
    if (rules && hides(rules, defaults)) return NOT_IMPLEMENTED;
    return x32 ? defaults.action : BAD_ARCHITECTURE;
  };
  add(0x80000000, above(wide));
  add(0xc0000000, above(x32));
  add(0xffffffff, x32 ? above(x32) : defaults.action);
  return ranges;
}

type Add = (first: number, verdict: Verdict, rules?: ArchitectureRules) => void;

/** The calls of an architecture, from the number `first` on. */
function addCalls(add: Add, first: number, rules: ArchitectureRules, defaults: Defaults): void {
  const { architecture: { base, table }, verdicts, newest } = rules, hidden = hides(rules, defaults);
  // s390 has system call 0 in the place of numbers that the kernel does not know.
  const zero = hidden && table.startsWith("s390") ? NOT_IMPLEMENTED : undefined;
  const end = hidden ? newest + 1 : Math.max(verdicts.length, 1);
  if (base !== 0) add(first, defaults.action, rules);
  for (let number = 1; number < end; number++) {
    const verdict = number === 1 && zero !== undefined ? zero : verdicts[number];
    add(unpackNumber(number) + base, verdict ?? defaults.action, rules);
  }
  add(Math.max(unpackNumber(end - 1) + 1, 0) + base, hidden ? NOT_IMPLEMENTED : defaults.action, rules);
}

/** runc takes number 0 as the newest for none. */
function hides({ newest, architecture }: ArchitectureRules, { hidesNewer }: Defaults): boolean {
  return hidesNewer && newest > 0 && unpackNumber(newest) + architecture.base > 0;
}
