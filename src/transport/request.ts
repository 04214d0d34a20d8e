/**
 * From the arguments of a call to what each of its attempts sends.
 *
 * @module
 */

import { ArgumentChecker } from "../arguments.ts";
import type { ResolvedConfig } from "../config.ts";
import { PrefactorClientError } from "../errors/errors.ts";
import { isObject } from "../guards.ts";
import type { HttpRequestOptions, QueryValue } from "../http_requester.ts";
import { createIdempotencyKey, isKey, KEY_EXPECTED } from "../idempotency.ts";
import type { Redactor } from "../redaction.ts";

/** A request that is ready to be sent, the same at each attempt. */
export interface PreparedRequest {
  readonly method: string;
  /** The path without its query, for messages and hooks. */
  readonly path: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeout: number;
  readonly connectTimeout: number | null;
  readonly maxRetries: number;
}

const METHODS: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const METHOD_EXPECTED = `one of ${METHODS.join(", ")}`;

/** ArgumentChecker the arguments of a call and puts its request together. */
export function prepareRequest(
  config: ResolvedConfig,
  redactor: Redactor,
  method: string,
  path: string,
  options: HttpRequestOptions,
): PreparedRequest {
  const checks = new ArgumentChecker("send the request", redactor);
  if (!isObject(options)) checks.refuse("options", "an object", options);
  const { signal, params, json, idempotencyKey: key } = options;
  const { timeout = config.requestTimeout, connectTimeout = config.connectTimeout } = options;
  const { maxRetries = config.maxRetries } = options;
  checks.check("method", METHODS.includes(method), METHOD_EXPECTED, method);
  checkPath(checks, path);
  checks.duration("timeout", timeout);
  if (connectTimeout !== null) checks.duration("connectTimeout", connectTimeout);
  checks.count("maxRetries", maxRetries, 0);
  checks.check("idempotencyKey", key === undefined || key === null || isKey(key), KEY_EXPECTED, key);
  checks.check("signal", signal === undefined || isSignal(signal), "an AbortSignal", signal);
  const query = params === undefined ? "" : encodeQuery(checks, params);
  const queryAt = path.indexOf("?");
  return {
    method,
    path: queryAt < 0 ? path : path.slice(0, queryAt),
    url: query === "" ? config.baseUrl + path : `${config.baseUrl}${path}${queryAt < 0 ? "?" : "&"}${query}`,
    headers: buildHeaders(config, redactor, method, options),
    body: json === undefined ? null : serialise(checks, redactor, method, json),
    timeout,
    connectTimeout,
    maxRetries,
  };
}

/** Refuses a path that would end up elsewhere than behind the API's URL as it is written. */
function checkPath(checks: ArgumentChecker, path: unknown): void {
  const holds = typeof path === "string" && /^\/[^\s#\\]*$/.test(path) &&
    !/\/(?:\.|%2e){1,2}(?:[/?]|$)/i.test(path);
  checks.check(
    "path",
    holds,
    "a path from its first '/' on, without '.' and '..', white space or fragment",
    path,
  );
}

function isSignal(signal: AbortSignal): boolean {
  return typeof signal?.aborted === "boolean" && typeof signal.addEventListener === "function" &&
    typeof signal.removeEventListener === "function";
}

function encodeQuery(checks: ArgumentChecker, params: Record<string, QueryValue>): string {
  checks.check("params", isObject(params), "an object", params);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === null) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      const holds = typeof item === "string" || typeof item === "boolean" || Number.isFinite(item);
      checks.check(
        `params.${name}`,
        holds,
        "a string, a finite number, a boolean or an array of these",
        item,
      );
      query.append(name, String(item));
    }
  }
  return query.toString();
}

/** The client's headers, the key's, and those of the caller, which win but for the token. */
function buildHeaders(
  config: ResolvedConfig,
  redactor: Redactor,
  method: string,
  options: HttpRequestOptions,
): Readonly<Record<string, string>> {
  const { idempotencyKey, headers: added } = options;
  const headers: Record<string, string> = { ...config.headers };
  if (typeof idempotencyKey === "string") headers["Idempotency-Key"] = idempotencyKey;
  else if (method === "POST" && idempotencyKey !== null) {
    headers["Idempotency-Key"] = createIdempotencyKey(config.defaultIdempotencyKey);
  }
  if (added === undefined) return headers;
  const all = new Headers(headers);
  try {
    new Headers(added).forEach((value, name) => name !== "authorization" && all.set(name, value));
  } catch (error) {
    const message = "Cannot send the request: 'headers' must be headers that fetch can send";
    throw new PrefactorClientError(message, { cause: redactor.cause(error) });
  }
  return Object.fromEntries(all);
}

function serialise(checks: ArgumentChecker, redactor: Redactor, method: string, json: unknown): string {
  checks.check("json", method !== "GET", "left out of a GET, which has no body", json);
  let body: string | undefined;
  try {
    body = JSON.stringify(json);
  } catch (error) {
    const message = "Cannot send the request: its body cannot be written as JSON";
    throw new PrefactorClientError(message, { cause: redactor.cause(error) });
  }
  return body ?? checks.refuse("json", "a value that JSON can hold", json);
}
