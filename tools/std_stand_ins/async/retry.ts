/**
 * Stands in for `@std/async/retry`.
 *
 * @module
 */
import { delay } from "./delay.ts";

/** Says that every attempt failed; the error of the last one is its `cause`. */
export class RetryError extends Error {
  /** Takes what the last attempt threw, and how many attempts were allowed. */
  constructor(cause: unknown, attempts: number) {
    super(`Retrying exceeded the maxAttempts (${attempts}).`, { cause });
    this.name = "RetryError";
  }
}

/** Options of {@linkcode retry}. */
export interface RetryOptions {
  /** How much longer each wait is than the one before: 2 by default. */
  multiplier?: number;
  /** The longest wait, in milliseconds: 60000 by default. */
  maxTimeout?: number;
  /** How often to try at most: 5 by default. */
  maxAttempts?: number;
  /** The first wait, in milliseconds: 1000 by default. */
  minTimeout?: number;
  /** The share of each wait that is left to chance, from 0 to 1: 1 by default. */
  jitter?: number;
  /** Whether to try again after this error: always, by default. */
  isRetriable?: (err: unknown) => boolean;
  /** Ends the retries: the promise then rejects with the reason of the signal. */
  signal?: AbortSignal;
}

/** Calls `fn` until it succeeds, with growing waits between the attempts. */
export async function retry<T>(
  fn: (() => Promise<T>) | (() => T),
  options: RetryOptions = {},
): Promise<T> {
  const {
    multiplier = 2,
    maxTimeout = 60_000,
    maxAttempts = 5,
    minTimeout = 1_000,
    jitter = 1,
    isRetriable = () => true,
    signal,
  } = options;

  demand(
    Number.isInteger(maxAttempts) && maxAttempts >= 1,
    "maxAttempts",
    "a positive integer",
    maxAttempts,
  );
  demand(
    Number.isFinite(multiplier) && multiplier >= 1,
    "multiplier",
    "a finite number >= 1",
    multiplier,
  );
  demand(maxTimeout > 0, "maxTimeout", "a positive number", maxTimeout);
  demand(minTimeout >= 0, "minTimeout", ">= 0", minTimeout);
  if (minTimeout > maxTimeout) {
    throw new RangeError(
      `Cannot retry as 'minTimeout' must be <= 'maxTimeout': ` +
        `current values 'minTimeout=${minTimeout}', 'maxTimeout=${maxTimeout}'`,
    );
  }
  demand(jitter >= 0 && jitter <= 1, "jitter", "between 0 and 1", jitter);

  for (let failures = 0;; failures++) {
    signal?.throwIfAborted();
    try {
      return await fn();
    } catch (error) {
      if (!isRetriable(error)) throw error;
      if (failures + 1 === maxAttempts) {
        throw new RetryError(error, maxAttempts);
      }
    }
    const backoff = Math.min(maxTimeout, minTimeout * multiplier ** failures);
    await delay(
      (1 - jitter * Math.random()) * backoff,
      signal ? { signal } : {},
    );
  }
}

function demand(
  met: boolean,
  option: string,
  wanted: string,
  current: number,
): void {
  if (met) return;
  throw new RangeError(
    `Cannot retry as '${option}' must be ${wanted}: current value is ${current}`,
  );
}
