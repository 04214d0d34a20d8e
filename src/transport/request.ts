/**
 * Turns the arguments of a call into the request that each of its attempts sends.
 *
 * @module
 */

import type { ArgumentChecker } from "../arguments.ts";
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

/** Checks the arguments of a call and prepares its request. */
export function prepareRequest(
  config: ResolvedConfig,
  method: string,
  path: string,
  options: HttpRequestOptions,
): PreparedRequest {
  const { requestChecker: checker, redactor } = config;
  if (!isObject(options)) checker.fail("options", "an object", options);
  const { signal, params, json, idempotencyKey: key } = options;
  const { timeout = config.requestTimeout, connectTimeout = config.connectTimeout } = options;
  const { maxRetries = config.maxRetries } = options;
  checker.check("method", METHODS.includes(method), METHOD_EXPECTED, method);
  checkPath(checker, path);
  checker.checkDuration("timeout", timeout);
  if (connectTimeout !== null) checker.checkDuration("connectTimeout", connectTimeout);
  checker.checkInteger("maxRetries", maxRetries, 0);
  checker.check("idempotencyKey", key === undefined || key === null || isKey(key), KEY_EXPECTED, key);
  checker.check("signal", signal === undefined || isSignal(signal), "an AbortSignal", signal);
  const query = params === undefined ? "" : encodeQuery(checker, params);
  const queryAt = path.indexOf("?");
  return {
    method,
    path: queryAt < 0 ? path : path.slice(0, queryAt),
    url: query === "" ? config.baseUrl + path : `${config.baseUrl}${path}${queryAt < 0 ? "?" : "&"}${query}`,
    headers: buildHeaders(config, method, options),
    body: json === undefined ? null : serialise(checker, redactor, method, json),
    timeout,
    connectTimeout,
    maxRetries,
  };
}

/** Rejects a path that the URL parser would move or that could leave the base path of the API. */
function checkPath(checker: ArgumentChecker, path: unknown): void {
  const holds = typeof path === "string" && /^\/[^\s#\\]*$/.test(path) &&
    !/\/(?:\.|%2e){1,2}(?:[/?]|$)/i.test(path);
  checker.check(
    "path",
    holds,
    "a path that starts with '/', without '.' and '..' segments, white space or fragment",
    path,
  );
}

function isSignal(signal: AbortSignal): boolean {
  return typeof signal?.aborted === "boolean" && typeof signal.addEventListener === "function" &&
    typeof signal.removeEventListener === "function";
}

function encodeQuery(checker: ArgumentChecker, params: Record<string, QueryValue>): string {
  checker.check("params", isObject(params), "an object", params);
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === null) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      const holds = typeof item === "string" || typeof item === "boolean" || Number.isFinite(item);
      checker.check(
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

/** Merges the client's headers, the idempotency key and the caller's headers; only `Authorization` cannot be replaced. */
function buildHeaders(
  config: ResolvedConfig,
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
    new Headers(added as Headers).forEach((value, name) => name !== "authorization" && all.set(name, value));
  } catch (error) {
    const message = "Cannot send the request: 'headers' must be headers that fetch can send";
    throw new PrefactorClientError(message, { cause: config.redactor.cause(error) });
  }
  return Object.fromEntries(all);
}

function serialise(checker: ArgumentChecker, redactor: Redactor, method: string, json: unknown): string {
  checker.check("json", method !== "GET", "absent from a GET, which has no body", json);
  let body: string | undefined;
  try {
    body = JSON.stringify(json);
  } catch (error) {
    const message = "Cannot send the request: its body cannot be written as JSON";
    throw new PrefactorClientError(message, { cause: redactor.cause(error) });
  }
  return body ?? checker.fail("json", "a value that JSON can hold", json);
}
