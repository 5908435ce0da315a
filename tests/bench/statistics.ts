/**
 * Medians and quartiles.
 *
 * @module
 */

/** Of a number of measurements, the three that say most. */
export interface Summary {
  readonly n: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
}

/** A quantile, between two values by their distance (R's type 7). */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b), at = (sorted.length - 1) * part, below = Math.floor(at);
  const low = sorted[below], high = sorted[Math.ceil(at)];
  if (low === undefined || high === undefined) throw new RangeError("Cannot take a quantile of nothing");
  return low + (high - low) * (at - below);
}

/** Median and quartiles. */
export function summarize(values: readonly number[]): Summary {
  const [q1, median, q3] = [0.25, 0.5, 0.75].map((part) => quantile(values, part)) as [
    number,
    number,
    number,
  ];
  return { n: values.length, q1, median, q3 };
}
