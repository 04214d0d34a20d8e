/**
 * What a client can be told, and the checked form of it that the rest of the package reads.
 *
 * @module
 */

import { ArgumentChecker } from "./arguments.ts";
import { isObject } from "./guards.ts";
import { isKeyText, MAX_KEY_PREFIX_LENGTH } from "./idempotency.ts";
import { Redactor } from "./redaction.ts";
import { VERSION } from "./version.ts";

/** The facts of an attempt that is about to be sent. */
export interface RequestEvent {
  /** The HTTP method. */
  readonly method: string;
  /** The path without its query. */
  readonly path: string;
  /** Which attempt of the call it is, from 1. */
  readonly attempt: number;
}

/** The facts of an answer that has come in whole. */
export interface ResponseEvent extends RequestEvent {
  /** The HTTP status. */
  readonly statusCode: number;
  /** The id of the request, from `x-request-id`. */
  readonly requestId?: string;
  /** How long the attempt took, to the last byte, in ms. */
  readonly duration: number;
}

/** The facts of an attempt that follows a failed one; `attempt` is the number of the one about to be sent. */
export interface RetryEvent extends RequestEvent {
  /** What the attempt before failed with. */
  readonly error: unknown;
  /** How long was waited for this attempt, in ms. */
  readonly delay: number;
}

/**
 * Observers of every attempt. They only watch: what they return is ignored, and one that throws or rejects
 * changes nothing.
 */
export interface ClientHooks {
  /** Called just before an attempt is sent. */
  onRequest?(event: RequestEvent): unknown;
  /** Called when an answer has come in whole, whatever its status. */
  onResponse?(event: ResponseEvent): unknown;
  /** Called just before an attempt that follows a failed one, ahead of its `onRequest`. */
  onRetry?(event: RetryEvent): unknown;
}

/** What a client can be told. Every duration is in milliseconds. */
export interface HttpClientConfig {
  /**
   * Where the API is: an absolute `http:` or `https:` URL without credentials, query or fragment, such as
   * `https://app.prefactorai.com`. A base path is kept; a `/` and an `/api/v1` at its end are ignored.
   */
  apiUrl: string;
  /** The bearer token. It appears in no message, property or log of this package. */
  apiToken: string;
  /** How long one attempt may take, from its start to the last byte of the answer, in ms; 30 000 by default. */
  requestTimeout?: number | undefined;
  /**
   * How long the headers of the answer may take, in ms; 10 000 by default. It does not apply to `bulk`, whose
   * server answers only when all is done.
   */
  connectTimeout?: number | undefined;
  /** How many more attempts may follow the first; 3 by default. */
  maxRetries?: number | undefined;
  /** The wait before the first retry, before jitter, in ms; 1 000 by default, at most `maxRetryDelay`. */
  initialRetryDelay?: number | undefined;
  /**
   * The longest wait before a retry, in ms; 60 000 by default. Where the server asks for more, the call fails
   * at once.
   */
  maxRetryDelay?: number | undefined;
  /** How much longer each wait is than the one before, at least 1; 2 by default. */
  retryMultiplier?: number | undefined;
  /** The statuses, each 400 to 599, that are worth a retry; 429, 500, 502, 503 and 504 by default. */
  retryOnStatusCodes?: readonly number[] | undefined;
  /** What the keys that the client generates begin with, at most 27 printable ASCII characters; none by default. */
  defaultIdempotencyKey?: string | undefined;
  /** How many requests may be in flight at a time, at least 1; 100 by default. The rest wait their turn in order. */
  maxConcurrency?: number | undefined;
  /** An upstream SDK's own entry, such as `my-sdk@1.2.0`, put before this package's in `X-Prefactor-SDK`. */
  sdkHeader?: string | undefined;
  /** The longest answer that is read, in bytes after decompression; 16 MiB by default. */
  maxResponseBytes?: number | undefined;
  /** What sends the requests; `globalThis.fetch` as it is at each call by default. */
  fetch?: typeof fetch | undefined;
  /** Observers of every attempt. */
  hooks?: ClientHooks | undefined;
}

/** The part of {@linkcode HttpClientConfig} that says how a call is retried. */
export type RetryConfig = Pick<
  HttpClientConfig,
  "maxRetries" | "initialRetryDelay" | "maxRetryDelay" | "retryMultiplier"
>;

/** A {@linkcode RetryConfig} with nothing left open. */
export type ResolvedRetryConfig = Readonly<Record<keyof RetryConfig, number>>;

