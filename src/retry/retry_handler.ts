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
import { isPrefactorHttpError, PrefactorRetryExhaustedError } from "../errors/errors.ts";
import { reasonOf } from "../redaction.ts";

/** Options of {@linkcode RetryHandler.execute}. */
export interface RetryOptions {
  /** Returns whether an error is worth a retry. Defaults to `isTransientHttpError`. */
  isRetriable?: ((error: unknown) => boolean) | undefined;
  /** Aborts the wait; the promise then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** The maximum number of retries. Defaults to the handler's `maxRetries`. */
  maxRetries?: number | undefined;
}

/**
 * Retries an operation until it succeeds, fails with an error that is not retriable, or runs out of retries.
 *
 * The delay before retry n (from 0) is `min(maxRetryDelay, initialRetryDelay * retryMultiplier ** n)` times a random
 * factor from 0.5 to 1, and never less than the `retryAfter` (ms) of the previous error. If `retryAfter` is more than
 * `maxRetryDelay`, the handler gives up at once.
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
   * @param config The number of retries and the delays between them, in ms. Each field defaults as in `HttpClientConfig`.
   * @throws {PrefactorClientError} If a field is invalid; the message names it.
   */
  constructor(config: RetryConfig = {}) {
    this.#config = resolveRetryConfig(config, new ArgumentChecker("create the retry handler"));
  }

  /**
   * Runs an operation and retries it.
   *
   * @param operation The operation, called with the number of the attempt, from 1.
   * @param options Which errors are retried, how often, and what aborts the wait.
   * @returns The result of the operation.
   * @throws {PrefactorRetryExhaustedError} If the last retry failed. With `maxRetries: 0`, and for an error that is
   * not retriable, the error itself is thrown; on an abort, the signal's reason.
   */
  async execute<T>(operation: (attempt: number) => T | Promise<T>, options: RetryOptions = {}): Promise<T> {
    const { initialRetryDelay, maxRetryDelay, retryMultiplier } = this.#config;
    const { maxRetries = this.#config.maxRetries, isRetriable = isTransientHttpError, signal } = options;
    let attempts = 0;
    let lastError: unknown;
    let serverDelay: Promise<void> | undefined;
    let isDelayTooLong = false;

    try {
      return await retry(async () => {
        await serverDelay;
        try {
          return await operation(++attempts);
        } catch (error) {
          lastError = error;
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
          const retryAfter = retryAfterOf(error);
          isDelayTooLong = retryAfter > maxRetryDelay;
          if (isDelayTooLong) return false;
          // `retry` has no option for it, so the server's delay runs beside the backoff.
          if (retryAfter > 0 && attempts <= maxRetries) {
            serverDelay = delay(retryAfter, signal && { signal });
            serverDelay.catch(() => {}); // `retry` reports the abort
          }
          return true;
        },
      });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      // The operation may have thrown a RetryError of its own.
      const isExhausted = error instanceof RetryError && error !== lastError;
      if (maxRetries === 0 || !isExhausted && !isDelayTooLong) throw lastError;
      const reason = reasonOf(lastError);
      throw new PrefactorRetryExhaustedError(
        isDelayTooLong
          ? `Cannot retry: the server asks for a delay of ${
            retryAfterOf(lastError)
          } ms, more than maxRetryDelay, which is ${maxRetryDelay} ms: ${reason}`
          : `Gave up after ${attempts} attempts: ${reason}`,
        lastError,
        attempts,
      );
    }
  }
}

/** Returns the delay that the server asked for, in ms, or 0. */
function retryAfterOf(error: unknown): number {
  return isPrefactorHttpError(error) ? (error as { retryAfter?: number }).retryAfter ?? 0 : 0;
}
