/**
 * Carries out calls, each from its arguments to its response, and keeps track of those in flight.
 *
 * @module
 */

import type { ResolvedConfig } from "./config.ts";
import { DenseSet, type Entry } from "./dense_set.ts";
import { isTransientHttpError } from "./errors/classification.ts";
import {
  isPrefactorHttpError,
  PrefactorApiError,
  PrefactorClientError,
  PrefactorNetworkError,
  PrefactorResponseContractError,
  PrefactorTimeoutError,
  type RequestSummary,
} from "./errors/errors.ts";
import { isNeverConnected } from "./errors/network_cause.ts";
import type { ApiResponseInfo, HttpRequestOptions } from "./http_requester.ts";
import { PendingCall } from "./pending_call.ts";
import { RetryBudget } from "./retry/budget.ts";
import { RetryHandler } from "./retry/retry_handler.ts";
import { isIdempotent, type PreparedRequest, prepareRequest, summarize } from "./transport/request.ts";
import { type Timeout, Timeouts } from "./transport/timeouts.ts";
import { type AttemptInfo, Transport } from "./transport/transport.ts";

/** The statuses that say that the server has not processed the request. */
const REFUSING_STATUSES: readonly number[] = [429, 503];

/** Carries out the calls of a client. */
export class Dispatcher {
  readonly #config: ResolvedConfig;
  readonly #timeouts = new Timeouts();
  readonly #transport: Transport;
  readonly #retryHandler: RetryHandler;
  readonly #retryBudget: RetryBudget;
  readonly #pending = new DenseSet<PendingCall>();
  #callCount = 0;
  #closed = false;
  #onIdle: (() => void)[] = [];

  /** Creates the dispatcher of a client. */
  constructor(config: ResolvedConfig) {
    this.#config = config;
    this.#transport = new Transport(config, this.#timeouts);
    this.#retryHandler = new RetryHandler(config);
    this.#retryBudget = new RetryBudget(config.retryBudget);
  }

  /** Sends a request, with retries. */
  async send(method: string, path: string, options: HttpRequestOptions): Promise<ApiResponseInfo> {
    const request = prepareRequest(this.#config, method, path, options);
    if (this.#closed) throw closedError();
    const { signal } = options;
    if (signal?.aborted) throw signal.reason;
    const call = new PendingCall(request, signal);
    const entry = this.#pending.add(call);
    const info = { callId: ++this.#callCount, attempt: 1, startedAt: Date.now() };
    const totalTimeout = request.totalTimeout === null ? undefined : this.#startTotalTimeout(call);
    const first = this.#transport.send(call, info);
    try {
      const response = await first;
      this.#retryBudget.giveBack(0);
      return response;
    } catch (error) {
      if (call.aborted) throw reasonOfAbort(call);
      try {
        call.lastError = error;
        if (request.maxRetries === 0 || !this.#isRetriable(error, request)) throw error;
        const response = await this.#retry(first, info, call);
        this.#retryBudget.giveBack(response.attempts - 1);
        return response;
      } catch (error) {
        throw call.aborted ? reasonOfAbort(call) : traceToCaller(error);
      }
    } finally {
      if (totalTimeout) this.#timeouts.delete(totalTimeout);
      this.#pending.delete(entry);
      if (this.#pending.size === 0) this.#onIdle.splice(0).forEach((resolve) => resolve());
      call.dispose();
    }
  }

  /**
   * Rejects new calls, aborts those that are still pending after the timeout, in ms, and resolves when all have
   * settled.
   */
  async close(timeout: number): Promise<void> {
    this.#closed = true;
    if (this.#pending.size > 0) {
      const idle = new Promise<void>((resolve) => this.#onIdle.push(resolve));
      const expire = () => {
        for (const { value: call } of this.#pending.entries()) call.abort(this.#closedError(call), true);
      };
      const abortAll = this.#timeouts.add({ due: 0, expire }, timeout);
      await idle;
      this.#timeouts.delete(abortAll);
    }
    this.#timeouts.close();
  }

  /** Retries a call whose first attempt has failed. Calls that succeed at once avoid the cost of the retry handler. */
  #retry(first: Promise<ApiResponseInfo>, info: AttemptInfo, call: PendingCall): Promise<ApiResponseInfo> {
    const { request } = call;
    let failedAt: number | undefined;
    let retries = 0;
    const response = this.#retryHandler.execute(async (attempt) => {
      const retry = failedAt !== undefined &&
        { error: call.lastError, delay: Math.max(0, Date.now() - failedAt) };
      try {
        return await (retry ? this.#transport.send(call, { ...info, attempt, retry }) : first);
      } catch (error) {
        call.lastError = error;
        failedAt = Date.now();
        throw error;
      }
    }, {
      isRetriable: (error) => this.#isRetriable(error, request),
      maxRetries: request.maxRetries,
      takeRetry: () => {
        const isTaken = this.#retryBudget.take();
        if (isTaken) retries++;
        return isTaken;
      },
      signal: call.signal,
    });
    return response.finally(() => retries >= call.attemptsSent && this.#retryBudget.giveBackUnsent());
  }

  /** Returns whether an error is transient and the request can safely be sent again. */
  #isRetriable(error: unknown, request: PreparedRequest): boolean {
    if (error instanceof PrefactorNetworkError) {
      return isTransientHttpError(error) && (isIdempotent(request) || isNeverConnected(error.cause));
    }
    if (!(error instanceof PrefactorApiError || error instanceof PrefactorResponseContractError)) {
      return false;
    }
    const { statusCode = 0 } = error;
    return this.#config.retryOnStatusCodes.has(statusCode) &&
      (isIdempotent(request) || REFUSING_STATUSES.includes(statusCode));
  }

  #startTotalTimeout(call: PendingCall): Entry<Timeout> {
    const timeout = call.request.totalTimeout!;
    const expire = () => {
      const { method, path } = summarize(call.request, this.#config.redactor);
      const message = `${method} ${path} timed out: no response within a totalTimeout of ${timeout} ms`;
      const options = {
        phase: "total",
        timeout,
        cause: call.lastError,
        request: this.#summaryOf(call),
      } as const;
      call.abort(new PrefactorTimeoutError(message, options), true);
    };
    return this.#timeouts.add({ due: 0, gracePeriod: 0, expire }, timeout);
  }

  #closedError(call: PendingCall): PrefactorClientError {
    if (!call.wasSent) return closedError();
    const message = "Cannot finish the request: the client was closed while it was in flight";
    return new PrefactorClientError(message, { request: this.#summaryOf(call) });
  }

  /** Returns the summary of the request for errors, if the request may have reached the server. */
  #summaryOf({ request, wasSent }: PendingCall): RequestSummary | undefined {
    return wasSent ? summarize(request, this.#config.redactor) : undefined;
  }
}

function closedError(): PrefactorClientError {
  return new PrefactorClientError("Cannot send the request: the client is closed");
}

function reasonOfAbort({ reason, isOwnReason }: PendingCall): unknown {
  return isOwnReason ? traceToCaller(reason) : reason;
}

/**
 * Captures the stack of an error again, so that it includes the caller. The attempt that created the error is not
 * awaited by the caller, but here V8 can follow the chain of `await`s.
 */
function traceToCaller(error: unknown): unknown {
  const { captureStackTrace } = Error as { captureStackTrace?: (error: object) => void };
  // A hook may have frozen the error.
  if (isPrefactorHttpError(error) && Object.isExtensible(error)) captureStackTrace?.(error);
  return error;
}