/** An {@linkcode HttpClientConfig} with nothing left open. */
export interface ResolvedConfig extends ResolvedRetryConfig {
  /** The URL that every path is put behind, without a `/` at its end. */
  readonly baseUrl: string;
  readonly apiToken: string;
  readonly requestTimeout: number;
  readonly connectTimeout: number;
  readonly retryOnStatusCodes: ReadonlySet<number>;
  readonly defaultIdempotencyKey: string | undefined;
  readonly maxConcurrency: number;
  readonly maxResponseBytes: number;
  /** The headers of every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch | undefined;
  readonly hooks: ClientHooks | undefined;
}

/** ArgumentChecker a config and fills in the defaults. */
export function resolveConfig(config: HttpClientConfig): ResolvedConfig {
  const token: unknown = isObject(config) ? config.apiToken : undefined;
  const redactor = new Redactor(typeof token === "string" ? token : "");
  const checks = new ArgumentChecker("configure the client", redactor);
  const retryConfig = resolveRetryConfig(config, checks);
  const {
    apiUrl,
    apiToken,
    requestTimeout = 30_000,
    connectTimeout = 10_000,
    retryOnStatusCodes = [429, 500, 502, 503, 504],
    defaultIdempotencyKey,
    maxConcurrency = 100,
    sdkHeader,
    maxResponseBytes = 16 * 1024 * 1024,
    fetch,
    hooks,
  } = config;
  checkToken(checks, apiToken);
  checks.duration("requestTimeout", requestTimeout);
  checks.duration("connectTimeout", connectTimeout);
  checkStatusCodes(checks, retryOnStatusCodes);
  const isPrefix = defaultIdempotencyKey === undefined ||
    isKeyText(defaultIdempotencyKey, MAX_KEY_PREFIX_LENGTH);
  const prefixExpected = `1 to ${MAX_KEY_PREFIX_LENGTH} printable ASCII characters`;
  checks.check("defaultIdempotencyKey", isPrefix, prefixExpected, defaultIdempotencyKey);
  checks.count("maxConcurrency", maxConcurrency, 1);
  const isSdkHeader = sdkHeader === undefined || isHeaderValue(sdkHeader);
  checks.check("sdkHeader", isSdkHeader, "a string that a header can carry", sdkHeader);
  checks.count("maxResponseBytes", maxResponseBytes, 1);
  checks.check("fetch", isFunctionOrAbsent(fetch), "a function", fetch);
  checks.check("hooks", hooks === undefined || isObject(hooks), "an object", hooks);
  for (const name of ["onRequest", "onResponse", "onRetry"] as const) {
    checks.check(`hooks.${name}`, isFunctionOrAbsent(hooks?.[name]), "a function", hooks?.[name]);
  }
  const sdk = `@prefactor/http@${VERSION}`;
  return Object.freeze({
    ...retryConfig,
    baseUrl: resolveApiUrl(checks, apiUrl, apiToken),
    apiToken,
    requestTimeout,
    connectTimeout,
    retryOnStatusCodes: new Set(retryOnStatusCodes),
    defaultIdempotencyKey,
    maxConcurrency,
    maxResponseBytes,
    headers: Object.freeze({
      "Authorization": `Bearer ${apiToken}`,
      "Content-Type": "application/json",
      "Accept": "application/json",
      "X-Prefactor-SDK": sdkHeader === undefined ? sdk : `${sdkHeader} ${sdk}`,
    }),
    fetch,
    hooks,
  });
}

/** ArgumentChecker how a call is retried and fills in the defaults. */
export function resolveRetryConfig(config: RetryConfig, checks: ArgumentChecker): ResolvedRetryConfig {
  checks.check("config", isObject(config), "an object", config);
  const { maxRetries = 3, initialRetryDelay = 1_000, maxRetryDelay = 60_000, retryMultiplier = 2 } = config;
  checks.count("maxRetries", maxRetries, 0);
  checks.duration("maxRetryDelay", maxRetryDelay);
  checks.duration("initialRetryDelay", initialRetryDelay);
  const isOrdered = initialRetryDelay <= maxRetryDelay;
  checks.check(
    "initialRetryDelay",
    isOrdered,
    `at most maxRetryDelay, which is ${maxRetryDelay}`,
    initialRetryDelay,
  );
  const isMultiplier = Number.isFinite(retryMultiplier) && retryMultiplier >= 1;
  checks.check("retryMultiplier", isMultiplier, "a finite number >= 1", retryMultiplier);
  return { maxRetries, initialRetryDelay, maxRetryDelay, retryMultiplier };
}

/** Stands in a message for what may be a token. */
const HIDDEN = Symbol("one that is not shown");

function checkToken(checks: ArgumentChecker, token: unknown): void {
  const given = typeof token === "string" && token !== "" ? HIDDEN : token;
  checks.check("apiToken", isHeaderValue(token), "a non-empty string that a header can carry", given);
}

function checkStatusCodes(checks: ArgumentChecker, codes: unknown): void {
  const expected = "an array of integers from 400 to 599";
  if (!Array.isArray(codes)) checks.refuse("retryOnStatusCodes", expected, codes);
  for (const code of codes) {
    checks.check("retryOnStatusCodes", Number.isInteger(code) && code >= 400 && code <= 599, expected, code);
  }
}

/** ArgumentChecker the API's URL and takes off what people write at its end. */
function resolveApiUrl(checks: ArgumentChecker, apiUrl: unknown, apiToken: string): string {
  const expected = "an absolute http: or https: URL without credentials, query or fragment";
  if (typeof apiUrl !== "string") checks.refuse("apiUrl", expected, apiUrl);
  const url = /^https?:\/\/[^\s?#\\]+$/i.test(apiUrl) && URL.canParse(apiUrl) && new URL(apiUrl);
  if (!url || url.username !== "" || url.password !== "") {
    // Where the two were mixed up, this one is the token.
    const given = URL.canParse(apiToken) ? HIDDEN : apiUrl.replace(/\/\/.*@/s, "//[redacted]@");
    checks.refuse("apiUrl", expected, given);
  }
  return url.origin + url.pathname.replace(/\/+$/, "").replace(/\/api\/v1$/, "").replace(/\/+$/, "");
}

/** Whether a header can carry the text as it is, without white space cut off its ends. */
function isHeaderValue(value: unknown): value is string {
  return typeof value === "string" &&
    /^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/.test(value);
}

function isFunctionOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === "function";
}
