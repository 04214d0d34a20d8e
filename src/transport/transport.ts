/**
 * A single attempt: wait for a slot, send, decode.
 *
 * @module
 */

import type { ResolvedConfig } from "../config.ts";
import type { Entry } from "../dense_set.ts";
import { type PrefactorHttpError, PrefactorTimeoutError, type RequestSummary } from "../errors/errors.ts";
import { type ClientHooks, notify } from "../hooks.ts";
import type { ApiResponseInfo } from "../http_requester.ts";
import type { Cancelable, PendingCall } from "../pending_call.ts";
import { networkError } from "./network_error.ts";
import { type PreparedRequest, summarize } from "./request.ts";
import {
  discard,
  isRedirect,
  NOT_BYTES,
  parseBody,
  problemOf,
  readBytes,
  requestIdOf,
  responseError,
  successOf,
  unusableResponseError,
} from "./response.ts";
import { Semaphore, type Ticket } from "./semaphore.ts";
import type { Timeout, Timeouts } from "./timeouts.ts";

/** What an attempt knows about its call. */
export interface AttemptInfo {
  /** The number of the call within its client. */
  readonly callId: number;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** The start of the first attempt, in ms since the epoch. */
  readonly startedAt: number;
  /** The failure before this attempt, and the time since, in ms. */
  readonly retry?: { readonly error: unknown; readonly delay: number };
}

/** Sends single attempts under the concurrency limit; nothing else calls `fetch`. */
export class Transport {
  readonly #config: ResolvedConfig;
  readonly #timeouts: Timeouts;
  readonly #semaphore: Semaphore;

  /** Creates the transport of a client; the timeouts of its attempts share a timer with those of their calls. */
  constructor(config: ResolvedConfig, timeouts: Timeouts) {
    this.#config = config;
    this.#timeouts = timeouts;
    this.#semaphore = new Semaphore(config.maxConcurrency, timeouts);
  }

  /** Sends one attempt as soon as there is a slot; retries go first. */
  send(request: PreparedRequest, info: AttemptInfo, call: PendingCall): Promise<ApiResponseInfo> {
    const ticket = this.#semaphore.acquire(info.retry !== undefined);
    return ticket ? this.#sendInTurn(ticket, request, info, call) : this.#attempt(request, info, call);
  }

  async #sendInTurn(
    ticket: Ticket,
    request: PreparedRequest,
    info: AttemptInfo,
    call: PendingCall,
  ): Promise<ApiResponseInfo> {
    call.stage = ticket;
    await ticket.ready;
    return await this.#attempt(request, info, call);
  }

  #attempt(request: PreparedRequest, info: AttemptInfo, call: PendingCall): Promise<ApiResponseInfo> {
    return new Promise((resolve, reject) => {
      const attempt = new Attempt(
        this.#config,
        request,
        info,
        this.#semaphore,
        this.#timeouts,
        resolve,
        reject,
      );
      call.stage = attempt;
      if (call.aborted) attempt.cancel(call.reason);
      else {
        call.attemptsSent = info.attempt;
        attempt.run();
      }
    });
  }
}

/**
 * An attempt under way. It settles when its response has been read or has failed, and at once when it is canceled or
 * times out, even if `fetch` ignores its signal.
 */
class Attempt implements Cancelable, Timeout {
  due = 0;
  grace = 0;
  readonly #config: ResolvedConfig;
  readonly #request: PreparedRequest;
  readonly #info: AttemptInfo;
  readonly #semaphore: Semaphore;
  readonly #timeouts: Timeouts;
  readonly #resolve: (response: ApiResponseInfo) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #controller = new AbortController();
  #timeout: Entry<Timeout>;
  #phase: "connect" | "request";
  #hasHeaders = false;
  #ended = false;
  /** The time of `onRequest`, in ms since the epoch; `undefined` before it and without hooks. */
  #notifiedAt: number | undefined;

  constructor(
    config: ResolvedConfig,
    request: PreparedRequest,
    info: AttemptInfo,
    semaphore: Semaphore,
    timeouts: Timeouts,
    resolve: (response: ApiResponseInfo) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#config = config;
    this.#request = request;
    this.#info = info;
    this.#semaphore = semaphore;
    this.#timeouts = timeouts;
    this.#resolve = resolve;
    this.#reject = reject;
    const { timeout, connectTimeout } = request;
    this.#phase = connectTimeout !== null && connectTimeout < timeout ? "connect" : "request";
    this.#timeout = timeouts.add(this, this.#phase === "connect" ? connectTimeout! : timeout);
  }

