import { JEQ, JGE, type Label, type Program } from "./program.ts";

/** A range of numbers that ends where the next one starts. */
export interface TreeRange<T> {
  readonly first: number;
  /** What is said of its numbers; other ranges with the same value lead to the same. */
  readonly verdict: T;
  /** How often they are looked up, beside other ranges. */
  readonly weight: number;
}

/**
 * Writes the search for the range of a number that was loaded: a tree of comparisons in which what is looked up more
 * often is found sooner.
 *
 * @param ranges ascending; the first starts at the lowest number that can come
 * @param labelOf where numbers with a verdict go; asked again for each, since it may be near in one place only
 * @returns where it starts
 */
export function writeTree<T>(
  program: Program,
  ranges: readonly TreeRange<T>[],
  labelOf: (verdict: T) => Label,
): Label {
  const sums = new Array<number>(ranges.length + 1);
  sums[0] = 0;
  for (let i = 0; i < ranges.length; i++) sums[i + 1] = sums[i]! + ranges[i]!.weight;
  const write = (from: number, to: number): Label => {
    const { first, verdict } = ranges[from]!;
    if (to - from === 1) return labelOf(verdict);
    if (to - from === 3 && ranges[to - 1]!.verdict === verdict) {
      // One number that differs from all around it.
      const inner = ranges[from + 1]!;
      if (inner.first + 1 === ranges[to - 1]!.first) {
        return program.jump(JEQ, inner.first, labelOf(inner.verdict), labelOf(verdict));
      }
    }
    const half = (sums[from]! + sums[to]!) / 2;
    let middle = from + 1;
    while (middle < to - 1 && Math.abs(sums[middle + 1]! - half) <= Math.abs(sums[middle]! - half)) middle++;
    if (ranges[middle]!.first <= first) throw new RangeError("Cannot write a tree: its ranges do not ascend");
    const right = write(middle, to), left = write(from, middle);
    return program.jump(JGE, ranges[middle]!.first, right, left);
  };
  return write(0, ranges.length);
}
