/**
 * The seam between the endpoints and whatever sends their requests.
 *
 * @module
 */

import type { JsonObject } from "./models/common.ts";
import type { Control } from "./models/control.ts";

/** Header fields in any form that `new Headers()` accepts. */
export type HeaderFields = Headers | Iterable<readonly string[]> | Readonly<Record<string, string>>;

/** Options of a single call; the last argument of every endpoint method. */
export interface RequestOptions {
  /** Aborts the call; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** The timeout of each attempt, in ms. Defaults to the client's `requestTimeout`. */
  timeout?: number | undefined;
  /** The timeout of the wait for the response headers, in ms; `null` for none. Defaults to the client's `connectTimeout`. */
  connectTimeout?: number | null | undefined;
  /** The timeout of the whole call, waits included, in ms; `null` for none. Defaults to the client's `totalTimeout`. */
  totalTimeout?: number | null | undefined;
  /** The maximum number of retries. Defaults to the client's `maxRetries`. */
  maxRetries?: number | undefined;
  /**
   * Headers to add to the request. `Authorization`, `Host`, `Content-Length` and `Transfer-Encoding` are ignored, an
   * `Idempotency-Key` is an error.
   */
  headers?: HeaderFields | undefined;
}

/** A value of a query parameter. An array repeats the parameter; `undefined` and `null` leave it out. */
export type QueryValue =
  | boolean
  | number
  | string
  | null
  | undefined
  | readonly (boolean | number | string)[];

/** Options of {@linkcode HttpRequester.request}. */
export interface HttpRequestOptions extends RequestOptions {
  /** The query parameters, added to the query of the path if it has one. */
  params?: Record<string, QueryValue> | undefined;
  /** The body, sent as JSON without changes. */
  json?: unknown;
  /**
   * The `Idempotency-Key` header, 1 to 64 printable ASCII characters; `null` for none. Defaults for a POST to
   * `json.idempotency_key` or a generated key, and for other methods to none. A POST or PATCH without a key is retried
   * only if it cannot have been carried out.
   */
  idempotencyKey?: string | null | undefined;
  /**
   * Whether the response holds a secret, such as a new token. Errors then keep nothing of its body but the code, the
   * message and the field errors of an error of the API. Defaults to `false`.
   */
  isResponseSecret?: boolean | undefined;
}

/** A successful response and the facts around it. */
export interface ApiResponseInfo {
  /** The HTTP status, 200 to 299. */
  readonly statusCode: number;
  /** The response headers. */
  readonly headers: Headers;
  /** The id of the request, from the response header `x-request-id`. */
  readonly requestId?: string | undefined;
  /** The parsed JSON object. */
  readonly body: JsonObject;
  /** The number of attempts, from 1. */
  readonly attempts: number;
  /** The time from the start of the first attempt to the last byte of the response, waits included, in ms. */
  readonly duration: number;
}

/** What a response says about an agent instance. */
export interface ControlObservation {
  /** The ID of the instance, if the request or the response names it. */
  readonly agentInstanceId?: string;
  /** The ID of the span, if the response is about one. */
  readonly agentSpanId?: string;
  /** The signal of the platform, if the response carries one. */
  readonly control?: Control;
  /** Whether the instance has ended. */
  readonly finished?: boolean;
}

/**
 * Sends requests for the endpoint classes. `PrefactorHttpClient` is one; pass your own to use another transport.
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
   * @param path The path from its leading `/`, such as `/api/v1/bulk`.
   * @param options The query, the body, the idempotency key and the caller's options.
   * @returns The JSON object of a successful response.
   */
  request(method: string, path: string, options?: HttpRequestOptions): Promise<JsonObject>;
  /**
   * Sends a request and returns the facts around the response too. The endpoints prefer it to `request`.
   *
   * @param method The HTTP method.
   * @param path The path from its leading `/`.
   * @param options The query, the body, the idempotency key and the caller's options.
   * @returns The response with its status, headers and JSON object.
   */
  send?(method: string, path: string, options?: HttpRequestOptions): Promise<ApiResponseInfo>;
  /** Creates the idempotency key of a call that has none. Defaults to a random UUID. */
  createIdempotencyKey?(): string;
  /** Takes secrets out of a JSON value before it goes into an error. Defaults to the value itself. */
  redact?(value: unknown): unknown;
  /** Takes in what a response says about an agent instance. */
  observeControl?(observation: ControlObservation): void;
}