  /** Sends the request and settles the promise with the result. */
  async run(): Promise<void> {
    const { fetch = globalThis.fetch, hooks, maxResponseBytes, redactor } = this.#config;
    const { method, url, headers, body } = this.#request;
    const { signal } = this.#controller;
    try {
      if (hooks) this.#notifyStart(hooks);
      if (signal.aborted) return; // by a hook
      const response = await fetch(url, {
        method,
        headers: { ...headers },
        body,
        signal,
        redirect: "manual",
      });
      const problem = problemOf(response);
      if (problem !== undefined) return this.#fail(unusableResponseError(problem, this.#summary));
      this.#hasHeaders = true;
      const isReadable = !signal.aborted && !isRedirect(response);
      const bytes = isReadable ? await readBytes(response, maxResponseBytes, signal) : discard(response);
      if (signal.aborted) return;
      if (bytes === NOT_BYTES) {
        return this.#fail(unusableResponseError("its body is not bytes", this.#summary));
      }

      const { status: statusCode } = response;
      const requestId = requestIdOf(response, redactor);
      if (hooks) this.#notifyResponse(hooks, statusCode, requestId);
      // If an earlier attempt may have deleted the resource, a 404 means that it is gone.
      const isGone = method === "DELETE" && statusCode === 404 && this.#info.attempt > 1;
      const parsed = bytes && parseBody(bytes);
      const result = isGone ? {} : response.ok && parsed ? successOf(method, statusCode, parsed) : undefined;
      if (!result) {
        const error = responseError(this.#request, response, parsed, maxResponseBytes, redactor);
        this.#pauseAfter429(error);
        return this.#fail(error);
      }
      this.#end();
      this.#resolve({
        statusCode,
        headers: response.headers,
        requestId,
        body: result,
        attempts: this.#info.attempt,
        duration: Math.max(0, Date.now() - this.#info.startedAt),
      });
    } catch (error) {
      this.#fail(networkError(this.#request, error, redactor));
    }
  }

  cancel(reason: unknown): void {
    this.#fail(reason);
    this.#controller.abort(reason);
  }

  expire(): void {
    const { timeout: requestTimeout, connectTimeout } = this.#request;
    if (this.#phase === "connect" && this.#hasHeaders) {
      this.#phase = "request";
      this.#timeout = this.#timeouts.add(this, requestTimeout - connectTimeout!);
      return;
    }
    const phase = this.#phase;
    const timeout = phase === "connect" ? connectTimeout! : requestTimeout;
    const missing = phase === "connect" ? "response headers" : "complete response";
    const request = this.#summary;
    const message = `${request.method} ${request.path} timed out: no ${missing} within ${timeout} ms`;
    this.cancel(new PrefactorTimeoutError(message, { phase, timeout, request }));
  }

  #fail(error: unknown): void {
    if (this.#ended) return;
    this.#end();
    this.#reject(error);
    const { hooks } = this.#config;
    if (hooks && this.#notifiedAt !== undefined) {
      notify(hooks, "onError", { ...this.#event, error, duration: this.#duration });
    }
  }

  /** Gives back the slot and deletes the timeout, once, however the attempt ends. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timeouts.delete(this.#timeout);
    this.#semaphore.release();
  }

  /** A 429 is about the client, not about the call, so no other call is sent before its `Retry-After`. */
  #pauseAfter429(error: PrefactorHttpError): void {
    const { statusCode, retryAfter = 0 } = error as { statusCode?: number; retryAfter?: number };
    if (statusCode === 429 && retryAfter > 0 && retryAfter <= this.#config.maxRetryDelay) {
      this.#semaphore.pause(retryAfter);
    }
  }

  #notifyStart(hooks: ClientHooks): void {
    const { retry } = this.#info;
    if (retry) notify(hooks, "onRetry", { ...this.#event, ...retry });
    if (this.#ended) return; // aborted by the hook
    this.#notifiedAt = Date.now();
    notify(hooks, "onRequest", this.#event);
  }

  #notifyResponse(hooks: ClientHooks, statusCode: number, requestId: string | undefined): void {
    const event = { ...this.#event, statusCode, duration: this.#duration };
    notify(hooks, "onResponse", requestId === undefined ? event : { ...event, requestId });
  }

  get #summary(): RequestSummary {
    return summarize(this.#request, this.#config.redactor);
  }

  get #event(): { callId: number; method: string; path: string; attempt: number } {
    const { method, path } = this.#summary;
    const { callId, attempt } = this.#info;
    return { callId, method, path, attempt };
  }

  get #duration(): number {
    return Math.max(0, Date.now() - this.#notifiedAt!);
  }
}
