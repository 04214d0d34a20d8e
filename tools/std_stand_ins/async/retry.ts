/**
 * Stands in for `@std/async/retry`.
 *
 * @module
 */
import { delay } from "./delay.ts";

/** Error that {@linkcode retry} throws when every attempt failed. Its `cause` is the error of the last one. */
export class RetryError extends Error {
  /** Creates the error from what the last attempt threw and the maximum number of attempts. */
  constructor(cause: unknown, attempts: number) {
    super(`Retrying exceeded the maxAttempts (${attempts}).`, { cause });
    this.name = "RetryError";
  }
}

/** Options of {@linkcode retry}. */
export interface RetryOptions {
  /** Factor by which each wait is longer than the one before. Defaults to 2. */
  multiplier?: number;
  /** Longest wait, in ms. Defaults to 60000. */
  maxTimeout?: number;
  /** Maximum number of attempts. Defaults to 5. */
  maxAttempts?: number;
  /** First wait, in ms. Defaults to 1000. */
  minTimeout?: number;
  /** Random share of each wait, from 0 to 1. Defaults to 1. */
  jitter?: number;
  /** Returns whether to try again after this error. Defaults to always. */
  isRetriable?: (err: unknown) => boolean;
  /** Stops the retries when it aborts: the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Calls `fn` until it succeeds, with exponential backoff between the attempts. */
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

  check(
    Number.isInteger(maxAttempts) && maxAttempts >= 1,
    "maxAttempts",
    "a positive integer",
    maxAttempts,
  );
  check(
    Number.isFinite(multiplier) && multiplier >= 1,
    "multiplier",
    "a finite number >= 1",
    multiplier,
  );
  check(maxTimeout > 0, "maxTimeout", "a positive number", maxTimeout);
  check(minTimeout >= 0, "minTimeout", ">= 0", minTimeout);
  if (minTimeout > maxTimeout) {
    throw new RangeError(
      `Cannot retry as 'minTimeout' must be <= 'maxTimeout': ` +
        `current values 'minTimeout=${minTimeout}', 'maxTimeout=${maxTimeout}'`,
    );
  }
  check(jitter >= 0 && jitter <= 1, "jitter", "between 0 and 1", jitter);

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

function check(
  holds: boolean,
  option: string,
  expected: string,
  current: number,
): void {
  if (holds) return;
  throw new RangeError(
    `Cannot retry as '${option}' must be ${expected}: current value is ${current}`,
  );
}
