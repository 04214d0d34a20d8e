/**
 * One attempt: wait for its turn, send, decode.
 *
 * @module
 */

import type { Cancelable, PendingCall } from "../pending_call.ts";
import { Semaphore, type Turn } from "./semaphore.ts";
import type { ClientHooks, ResolvedConfig } from "../config.ts";
import { type Timeout, Timeouts } from "./timeouts.ts";
import {
  isPrefactorHttpError,
  PrefactorClientError,
  type PrefactorHttpError,
  PrefactorNetworkError,
  PrefactorTimeoutError,
} from "../errors/errors.ts";
import { notify } from "../hooks.ts";
import type { JsonObject } from "../models/common.ts";
import { reasonOf, type Redactor } from "../redaction.ts";
import type { PreparedRequest } from "./request.ts";
import { discard, isRedirect, parseObject, readBytes, requestIdOf, responseError } from "./response.ts";
import type { Entry } from "../dense_set.ts";

/** Which attempt of a call it is, from 1, and where another came before it, what happened since. */
export interface AttemptInfo {
  readonly attempt: number;
  readonly retry?: { readonly error: unknown; readonly delay: number };
}

/** Makes single attempts, so many at a time; nothing else touches `fetch`. */
export class Transport {
  readonly #config: ResolvedConfig;
  readonly #redactor: Redactor;
  readonly #limit: Semaphore;
  readonly #timeouts = new Timeouts();

  constructor(config: ResolvedConfig, redactor: Redactor) {
    this.#config = config;
    this.#redactor = redactor;
    this.#limit = new Semaphore(config.maxConcurrency);
  }

  /** Leaves nothing behind, once nothing is under way. */
  close(): void {
    this.#timeouts.close();
  }

  /** Makes one attempt when it is its turn. */
  send(request: PreparedRequest, facts: AttemptInfo, call: PendingCall): Promise<JsonObject> {
    const turn = this.#limit.acquire();
    return turn ? this.#sendAfter(turn, request, facts, call) : this.#exchange(request, facts, call);
  }

  async #sendAfter(
    turn: Turn,
    request: PreparedRequest,
    facts: AttemptInfo,
    call: PendingCall,
  ): Promise<JsonObject> {
    call.stage = turn;
    await turn.ready;
    return await this.#exchange(request, facts, call);
  }

  #exchange(request: PreparedRequest, facts: AttemptInfo, call: PendingCall): Promise<JsonObject> {
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(request, this.#limit, this.#timeouts, resolve, reject);
      call.stage = exchange;
      if (call.aborted) exchange.cancel(call.reason);
      else exchange.run(facts, this.#config, this.#redactor);
    });
  }
}

/**
 * A request under way. It ends when its answer is read or has failed, and at once when the call is ended early
 * or a timeout runs out, even under a `fetch` that does not listen to its signal.
 */
class Exchange implements Cancelable, Timeout {
  due = 0;
  readonly #request: PreparedRequest;
  readonly #limit: Semaphore;
  readonly #timeouts: Timeouts;
  readonly #resolve: (body: JsonObject) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #controller = new AbortController();
  #deadline: Entry<Timeout>;
  #phase: "connect" | "request";
  #headersCame = false;
  #ended = false;

  constructor(
    request: PreparedRequest,
    limit: Semaphore,
    timeouts: Timeouts,
    resolve: (body: JsonObject) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#request = request;
    this.#limit = limit;
    this.#timeouts = timeouts;
    this.#resolve = resolve;
    this.#reject = reject;
    const { timeout, connectTimeout } = request;
    this.#phase = connectTimeout !== null && connectTimeout < timeout ? "connect" : "request";
    this.#deadline = timeouts.add(this, this.#phase === "connect" ? connectTimeout! : timeout);
  }

  /** Sends the request and settles the promise with what comes of it. */
  async run(facts: AttemptInfo, config: ResolvedConfig, redactor: Redactor): Promise<void> {
    const { hooks, maxResponseBytes } = config;
    const { method, path, url, headers, body } = this.#request;
    const { signal } = this.#controller;
    const startedAt = hooks && Date.now();
    try {
      if (hooks) notifyStart(hooks, this.#request, facts);
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
      this.#headersCame = true;
      const isToRead = !signal.aborted && !isRedirect(response);
      const bytes = isToRead ? await readBytes(response, maxResponseBytes, signal) : discard(response);
      if (signal.aborted) return;

      if (startedAt !== undefined) {
        const { status: statusCode } = response;
        const requestId = requestIdOf(response, redactor);
        const duration = Math.max(0, Date.now() - startedAt);
        const event = { method, path, attempt: facts.attempt, statusCode, duration };
        notify(hooks, "onResponse", requestId === undefined ? event : { ...event, requestId });
      }
      const result = response.ok && bytes ? parseObject(bytes) : undefined;
      if (!result) throw responseError(this.#request, response, bytes, maxResponseBytes, redactor);
      this.#end();
      this.#resolve(result);
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
    if (this.#phase === "connect" && this.#headersCame) {
      this.#phase = "request";
      this.#deadline = this.#timeouts.add(this, requestTimeout - connectTimeout!);
      return;
    }
    const phase = this.#phase;
    const timeout = phase === "connect" ? connectTimeout! : requestTimeout;
    const missing = phase === "connect" ? "headers" : "whole answer";
    const message = `${method} ${path} timed out: no ${missing} within ${timeout} ms`;
    this.cancel(new PrefactorTimeoutError(message, { phase, timeout }));
  }

  /** Gives back the slot and the deadline, once, however the exchange ends. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timeouts.delete(this.#deadline);
    this.#limit.release();
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

/** Refuses what a stubbed `fetch` may give by mistake, which no retry would mend. */
function checkResponse(response: Response): void {
  if (typeof response?.status !== "number" || response.bodyUsed) {
    throw new PrefactorClientError(
      "Cannot read the answer: 'fetch' must resolve to a new Response at each call",
    );
  }
}

function networkError(request: PreparedRequest, error: unknown, redactor: Redactor): PrefactorHttpError {
  const cause = redactor.cause(error);
  const message = `${request.method} ${request.path} failed: ${reasonOf(cause)}`;
  // Deno without `--allow-net`: no retry will grant it.
  const isDenied = error instanceof Error && error.name === "NotCapable";
  return isDenied
    ? new PrefactorClientError(message, { cause })
    : new PrefactorNetworkError(message, { cause });
}
