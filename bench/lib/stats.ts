/**
 * Medians with confidence intervals.
 *
 * @module
 */

/** A median with its 95 % confidence interval. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Number of values. */
  readonly count: number;
}

/** Returns the median of the values. The interval comes from order statistics and assumes no distribution. */
export function estimate(values: readonly number[]): Estimate {
  const sorted = values.toSorted((a, b) => a - b);
  const { length: count } = sorted;
  const cut = Math.max(0, Math.floor(count / 2 - 0.98 * Math.sqrt(count)));
  const middle = count >> 1;
  const median = count % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, low: sorted[cut]!, high: sorted[count - 1 - cut]!, count };
}
