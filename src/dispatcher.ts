/**
 * One call from its arguments to its response, and everything that is under way.
 *
 * @module
 */

import type { ResolvedConfig } from "./config.ts";
import { DenseSet } from "./dense_set.ts";
import {
  PrefactorApiError,
  PrefactorClientError,
  PrefactorNetworkError,
  PrefactorResponseContractError,
} from "./errors/errors.ts";
import type { ApiResponseInfo, HttpRequestOptions } from "./http_requester.ts";
import { PendingCall } from "./pending_call.ts";
import { RetryHandler } from "./retry/retry_handler.ts";
import { type PreparedRequest, prepareRequest } from "./transport/request.ts";
import { Timeouts } from "./transport/timeouts.ts";
import { Transport } from "./transport/transport.ts";

/** Carries out the calls of a client and closes when they have settled. */
export class Dispatcher {
  readonly #config: ResolvedConfig;
  readonly #timeouts = new Timeouts();
  readonly #transport: Transport;
  readonly #retryHandler: RetryHandler;
  readonly #pending = new DenseSet<PendingCall>();
  #closed = false;
  #onIdle: (() => void)[] = [];

  /** Creates the dispatcher of a client. */
  constructor(config: ResolvedConfig) {
    this.#config = config;
    this.#transport = new Transport(config, this.#timeouts);
    this.#retryHandler = new RetryHandler(config);
  }

  /** Sends a request, with retries. */
  async send(method: string, path: string, options: HttpRequestOptions): Promise<ApiResponseInfo> {
    const request = prepareRequest(this.#config, method, path, options);
    if (this.#closed) throw closedError();
    const { signal } = options;
    if (signal?.aborted) throw signal.reason;
    const call = new PendingCall(signal);
    const entry = this.#pending.add(call);
    const startedAt = Date.now();
    const first = this.#transport.send(request, { attempt: 1, startedAt }, call);
    try {
      return await first;
    } catch (error) {
      if (call.aborted) throw call.reason;
      if (request.maxRetries === 0 || !this.#isRetriable(error)) throw error;
      return await this.#retry(first, startedAt, request, call);
    } finally {
      this.#pending.delete(entry);
      if (this.#pending.size === 0) this.#onIdle.splice(0).forEach((resolve) => resolve());
      call.dispose();
    }
  }

  /** Refuses new calls, aborts those still pending after the timeout, in ms, and resolves when all have settled. */
  async close(timeout: number): Promise<void> {
    this.#closed = true;
    if (this.#pending.size > 0) {
      const idle = new Promise<void>((resolve) => this.#onIdle.push(resolve));
      const expire = () => {
        for (const { value: call } of this.#pending.entries()) call.abort(closedError());
      };
      const abortAll = this.#timeouts.add({ due: 0, expire }, timeout);
      await idle;
      this.#timeouts.delete(abortAll);
    }
    this.#timeouts.close();
  }

  /** Retries a call whose first attempt has failed. Calls that succeed at once never pay for the retry handler. */
  #retry(
    first: Promise<ApiResponseInfo>,
    startedAt: number,
    request: PreparedRequest,
    call: PendingCall,
  ): Promise<ApiResponseInfo> {
    let failure: { error: unknown; at: number } | undefined;
    return this.#retryHandler.execute(async (attempt) => {
      const retry = failure && { error: failure.error, delay: Math.max(0, Date.now() - failure.at) };
      try {
        return await (retry ? this.#transport.send(request, { attempt, startedAt, retry }, call) : first);
      } catch (error) {
        failure = { error, at: Date.now() };
        throw error;
      }
    }, {
      isRetriable: (error) => this.#isRetriable(error),
      maxRetries: request.maxRetries,
      signal: call.signal,
    });
  }

  /** Returns whether an error is a network failure, a timeout, or a response whose status is to be retried. */
  #isRetriable(error: unknown): boolean {
    if (error instanceof PrefactorNetworkError) return true;
    return (error instanceof PrefactorApiError || error instanceof PrefactorResponseContractError) &&
      this.#config.retryOnStatusCodes.has(error.statusCode ?? 0);
  }
}

function closedError(): PrefactorClientError {
  return new PrefactorClientError("Cannot send the request: the client is closed");
}
