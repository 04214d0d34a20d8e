/**
 * What the endpoint classes stand on, and what a caller can say about a single call.
 *
 * @module
 */

import type { JsonObject } from "./models/common.ts";

/** What a caller can say about one call; the last argument of every endpoint method. */
export interface RequestOptions {
  /** Stops the call at once when it aborts; the call then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Replaces the client's `requestTimeout`, in ms. */
  timeout?: number | undefined;
  /** Replaces the client's `connectTimeout`, in ms; `null` for none. */
  connectTimeout?: number | null | undefined;
  /** Replaces the client's `maxRetries`. */
  maxRetries?: number | undefined;
  /** Headers to add to the request. They cannot replace `Authorization`: one among them is ignored. */
  headers?: HeadersInit | undefined;
}

/** A value that a query can carry; an array gives its name several times, `undefined` and `null` are left out. */
export type QueryValue =
  | boolean
  | number
  | string
  | null
  | undefined
  | readonly (boolean | number | string)[];

/** What a caller can say about a request of their own making. */
export interface HttpRequestOptions extends RequestOptions {
  /** The query, added to the path's own where it has one. */
  params?: Record<string, QueryValue> | undefined;
  /** The body, sent as JSON as it is. */
  json?: unknown;
  /**
   * The `Idempotency-Key` header, 1 to 64 characters that a header can carry. One is generated for a POST
   * unless it is given; `null` for none.
   */
  idempotencyKey?: string | null | undefined;
}

/**
 * Sends a request and gives back the JSON object that came. `PrefactorHttpClient` is one; a caller can put a
 * transport of their own under the endpoint classes.
 *
 * @example
 * ```ts
 * import { AgentSpanClient, type HttpRequester } from "@prefactor/http";
 *
 * const requester: HttpRequester = {
 *   request: (method, path, options) => {
 *     console.log(method, path, options?.json); // POST /api/v1/agent_spans/s1/finish { … }
 *     return Promise.resolve({
 *       status: "success",
 *       details: {
 *         type: "agent_span",
 *         id: "s1",
 *         agent_instance_id: "i1",
 *         schema_name: "agent:llm",
 *         status: "complete",
 *       },
 *     });
 *   },
 * };
 * const span = await new AgentSpanClient(requester).finish("s1");
 * console.log(span.status); // complete
 * ```
 */
export interface HttpRequester {
  /**
   * Sends a request.
   *
   * @param method The HTTP method.
   * @param path The path with its leading `/`, such as `/api/v1/bulk`.
   * @param options The body, the key and whatever the caller of the endpoint said.
   * @returns The JSON object of a successful answer.
   */
  request(method: string, path: string, options?: HttpRequestOptions): Promise<JsonObject>;
  /** Makes the key of a call whose caller gave none; a random UUID unless it is there. */
  createIdempotencyKey?(): string;
  /** Takes secrets out of a JSON value before it goes into an error; nothing is taken out unless it is there. */
  redact?(value: unknown): unknown;
}
