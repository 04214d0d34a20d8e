/**
 * A single attempt: wait for a slot, send, decode.
 *
 * @module
 */

import type { ResolvedConfig } from "../config.ts";
import type { Entry } from "../dense_set.ts";
import {
  isPrefactorHttpError,
  PrefactorClientError,
  type PrefactorHttpError,
  PrefactorNetworkError,
  PrefactorTimeoutError,
} from "../errors/errors.ts";
import { type ClientHooks, notify } from "../hooks.ts";
import type { ApiResponseInfo } from "../http_requester.ts";
import type { Cancelable, PendingCall } from "../pending_call.ts";
import { reasonOf, type Redactor } from "../redaction.ts";
import type { PreparedRequest } from "./request.ts";
import { discard, isRedirect, parseSuccess, readBytes, requestIdOf, responseError } from "./response.ts";
import { Semaphore, type Ticket } from "./semaphore.ts";
import type { Timeout, Timeouts } from "./timeouts.ts";

/** What an attempt knows about its call. */
export interface AttemptInfo {
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
    this.#semaphore = new Semaphore(config.maxConcurrency);
  }

  /** Sends one attempt as soon as there is a slot. */
  send(request: PreparedRequest, info: AttemptInfo, call: PendingCall): Promise<ApiResponseInfo> {
    const ticket = this.#semaphore.acquire();
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
      const attempt = new Attempt(request, this.#semaphore, this.#timeouts, resolve, reject);
      call.stage = attempt;
      if (call.aborted) attempt.cancel(call.reason);
      else attempt.run(info, this.#config);
    });
  }
}

/**
 * An attempt under way. It settles when its response has been read or has failed, and at once when it is canceled or
 * times out, even if `fetch` ignores its signal.
 */
class Attempt implements Cancelable, Timeout {
  due = 0;
  readonly #request: PreparedRequest;
  readonly #semaphore: Semaphore;
  readonly #timeouts: Timeouts;
  readonly #resolve: (response: ApiResponseInfo) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #controller = new AbortController();
  #timeout: Entry<Timeout>;
  #phase: "connect" | "request";
  #hasHeaders = false;
  #ended = false;

  constructor(
    request: PreparedRequest,
    semaphore: Semaphore,
    timeouts: Timeouts,
    resolve: (response: ApiResponseInfo) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#request = request;
    this.#semaphore = semaphore;
    this.#timeouts = timeouts;
    this.#resolve = resolve;
    this.#reject = reject;
    const { timeout, connectTimeout } = request;
    this.#phase = connectTimeout !== null && connectTimeout < timeout ? "connect" : "request";
    this.#timeout = timeouts.add(this, this.#phase === "connect" ? connectTimeout! : timeout);
  }

  /** Sends the request and settles the promise with the result. */
  async run(info: AttemptInfo, config: ResolvedConfig): Promise<void> {
    const { hooks, maxResponseBytes, redactor } = config;
    const { method, path, url, headers, body } = this.#request;
    const { signal } = this.#controller;
    const sentAt = hooks && Date.now();
    try {
      if (hooks) notifyStart(hooks, this.#request, info);
      if (signal.aborted) return; // by a hook
      const fetch = config.fetch ?? globalThis.fetch;
      const response = await fetch(url, {
        method,
        headers: { ...headers },
        body,
        signal,
        redirect: "manual",
      });
      checkResponse(response);
      this.#hasHeaders = true;
      const isReadable = !signal.aborted && !isRedirect(response);
      const bytes = isReadable ? await readBytes(response, maxResponseBytes, signal) : discard(response);
      if (signal.aborted) return;

      const { status: statusCode } = response;
      const requestId = requestIdOf(response, redactor);
      if (sentAt !== undefined) {
        const duration = Math.max(0, Date.now() - sentAt);
        const event = { method, path, attempt: info.attempt, statusCode, duration };
        notify(hooks, "onResponse", requestId === undefined ? event : { ...event, requestId });
      }
      const result = response.ok && bytes ? parseSuccess(method, statusCode, bytes) : undefined;
      if (!result) throw responseError(this.#request, response, bytes, maxResponseBytes, redactor);
      this.#end();
      this.#resolve({
        statusCode,
        headers: response.headers,
        requestId,
        body: result,
        attempts: info.attempt,
        duration: Math.max(0, Date.now() - info.startedAt),
      });
    } catch (error) {
      this.#end();
      this.#reject(isPrefactorHttpError(error) ? error : networkError(this.#request, error, redactor));
    }
  }

  cancel(reason: unknown): void {
    this.#end();
    this.#reject(reason);
    this.#controller.abort(reason);
  }

  expire(): void {
    const { method, path, timeout: requestTimeout, connectTimeout } = this.#request;
    if (this.#phase === "connect" && this.#hasHeaders) {
      this.#phase = "request";
      this.#timeout = this.#timeouts.add(this, requestTimeout - connectTimeout!);
      return;
    }
    const phase = this.#phase;
    const timeout = phase === "connect" ? connectTimeout! : requestTimeout;
    const missing = phase === "connect" ? "response headers" : "complete response";
    const message = `${method} ${path} timed out: no ${missing} within ${timeout} ms`;
    this.cancel(new PrefactorTimeoutError(message, { phase, timeout }));
  }

  /** Gives back the slot and deletes the timeout, once, however the attempt ends. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timeouts.delete(this.#timeout);
    this.#semaphore.release();
  }
}

function notifyStart(
  hooks: ClientHooks,
  { method, path }: PreparedRequest,
  { attempt, retry }: AttemptInfo,
): void {
  if (retry) notify(hooks, "onRetry", { method, path, attempt, ...retry });
  notify(hooks, "onRequest", { method, path, attempt });
}

/** Throws for a value that a stubbed `fetch` may resolve to by mistake, since a retry would not help. */
function checkResponse(response: Response): void {
  if (typeof response?.status !== "number" || response.bodyUsed) {
    throw new PrefactorClientError(
      "Cannot read the response: 'fetch' must resolve to a new Response at each call",
    );
  }
}

function networkError(request: PreparedRequest, error: unknown, redactor: Redactor): PrefactorHttpError {
  const cause = redactor.cause(error);
  const message = `${request.method} ${request.path} failed: ${reasonOf(cause)}`;
  // Deno without `--allow-net`: a retry would not grant the permission.
  const isDenied = error instanceof Error && error.name === "NotCapable";
  return isDenied
    ? new PrefactorClientError(message, { cause })
    : new PrefactorNetworkError(message, { cause });
}
