/**
 * One attempt: build, send, decode.
 *
 * @module
 */

import type { Call } from "./call.ts";
import type { ResolvedConfig } from "./config.ts";
import { errorFromResponse } from "./error_response.ts";
import {
  isPrefactorHttpError,
  PrefactorApiError,
  PrefactorClientError,
  type PrefactorHttpError,
  PrefactorNetworkError,
  PrefactorResponseContractError,
  PrefactorTimeoutError,
} from "./errors.ts";
import { isObject, show } from "./guards.ts";
import { notify } from "./hooks.ts";
import type { JsonObject } from "./models/common.ts";
import { reasonOf, type Redactor } from "./redaction.ts";
import type { PreparedRequest } from "./request.ts";
import { parseRetryAfter } from "./retry_after.ts";
import { setTimer, type Timer } from "./timer.ts";

/** Makes single attempts; nothing else touches `fetch`. */
export class Transport {
  readonly #config: ResolvedConfig;
  readonly #redactor: Redactor;

  constructor(config: ResolvedConfig, redactor: Redactor) {
    this.#config = config;
    this.#redactor = redactor;
  }

  /**
   * Makes one attempt. It ends at once when the call is ended early or a timeout runs out, even under a
   * `fetch` that does not listen to its signal.
   */
  async send(request: PreparedRequest, attempt: number, call: Call): Promise<JsonObject> {
    if (call.aborted) throw call.reason;
    const controller = new AbortController();
    let deadline: Deadline | undefined;
    try {
      return await new Promise<JsonObject>((resolve, reject) => {
        const cancel = call.cancelStage = (reason: unknown) => {
          reject(reason);
          controller.abort(reason);
        };
        deadline = new Deadline(request, cancel);
        // Where it goes on after a `cancel`, nobody hears of it.
        this.#exchange(request, attempt, controller.signal, deadline).then(resolve, reject);
      });
    } finally {
      deadline?.clear();
      call.cancelStage = undefined;
    }
  }

  async #exchange(
    request: PreparedRequest,
    attempt: number,
    signal: AbortSignal,
    deadline: Deadline,
  ): Promise<JsonObject> {
    const { hooks, maxResponseBytes } = this.#config;
    const { method, path, url, headers, body } = request;
    const startedAt = hooks && Date.now();
    if (hooks) notify(hooks, "onRequest", { method, path, attempt });

    let response: Response;
    let bytes: Uint8Array | undefined;
    try {
      const fetch = this.#config.fetch ?? globalThis.fetch;
      response = await fetch(url, { method, headers, body, signal, redirect: "manual" });
      checkResponse(response);
      if (signal.aborted || isRedirect(response)) discard(response);
      signal.throwIfAborted();
      deadline.headersCame();
      if (!isRedirect(response)) bytes = await readBytes(response, maxResponseBytes, signal);
    } catch (cause) {
      throw this.#networkError(request, cause);
    }
    signal.throwIfAborted();

    if (startedAt !== undefined) {
      const requestId = this.#requestId(response);
      notify(hooks, "onResponse", {
        method,
        path,
        attempt,
        statusCode: response.status,
        ...(requestId !== undefined && { requestId }),
        duration: Math.max(0, Date.now() - startedAt),
      });
    }

    if (response.ok && bytes) {
      const { value } = parse(bytes);
      if (isObject(value)) return value as JsonObject;
    }
    throw this.#responseError(request, response, bytes);
  }

  #networkError(request: PreparedRequest, cause: unknown): unknown {
    if (isPrefactorHttpError(cause)) return cause;
    const safeCause = this.#redactor.cause(cause);
    const message = `${request.method} ${request.path} failed: ${reasonOf(safeCause)}`;
    // Deno without `--allow-net`: no retry will grant it.
    const denied = cause instanceof Error && cause.name === "NotCapable";
    return new (denied ? PrefactorClientError : PrefactorNetworkError)(message, { cause: safeCause });
  }

  /** The error that an answer stands for; no bytes where it is a redirect or too long. Nothing in it holds the token. */
  #responseError(
    request: PreparedRequest,
    response: Response,
    bytes: Uint8Array | undefined,
  ): PrefactorHttpError {
    const { status: statusCode, headers } = response;
    const facts = {
      requestId: this.#requestId(response),
      retryAfter: parseRetryAfter(headers.get("retry-after"), headers.get("retry-after-ms"), Date.now()),
    };
    if (isRedirect(response)) {
      const location = headers.get("location");
      const target = location === null ? "nowhere" : show(this.#redactor.text(location));
      const message =
        `Refused to follow the redirect of ${request.method} ${request.path}, which points to ${target}`;
      return new PrefactorApiError(message, "redirect", statusCode, facts);
    }

    const refused = `Cannot read the answer to ${request.method} ${request.path} (HTTP ${statusCode})`;
    if (!bytes) {
      const message =
        `${refused}: it is longer than maxResponseBytes, which is ${this.#config.maxResponseBytes}`;
      return new PrefactorResponseContractError(message, { statusCode, ...facts });
    }
    const { text, value, cause } = parse(bytes);
    const body = this.#redactor.json(value);
    if (isObject(body) && statusCode >= 400) return errorFromResponse(statusCode, body, facts);
    const found = bytes.length === 0 ? "is empty" : cause ? "is not JSON" : `is ${show(body)}`;
    return new PrefactorResponseContractError(`${refused}: the body must be a JSON object, but ${found}`, {
      statusCode,
      ...facts,
      bodySnippet: this.#redactor.text(text).slice(0, 200),
      body,
      cause: this.#redactor.cause(cause),
    });
  }

  #requestId(response: Response): string | undefined {
    const requestId = response.headers.get("x-request-id");
    return requestId === null ? undefined : this.#redactor.text(requestId);
  }
}

