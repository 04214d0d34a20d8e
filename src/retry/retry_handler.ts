/**
 * The retry policy.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { retry, RetryError } from "@std/async/retry";
import { ArgumentChecker } from "../arguments.ts";
import { type ResolvedRetryConfig, resolveRetryConfig, type RetryConfig } from "../config.ts";
import { isTransientHttpError } from "../errors/classification.ts";
import { dropBody, isPrefactorHttpError, PrefactorRetryExhaustedError } from "../errors/errors.ts";
import { reasonOf } from "../redaction.ts";

/** Options of {@linkcode RetryHandler.execute}. */
export interface RetryOptions {
  /** Returns whether an error is worth a retry. Defaults to `isTransientHttpError`. */
  isRetriable?: ((error: unknown) => boolean) | undefined;
  /** Aborts the retries. The promise then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** The maximum number of retries. Defaults to the handler's `maxRetries`. */
  maxRetries?: number | undefined;
  /** Takes a retry from a budget and returns whether one was left. Defaults to an unlimited budget. */
  takeRetry?: (() => boolean) | undefined;
}

/** The maximum random extension of a delay that the server asked for, as a fraction of it. */
const RETRY_AFTER_JITTER = 0.1;

/** The maximum number of errors in `failures`. */
const MAX_FAILURES = 10;

/**
 * Retries an operation until it succeeds, fails with an error that is not retriable, or runs out of retries.
 *
 * The delay before retry n (from 0) is `min(maxRetryDelay, initialRetryDelay * retryMultiplier ** n)` times a random
 * factor from 0.5 to 1. If the previous error has a `retryAfter` (in ms), the delay is at least that, extended by a
 * random tenth at most, but not beyond `maxRetryDelay`. If `retryAfter` exceeds `maxRetryDelay`, the handler gives up
 * immediately.
 *
 * @example
 * ```ts
 * import { PrefactorNetworkError, RetryHandler } from "@prefactor/http";
 *
 * const handler = new RetryHandler({ maxRetries: 2, initialRetryDelay: 10 });
 * const result = await handler.execute((attempt) => {
 *   if (attempt < 3) throw new PrefactorNetworkError("Connection refused");
 *   return `attempt ${attempt} succeeded`;
 * });
 * console.log(result); // attempt 3 succeeded
 * ```
 */
export class RetryHandler {
  readonly #config: ResolvedRetryConfig;

  /**
   * Creates a handler.
   *
   * @param config The number of retries and the delays between them, in ms. The defaults are those of
   * `HttpClientConfig`.
   * @throws {PrefactorClientError} If a field is invalid; the message names it.
   */
  constructor(config: RetryConfig = {}) {
    this.#config = resolveRetryConfig(config, new ArgumentChecker("create the retry handler"));
  }

  /**
   * Runs an operation, and retries it if it fails.
   *
   * @param operation The operation, called with the number of the attempt, from 1.
   * @param options Which errors are retried, how often, and what aborts the retries.
   * @returns The result of the operation.
   * @throws {PrefactorRetryExhaustedError} If the last retry failed, the server asks for a delay of more than
   * `maxRetryDelay`, or `takeRetry` returns false. With `maxRetries: 0`, and for an error that is not retriable, the
   * error itself is thrown; after an abort, the signal's reason.
   */
  async execute<T>(operation: (attempt: number) => T | Promise<T>, options: RetryOptions = {}): Promise<T> {
    const { initialRetryDelay, maxRetryDelay, retryMultiplier } = this.#config;
    const { maxRetries = this.#config.maxRetries, isRetriable = isTransientHttpError, signal } = options;
    const { takeRetry = () => true } = options;
    const failures: unknown[] = [];
    let attempts = 0;
    let serverDelay: Promise<void> | undefined;
    let reasonToGiveUp: string | undefined;

    try {
      return await retry(async () => {
        await serverDelay;
        if (signal?.aborted) throw signal.reason; // aborted since the delay ended
        try {
          return await operation(++attempts);
        } catch (error) {
          dropBody(failures.at(-1));
          failures.push(error);
          if (failures.length > MAX_FAILURES) failures.shift();
          throw error;
        }
      }, {
        maxAttempts: maxRetries + 1,
        minTimeout: initialRetryDelay,
        maxTimeout: maxRetryDelay,
        multiplier: retryMultiplier,
        jitter: 0.5,
        ...(signal && { signal }),
        isRetriable: (error) => {
          if (signal?.aborted || !isRetriable(error)) return false;
          if (attempts > maxRetries) return true; // `retry` gives up on its own
          const retryAfter = retryAfterOf(error);
          reasonToGiveUp = retryAfter > maxRetryDelay
            ? `the server asks for a delay of ${retryAfter} ms, more than maxRetryDelay, which is ${maxRetryDelay} ms`
            : takeRetry()
            ? undefined
            : "the retry budget of the client is used up";
          if (reasonToGiveUp !== undefined) return false;
          // `retry` has no option for the server's delay, so it runs in parallel with the backoff.
          if (retryAfter > 0) {
            const jitter = retryAfter * RETRY_AFTER_JITTER * Math.random();
            serverDelay = delay(Math.min(retryAfter + jitter, maxRetryDelay), signal && { signal });
            serverDelay.catch(() => {}); // `retry` reports the abort
          }
          return true;
        },
      });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const lastError = failures.at(-1);
      // The operation itself may have thrown a RetryError.
      const isExhausted = error instanceof RetryError && error !== lastError;
      if (maxRetries === 0 || !isExhausted && reasonToGiveUp === undefined) throw lastError;
      const summary = reasonToGiveUp === undefined
        ? `Gave up after ${attempts} attempts`
        : `Cannot retry: ${reasonToGiveUp}`;
      throw new PrefactorRetryExhaustedError(`${summary}: ${reasonOf(lastError)}`, lastError, attempts, {
        failures,
        request: isPrefactorHttpError(lastError) ? lastError.request : undefined,
      });
    }
  }
}

/** Returns the delay that the server asked for, in ms, or 0. */
function retryAfterOf(error: unknown): number {
  return isPrefactorHttpError(error) && "retryAfter" in error ? error.retryAfter ?? 0 : 0;
}
