/**
 * From the arguments of a call to what each of its attempts sends.
 *
 * @module
 */

import type { ResolvedConfig } from "./config.ts";
import { checkCount, checkDuration } from "./config.ts";
import { PrefactorClientError } from "./errors.ts";
import { isObject, show } from "./guards.ts";
import type { HttpRequestOptions, QueryValue } from "./http_requester.ts";
import { checkIdempotencyKey, createIdempotencyKey } from "./idempotency.ts";

/** A request that is ready to be sent, the same at each attempt. */
export interface PreparedRequest {
  readonly method: string;
  /** The path without its query, for messages and hooks. */
  readonly path: string;
  readonly url: string;
  readonly headers: HeadersInit;
  readonly body: string | null;
  readonly timeout: number;
  readonly connectTimeout: number | null;
  readonly maxRetries: number;
}

const METHODS: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Checks the arguments of a call and puts its request together. */
export function prepareRequest(
  config: ResolvedConfig,
  method: string,
  path: string,
  options: HttpRequestOptions,
): PreparedRequest {
  const {
    timeout = config.requestTimeout,
    connectTimeout = config.connectTimeout,
    maxRetries = config.maxRetries,
  } = options;
  if (!METHODS.includes(method)) refuse("method", `one of ${METHODS.join(", ")}`, method);
  checkPath(path);
  checkDuration("timeout", timeout);
  if (connectTimeout !== null) checkDuration("connectTimeout", connectTimeout);
  checkCount("maxRetries", maxRetries, 0);
  const { signal } = options;
  if (signal !== undefined && typeof signal?.addEventListener !== "function") {
    refuse("signal", "an AbortSignal", signal);
  }
  const query = options.params === undefined ? "" : encodeQuery(options.params);
  const separator = query === "" ? "" : path.includes("?") ? "&" : "?";
  return {
    method,
    path: path.replace(/\?.*$/s, ""),
    url: config.baseUrl + path + separator + query,
    headers: buildHeaders(config, method, options),
    body: serialise(method, options.json),
    timeout,
    connectTimeout,
    maxRetries,
  };
}

function refuse(name: string, wanted: string, value: unknown): never {
  throw new PrefactorClientError(
    `Cannot send the request: '${name}' must be ${wanted}, but is ${show(value)}`,
  );
}

/** Refuses a path that would end up elsewhere than behind the API's URL as it is written. */
function checkPath(path: unknown): void {
  const holds = typeof path === "string" && /^\/[^\s#\\]*$/.test(path) &&
    !/\/(?:\.|%2e){1,2}(?:[/?]|$)/i.test(path);
  if (!holds) {
    refuse(
      "path",
      "a path from the first '/' on, without '.' and '..' segments, white space or fragment",
      path,
    );
  }
}

function encodeQuery(params: unknown): string {
  if (!isObject(params)) refuse("params", "an object", params);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params as Record<string, QueryValue>)) {
    if (value === undefined || value === null) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      const holds = typeof item === "string" || typeof item === "boolean" || Number.isFinite(item);
      if (!holds) refuse(`params.${name}`, "a string, a finite number, a boolean or an array of these", item);
      query.append(name, String(item));
    }
  }
  return query.toString();
}

/** The client's headers, the key's, and those of the caller, which win but for the token. */
function buildHeaders(config: ResolvedConfig, method: string, options: HttpRequestOptions): HeadersInit {
  const headers: Record<string, string> = { ...config.headers };
  const key = options.idempotencyKey ??
    (method === "POST" && options.idempotencyKey !== null
      ? createIdempotencyKey(config.defaultIdempotencyKey)
      : null);
  if (key !== null) {
    checkIdempotencyKey("idempotencyKey", key);
    headers["Idempotency-Key"] = key;
  }
  if (options.headers === undefined) return headers;
  let added: Headers;
  try {
    added = new Headers(options.headers);
  } catch (cause) {
    throw new PrefactorClientError("Cannot send the request: 'headers' must be headers that fetch can send", {
      cause,
    });
  }
  added.delete("Authorization");
  const all = new Headers(headers);
  added.forEach((value, name) => all.set(name, value));
  return all;
}

function serialise(method: string, json: unknown): string | null {
  if (json === undefined) return null;
  if (method === "GET") refuse("json", "left out of a GET, which has no body", json);
  let body: string | undefined;
  try {
    body = JSON.stringify(json);
  } catch (cause) {
    throw new PrefactorClientError("Cannot send the request: its body cannot be written as JSON", { cause });
  }
  return body ?? refuse("json", "a value that JSON can hold", json);
}