/** The two timeouts of an attempt, in one timer: it is first due at the nearer one. */
class Deadline {
  readonly #request: PreparedRequest;
  readonly #cancel: (reason: unknown) => void;
  #timer: Timer;
  #headersCame = false;

  constructor(request: PreparedRequest, cancel: (reason: unknown) => void) {
    this.#request = request;
    this.#cancel = cancel;
    const { timeout, connectTimeout } = request;
    this.#timer = setTimer(() => this.#expire(), Math.min(timeout, connectTimeout ?? timeout));
  }

  headersCame(): void {
    this.#headersCame = true;
  }

  clear(): void {
    clearTimeout(this.#timer);
  }

  #expire(): void {
    const { timeout, connectTimeout } = this.#request;
    if (connectTimeout === null || connectTimeout >= timeout) return this.#end("request", timeout);
    if (!this.#headersCame) return this.#end("connect", connectTimeout);
    this.#timer = setTimer(() => this.#end("request", timeout), timeout - connectTimeout);
  }

  #end(phase: "connect" | "request", timeout: number): void {
    const { method, path } = this.#request;
    const missing = phase === "connect" ? "headers" : "whole answer";
    const message = `${method} ${path} timed out: no ${missing} within ${timeout} ms`;
    this.#cancel(new PrefactorTimeoutError(message, { phase, timeout }));
  }
}

/** Refuses what a stubbed `fetch` may give by mistake, which no retry would mend. */
function checkResponse(response: Response): void {
  if (typeof response?.status !== "number" || response.bodyUsed) {
    throw new PrefactorClientError(
      "Cannot read the answer: 'fetch' must resolve to a new Response at each call",
    );
  }
}

/** Whether the answer is a redirect; a browser shows nothing of one but its type. */
function isRedirect(response: Response): boolean {
  return response.status >= 300 && response.status < 400 || response.type === "opaqueredirect";
}

/** Lets go of an answer that nobody is going to read. */
function discard(response: Response): void {
  response.body?.cancel().catch(() => {});
}

/** Reads a body to its end; `undefined` where it is longer than the limit. */
async function readBytes(
  response: Response,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const reader = response.body?.getReader();
  const cancel = () => void reader?.cancel().catch(() => {});
  signal.addEventListener("abort", cancel);
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.byteLength;
    if (size > limit) {
      cancel();
      return undefined;
    }
  }
  if (chunks.length === 1) return chunks[0];
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

const LENIENT = new TextDecoder();
const STRICT = new TextDecoder("utf-8", { fatal: true });

/** Decodes a body: its value, or as much of its text as there is and why it is no JSON. */
function parse(bytes: Uint8Array): { text: string; value?: unknown; cause?: unknown } {
  try {
    const text = STRICT.decode(bytes);
    try {
      return { text, value: JSON.parse(text) };
    } catch (cause) {
      return { text, cause };
    }
  } catch (cause) {
    return { text: LENIENT.decode(bytes), cause };
  }
}
