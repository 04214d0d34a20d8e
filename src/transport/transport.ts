/**
 * Makes a single attempt: waits for a slot, sends the request and decodes the response.
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
  isBytes,
  isRedirect,
  parseBody,
  problemOf,
  readBody,
  requestIdOf,
  responseError,
  successOf,
  UNREAD,
  unusableResponseError,
} from "./response.ts";
import { Semaphore, type Ticket } from "./semaphore.ts";
import { Sender } from "./sender.ts";
import type { Timeout, Timeouts } from "./timeouts.ts";

/** The facts about its call that an attempt needs. */
export interface AttemptInfo {
  /** The number of the call within its client. */
  readonly callId: number;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** The start of the first attempt, in ms since the epoch. */
  readonly startedAt: number;
  /** The error of the previous attempt, and the time since, in ms. */
  readonly retry?: { readonly error: unknown; readonly delay: number };
}

/** The objects that all attempts of a client share. */
interface Shared {
  readonly config: ResolvedConfig;
  readonly timeouts: Timeouts;
  readonly semaphore: Semaphore;
  readonly sender: Sender;
}

/** Sends single attempts, within the concurrency limit. Nothing else calls `fetch`. */
export class Transport {
  readonly #shared: Shared;

  /** Creates the transport of a client; the timeouts of its attempts share a timer with those of their calls. */
  constructor(config: ResolvedConfig, timeouts: Timeouts) {
    const semaphore = new Semaphore(config.maxConcurrency, timeouts);
    this.#shared = { config, timeouts, semaphore, sender: new Sender(config) };
  }

  /** Sends one attempt as soon as a slot is free. Retries have priority. */
  send(call: PendingCall, info: AttemptInfo): Promise<ApiResponseInfo> {
    const ticket = this.#shared.semaphore.acquire(info.retry !== undefined);
    return ticket ? this.#sendInTurn(ticket, call, info) : this.#attempt(call, info);
  }

  async #sendInTurn(ticket: Ticket, call: PendingCall, info: AttemptInfo): Promise<ApiResponseInfo> {
    call.stage = ticket;
    await ticket.ready;
    return await this.#attempt(call, info);
  }

  #attempt(call: PendingCall, info: AttemptInfo): Promise<ApiResponseInfo> {
    const attempt = new Attempt(this.#shared, call.request, info);
    call.stage = attempt;
    if (call.aborted) attempt.cancel(call.reason);
    else {
      call.attemptsSent = info.attempt;
      attempt.run();
    }
    return attempt.response;
  }
}

/**
 * An attempt in flight. It settles when its response has been read or has failed. If it is canceled or times out, it
 * settles immediately, even if `fetch` ignores its signal.
 */
class Attempt implements Cancelable, Timeout {
  due = 0;
  gracePeriod = 0;
  /** Settles with the result of the attempt. */
  readonly response: Promise<ApiResponseInfo>;
  readonly #shared: Shared;
  readonly #request: PreparedRequest;
  readonly #info: AttemptInfo;
  readonly #controller = new AbortController();
  #resolve!: (response: ApiResponseInfo) => void;
  #reject!: (reason: unknown) => void;
  #timeout: Entry<Timeout>;
  #phase: "connect" | "request";
  #hasHeaders = false;
  #ended = false;
  /** The time at which `onRequest` was called, in ms since the epoch, or `undefined` if it was not. */
  #notifiedAt: number | undefined;

  constructor(shared: Shared, request: PreparedRequest, info: AttemptInfo) {
    this.#shared = shared;
    this.#request = request;
    this.#info = info;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { timeout, connectTimeout } = request;
    this.#phase = connectTimeout !== null && connectTimeout < timeout ? "connect" : "request";
    this.#timeout = shared.timeouts.add(this, this.#phase === "connect" ? connectTimeout! : timeout);
  }

  /** Sends the request and settles the promise with the result. */
  async run(): Promise<void> {
    const { config: { hooks, maxResponseBytes, redactor }, sender } = this.#shared;
    const { method } = this.#request;
    const { signal } = this.#controller;
    try {
      if (hooks) this.#notifyStart(hooks);
      if (signal.aborted) return; // aborted by a hook
      const response = await sender.send(this.#request, signal);
      const problem = problemOf(response);
      if (problem !== undefined) return this.#fail(unusableResponseError(problem, this.#summary));
      this.#hasHeaders = true;
      const isReadable = !signal.aborted && !isRedirect(response);
      const bytes = isReadable ? await readBody(response, maxResponseBytes, signal) : discard(response);
      if (signal.aborted) return;
      if (bytes !== UNREAD && !isBytes(bytes)) {
        return this.#fail(unusableResponseError("its body is not bytes", this.#summary));
      }

      const { status: statusCode } = response;
      const requestId = requestIdOf(response, redactor);
      if (hooks) this.#notifyResponse(hooks, statusCode, requestId);
      // An earlier attempt may have deleted the resource, so a 404 counts as success.
      const isGone = method === "DELETE" && statusCode === 404 && this.#info.attempt > 1;
      const isComplete = bytes !== UNREAD && bytes.byteLength <= maxResponseBytes;
      const parsed = isComplete ? parseBody(bytes) : undefined;
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
      this.#timeout = this.#shared.timeouts.add(this, requestTimeout - connectTimeout!);
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
    const { hooks } = this.#shared.config;
    if (hooks && this.#notifiedAt !== undefined) {
      notify(hooks, "onError", { ...this.#event, error, duration: this.#duration });
    }
  }

  /** Releases the slot and deletes the timeout. Runs once, however the attempt ends. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#shared.timeouts.delete(this.#timeout);
    this.#shared.semaphore.release();
  }

  /** Pauses all calls after a 429, which applies to the whole client, until its `Retry-After` has passed. */
  #pauseAfter429(error: PrefactorHttpError): void {
    const { statusCode, retryAfter = 0 } = error as { statusCode?: number; retryAfter?: number };
    if (statusCode === 429 && retryAfter > 0 && retryAfter <= this.#shared.config.maxRetryDelay) {
      this.#shared.semaphore.pause(retryAfter);
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
    return summarize(this.#request, this.#shared.config.redactor);
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
