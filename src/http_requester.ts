/**
 * The interface between the endpoint classes and whatever sends their requests.
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
  /** The timeout for the response headers, in ms; `null` for none. Defaults to the client's `connectTimeout`. */
  connectTimeout?: number | null | undefined;
  /**
   * The timeout of the whole call, including all waits, in ms; `null` for none. Defaults to the client's
   * `totalTimeout`.
   */
  totalTimeout?: number | null | undefined;
  /** The maximum number of retries. Defaults to the client's `maxRetries`. */
  maxRetries?: number | undefined;
  /**
   * Headers to add to the request. `Authorization`, `Host`, `Content-Length` and `Transfer-Encoding` are ignored. An
   * `Idempotency-Key` is rejected: use `idempotencyKey` instead.
   */
  headers?: HeaderFields | undefined;
}

/** A value of a query parameter. An array repeats the parameter; `undefined` and `null` omit it. */
export type QueryValue =
  | boolean
  | number
  | string
  | null
  | undefined
  | readonly (boolean | number | string)[];

/** Options of {@linkcode HttpRequester.request}. */
export interface HttpRequestOptions extends RequestOptions {
  /** The query parameters. They are appended to the query in the path, if there is one. */
  params?: Record<string, QueryValue> | undefined;
  /** The body, which is sent as JSON. */
  json?: unknown;
  /**
   * The `Idempotency-Key` header, 1 to 64 printable ASCII characters; `null` for none. For a POST, it defaults to
   * `json.idempotency_key` or else a generated key; for other methods, it defaults to none. A POST or PATCH without a
   * key is retried only if the server cannot have processed it.
   */
  idempotencyKey?: string | null | undefined;
  /**
   * Whether the response contains a secret, such as a new token. Errors then keep only the code, the message and the
   * field errors of an API error and nothing else of the body. Defaults to `false`.
   */
  isResponseSecret?: boolean | undefined;
}

/** A successful response with its metadata. */
export interface ApiResponseInfo {
  /** The HTTP status, 200 to 299. */
  readonly statusCode: number;
  /** The response headers. */
  readonly headers: Headers;
  /** The ID of the request, from the response header `x-request-id`. */
  readonly requestId?: string | undefined;
  /** The parsed JSON object. */
  readonly body: JsonObject;
  /** The number of attempts, from 1. */
  readonly attempts: number;
  /** The time from the start of the first attempt to the last byte of the response, including all waits, in ms. */
  readonly duration: number;
}

/** What a response says about an agent instance. */
export interface ControlObservation {
  /** The ID of the instance, if the request or the response names it. */
  readonly agentInstanceId?: string;
  /** The ID of the span, if the response is about one. */
  readonly agentSpanId?: string;
  /** The signal from the platform, if the response carries one. */
  readonly control?: Control;
  /** Whether the instance has ended. */
  readonly finished?: boolean;
}

/**
 * Sends requests for the endpoint classes. `PrefactorHttpClient` implements it; implement it yourself to use another
 * transport.
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
   * @param path The path, with its leading `/`, such as `/api/v1/bulk`.
   * @param options The query, the body, the idempotency key, and the options of the call.
   * @returns The JSON object of a successful response.
   */
  request(method: string, path: string, options?: HttpRequestOptions): Promise<JsonObject>;
  /**
   * Sends a request and resolves to the response with its metadata. If it exists, the endpoint classes use it instead of
   * `request`.
   *
   * @param method The HTTP method.
   * @param path The path, with its leading `/`.
   * @param options The query, the body, the idempotency key, and the options of the call.
   * @returns The response with its status, headers and JSON object.
   */
  send?(method: string, path: string, options?: HttpRequestOptions): Promise<ApiResponseInfo>;
  /** Creates the idempotency key for a call without one. If this method is missing, the key is a random UUID. */
  createIdempotencyKey?(): string;
  /**
   * Removes secrets from a JSON value that becomes part of an error. If this method is missing, the value is kept as it
   * is.
   */
  redact?(value: unknown): unknown;
  /** Receives what a response says about an agent instance. */
  observeControl?(observation: ControlObservation): void;
}
