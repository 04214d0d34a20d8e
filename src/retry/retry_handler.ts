/**
 * When an operation is tried again, and how long after.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { retry, RetryError } from "@std/async/retry";
import { ArgumentChecker } from "../arguments.ts";
import type { ResolvedRetryConfig, RetryConfig } from "../config.ts";
import { resolveRetryConfig } from "../config.ts";
import { isTransientHttpError } from "../errors/classification.ts";
import { reasonOf, Redactor } from "../redaction.ts";
import { isPrefactorHttpError, PrefactorRetryExhaustedError } from "../errors/errors.ts";

/** What {@linkcode RetryHandler.execute} can be told. */
export interface RetryOptions {
  /** Whether an error is worth another attempt; `isTransientHttpError` by default. */
  isRetriable?: ((error: unknown) => boolean) | undefined;
  /** Stops the wait at once when it aborts; the promise then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Tries an operation until it succeeds, fails for good, or has failed often enough.
 *
 * The wait before retry n (from 0) is `min(maxRetryDelay, initialRetryDelay * retryMultiplier ** n)` times a
 * random factor from 0.5 to 1, and never less than the `retryAfter` (ms) of the error that came before. Where
 * that is more than `maxRetryDelay`, the handler gives up at once.
 *
 * @example
 * ```ts
 * import { PrefactorNetworkError, RetryHandler } from "@prefactor/http";
 *
 * const handler = new RetryHandler({ maxRetries: 2, initialRetryDelay: 10 });
 * let attempts = 0;
 * const answer = await handler.execute(() => {
 *   attempts++;
 *   if (attempts < 3) throw new PrefactorNetworkError("Connection refused");
 *   return "at last";
 * });
 * console.log(answer, attempts); // at last 3
 * ```
 */
export class RetryHandler {
  readonly #config: ResolvedRetryConfig;

  /**
   * Makes a handler; what is left out has the default of `HttpClientConfig`.
   *
   * @param config The retries and the waits between them, in ms.
   * @throws {PrefactorClientError} Where a field is wrong; the message names it.
   */
  constructor(config: RetryConfig = {}) {
    this.#config = resolveRetryConfig(
      config,
      new ArgumentChecker("make the retry handler", new Redactor("")),
    );
  }

  /**
   * Runs the operation, again and again if need be.
   *
   * @param operation What to run.
   * @param options What is worth another attempt, and what stops it.
   * @returns What the operation gives in the end.
   * @throws {PrefactorRetryExhaustedError} After the last attempt. With `maxRetries: 0`, and for an error that
   * is not retriable, the error itself; on an abort, the signal's reason.
   */
  async execute<T>(operation: () => T | Promise<T>, options: RetryOptions = {}): Promise<T> {
    const { maxRetries, initialRetryDelay, maxRetryDelay, retryMultiplier } = this.#config;
    const { isRetriable = isTransientHttpError, signal } = options;
    let attempts = 0;
    let serverWait: Promise<void> | undefined;
    let waitTooLong = false;

    try {
      return await retry(async () => {
        await serverWait;
        attempts++;
        return await operation();
      }, {
        maxAttempts: maxRetries + 1,
        minTimeout: initialRetryDelay,
        maxTimeout: maxRetryDelay,
        multiplier: retryMultiplier,
        jitter: 0.5,
        ...(signal && { signal }),
        isRetriable: (error) => {
          if (signal?.aborted || !isRetriable(error)) return false;
          const wait = retryAfterOf(error);
          waitTooLong = wait > maxRetryDelay;
          if (waitTooLong) return false;
          // `retry` knows nothing of it: it runs beside the backoff, and the next attempt waits for its end.
          if (wait > 0 && attempts <= maxRetries) {
            serverWait = delay(wait, signal && { signal });
            serverWait.catch(() => {}); // an abort is told by `retry` itself
          }
          return true;
        },
      });
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const exhausted = error instanceof RetryError && attempts > maxRetries;
      const lastError = exhausted ? error.cause : error;
      if (maxRetries === 0 || !exhausted && !waitTooLong) throw lastError;
      const reason = reasonOf(lastError);
      throw new PrefactorRetryExhaustedError(
        waitTooLong
          ? `Cannot try again: the server asks for a wait of ${
            retryAfterOf(lastError)
          } ms, more than maxRetryDelay, which is ${maxRetryDelay} ms: ${reason}`
          : `Gave up after ${attempts} attempts: ${reason}`,
        lastError,
        attempts,
      );
    }
  }
}

/** How long the server asked to wait, in ms; 0 where it did not say. */
function retryAfterOf(error: unknown): number {
  return isPrefactorHttpError(error) ? (error as { retryAfter?: number }).retryAfter ?? 0 : 0;
}
