/**
 * The call of `fetch`.
 *
 * @module
 */

import type { ResolvedConfig } from "../config.ts";
import { hasFastTemplates } from "../environment.ts";
import { headersOf, type PreparedRequest } from "./request.ts";

/** The platform's `fetch`, if it is faster with a template than with a URL and options. */
const platformFetch = /* @__PURE__ */ hasFastTemplates() ? globalThis.fetch : undefined;

/** The number of URLs that a sender remembers. */
const MAX_URLS = 64;

/**
 * Sends requests with the `fetch` of the client.
 *
 * The platform checks and converts the method and the headers of each request. For a URL that keeps coming, this is done
 * once, in a `Request` that serves as a template: only the idempotency key changes.
 */
export class Sender {
  readonly #config: ResolvedConfig;
  /** The template of each URL, or `undefined` until its second request. */
  readonly #templates = new Map<string, Request | undefined>();

  /** Creates the sender of a client. */
  constructor(config: ResolvedConfig) {
    this.#config = config;
  }

  /** Calls `fetch`. The platform copies the headers of a template before the call returns. */
  send(request: PreparedRequest, signal: AbortSignal): Promise<Response> {
    const { fetch = globalThis.fetch } = this.#config;
    const { method, url, headers, body, idempotencyKey } = request;
    if (
      fetch === platformFetch && method === "POST" && headers === undefined && idempotencyKey !== undefined
    ) {
      const template = this.#templates.get(url) ?? this.#learn(request);
      if (template) {
        template.headers.set("Idempotency-Key", idempotencyKey);
        return fetch(template, { body, signal });
      }
    }
    return fetch(url, {
      method,
      headers: headersOf(this.#config, request),
      body,
      signal,
      redirect: "manual",
    });
  }

  /** Remembers a URL, and creates its template if it was remembered before. */
  #learn({ method, url }: PreparedRequest): Request | undefined {
    const isKnown = this.#templates.has(url);
    if (!isKnown && this.#templates.size === MAX_URLS) this.#templates.clear();
    const template = isKnown
      ? new Request(url, { method, headers: this.#config.headers, redirect: "manual" })
      : undefined;
    this.#templates.set(url, template);
    return template;
  }
}
