/**
 * Prepares the request that all attempts of a call send.
 *
 * @module
 */

import type { ArgumentChecker } from "../arguments.ts";
import type { ResolvedConfig } from "../config.ts";
import { PrefactorClientError, type RequestSummary } from "../errors/errors.ts";
import { isObject } from "../guards.ts";
import type { HeaderFields, HttpRequestOptions, QueryValue } from "../http_requester.ts";
import { createIdempotencyKey, isKey, KEY_EXPECTED } from "../idempotency.ts";
import { RawJson } from "../raw_json.ts";
import type { Redactor } from "../redaction.ts";

/** A request that is ready to be sent. All attempts of a call share it. */
export interface PreparedRequest {
  readonly method: string;
  /** The path without its query, for messages and hooks. */
  readonly path: string;
  readonly url: string;
  /** All headers, if the caller has added some to the client's headers. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly body: string | null;
  readonly idempotencyKey: string | undefined;
  /** Whether errors must not include the body of the response. */
  readonly isResponseSecret: boolean;
  readonly timeout: number;
  readonly connectTimeout: number | null;
  readonly totalTimeout: number | null;
  readonly maxRetries: number;
}

/** Returns the summary of a request for its errors. */
export function summarize(
  { method, path, idempotencyKey }: PreparedRequest,
  redactor: Redactor,
): RequestSummary {
  const summary = { method, path: redactor.text(path) };
  return idempotencyKey === undefined
    ? summary
    : { ...summary, idempotencyKey: redactor.text(idempotencyKey) };
}

/** The idempotent methods, which are safe to send again without a key. */
const IDEMPOTENT_METHODS: readonly string[] = ["GET", "PUT", "DELETE"];

/** Returns whether it is safe to send the request again even if the server has already processed it. */
export function isIdempotent({ method, idempotencyKey }: PreparedRequest): boolean {
  return idempotencyKey !== undefined || IDEMPOTENT_METHODS.includes(method);
}

const METHODS: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const METHOD_EXPECTED = "one of GET, POST, PUT, PATCH, DELETE";

/** Checks the arguments of a call and prepares its request. */
export function prepareRequest(
  config: ResolvedConfig,
  method: string,
  path: string,
  options: HttpRequestOptions,
): PreparedRequest {
  const { requestChecker: checker, redactor } = config;
  if (!isObject(options)) checker.fail("options", "an object", options);
  const { signal, params, json, isResponseSecret = false } = options;
  const { timeout = config.requestTimeout, connectTimeout = config.connectTimeout } = options;
  const { totalTimeout = config.totalTimeout, maxRetries = config.maxRetries } = options;
  const { fetch = globalThis.fetch } = config;
  checker.check("fetch", typeof fetch === "function", "a function", fetch);
  checker.check("method", METHODS.includes(method), METHOD_EXPECTED, method);
  checkPath(checker, path);
  checker.checkDuration("timeout", timeout);
  if (connectTimeout !== null) checker.checkDuration("connectTimeout", connectTimeout);
  if (totalTimeout !== null) checker.checkDuration("totalTimeout", totalTimeout);
  checker.checkInteger("maxRetries", maxRetries, 0);
  const idempotencyKey = keyOf(config, method, options);
  checker.check("signal", signal === undefined || isSignal(signal), "an AbortSignal", signal);
  const query = params === undefined ? "" : encodeQuery(checker, params);
  const queryAt = path.indexOf("?");
  return {
    method,
    path: queryAt < 0 ? path : path.slice(0, queryAt),
    url: query === "" ? config.baseUrl + path : `${config.baseUrl}${path}${queryAt < 0 ? "?" : "&"}${query}`,
    headers: options.headers === undefined ? undefined : mergeHeaders(config, options.headers),
    body: json === undefined ? null : serialise(checker, redactor, method, json),
    idempotencyKey,
    isResponseSecret,
    timeout,
    connectTimeout,
    totalTimeout,
    maxRetries,
  };
}

/** Matches a path and its query. No segment may be `.` or `..`, in any encoding that URL parsers recognize. */
const PATH = /^(?:\/(?!(?:\.|%2e){1,2}(?:[/?]|$))[^\s\p{Cc}#\\/?]*)+(?:\?[^\s\p{Cc}#\\]*)?$/iu;

/** Rejects a path that the URL parser would change or that could leave the base path of the API. */
function checkPath(checker: ArgumentChecker, path: unknown): void {
  const holds = typeof path === "string" && PATH.test(path);
  checker.check(
    "path",
    holds,
    "a path that starts with '/', without '.' and '..' segments, white space, control characters or fragment",
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

/** Returns the key of the request: the caller's key or, for a POST, the key in its body or a generated key. */
function keyOf(config: ResolvedConfig, method: string, options: HttpRequestOptions): string | undefined {
  const { idempotencyKey = keyInBody(method, options.json) } = options;
  if (idempotencyKey === null) return undefined;
  if (idempotencyKey === undefined) {
    return method === "POST" ? createIdempotencyKey(config.defaultIdempotencyKey) : undefined;
  }
  config.requestChecker.check("idempotencyKey", isKey(idempotencyKey), KEY_EXPECTED, idempotencyKey);
  return idempotencyKey;
}

function keyInBody(method: string, json: unknown): string | undefined {
  const key = method === "POST" && isObject(json) ? json["idempotency_key"] : undefined;
  return typeof key === "string" ? key : undefined;
}

/** The headers that callers cannot set: the token must not be replaced, and the runtime sets the others. */
const IGNORED_HEADERS: readonly string[] = ["authorization", "content-length", "host", "transfer-encoding"];

/** Returns the headers of a request as a new object, because a custom `fetch` may modify it. */
export function headersOf(
  { headers: own }: Pick<ResolvedConfig, "headers">,
  { headers = own, idempotencyKey }: Pick<PreparedRequest, "headers" | "idempotencyKey">,
): Record<string, string> {
  return idempotencyKey === undefined ? { ...headers } : { ...headers, "Idempotency-Key": idempotencyKey };
}

/** Adds the caller's headers to those of the client. */
function mergeHeaders(
  { headers: own, redactor, requestChecker }: ResolvedConfig,
  added: HeaderFields,
): Readonly<Record<string, string>> {
  const all = new Headers(own);
  let fields: Headers;
  try {
    fields = new Headers(added as Headers);
  } catch (error) {
    const message = "Cannot send the request: 'headers' must be valid HTTP headers";
    throw new PrefactorClientError(message, { cause: redactor.cause(error) });
  }
  const key = fields.get("idempotency-key");
  requestChecker.check(
    "headers.idempotency-key",
    key === null,
    "absent (use the option 'idempotencyKey' instead)",
    key,
  );
  fields.forEach((value, name) => IGNORED_HEADERS.includes(name) || all.set(name, value));
  return Object.fromEntries(all);
}

function serialise(checker: ArgumentChecker, redactor: Redactor, method: string, json: unknown): string {
  checker.check("json", method !== "GET", "absent from a GET, which has no body", json);
  let body: string | undefined;
  try {
    body = json instanceof RawJson ? json.text : JSON.stringify(json);
  } catch (error) {
    const message = "Cannot send the request: its body cannot be written as JSON";
    throw new PrefactorClientError(message, { cause: redactor.cause(error) });
  }
  return body ?? checker.fail("json", "a value that JSON can hold", json);
}
