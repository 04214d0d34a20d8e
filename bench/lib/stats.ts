/**
 * Medians and how far to trust them.
 *
 * @module
 */

/** A median, and the interval in which it lies with 95 % certainty. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** How many values it comes from. */
  readonly count: number;
}

/** The median of the values; the interval is that of the order statistics, which asks nothing of their spread. */
export function estimate(values: readonly number[]): Estimate {
  const sorted = values.toSorted((a, b) => a - b);
  const { length: count } = sorted;
  const cut = Math.max(0, Math.floor(count / 2 - 0.98 * Math.sqrt(count)));
  const middle = count >> 1;
  const median = count % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, low: sorted[cut]!, high: sorted[count - 1 - cut]!, count };
}
