/**
 * Client options and the checked form of them that the rest of the package reads.
 *
 * @module
 */

import { ArgumentChecker } from "./arguments.ts";
import { isObject } from "./guards.ts";
import type { ClientHooks } from "./hooks.ts";
import { isKeyText, MAX_KEY_PREFIX_LENGTH } from "./idempotency.ts";
import { Redactor } from "./redaction.ts";
import { VERSION } from "./version.ts";

/** Client options. Every duration is in milliseconds. */
export interface HttpClientConfig {
  /**
   * The URL of the API: an absolute `http:` or `https:` URL without credentials, query or fragment, such as
   * `https://app.prefactorai.com`. A base path is kept; a trailing `/` and a trailing `/api/v1` are ignored.
   */
  apiUrl: string;
  /** The bearer token. It appears in no message, property or log of this package. */
  apiToken: string;
  /** The timeout of one attempt, from its start to the last byte of the response, in ms. Defaults to 30 000. */
  requestTimeout?: number | undefined;
  /**
   * The timeout of the wait for the response headers, in ms. Defaults to 10 000. It does not apply to `bulk`, because
   * the API responds to a bulk request only when all of it is done.
   */
  connectTimeout?: number | undefined;
  /** The maximum number of retries after the first attempt. Defaults to 3. */
  maxRetries?: number | undefined;
  /** The delay before the first retry, before jitter, in ms; at most `maxRetryDelay`. Defaults to 1 000. */
  initialRetryDelay?: number | undefined;
  /**
   * The maximum delay before a retry, in ms. Defaults to 60 000. If the server asks for a longer delay, the call fails
   * at once.
   */
  maxRetryDelay?: number | undefined;
  /** The factor from one delay to the next, at least 1. Defaults to 2. */
  retryMultiplier?: number | undefined;
  /** The statuses that are retried, each from 400 to 599. Defaults to 429, 500, 502, 503 and 504. */
  retryOnStatusCodes?: readonly number[] | undefined;
  /** The prefix of the idempotency keys that the client generates, at most 27 printable ASCII characters. Defaults to none. */
  defaultIdempotencyKey?: string | undefined;
  /** The maximum number of concurrent requests, at least 1. Defaults to 100. Other requests wait in order. */
  maxConcurrency?: number | undefined;
  /** The entry of an SDK built on this package, such as `my-sdk@1.2.0`, put before this package's in `X-Prefactor-SDK`. */
  sdkHeader?: string | undefined;
  /** The maximum length of a response body, in bytes after decompression. Defaults to 16 MiB. */
  maxResponseBytes?: number | undefined;
  /** The function that sends the requests. Defaults to `globalThis.fetch`, looked up at each call. */
  fetch?: typeof fetch | undefined;
  /** Observers of every attempt. */
  hooks?: ClientHooks | undefined;
}

/** The options of {@linkcode HttpClientConfig} that control retries. */
export type RetryConfig = Pick<
  HttpClientConfig,
  "maxRetries" | "initialRetryDelay" | "maxRetryDelay" | "retryMultiplier"
>;

/** A {@linkcode RetryConfig} with all defaults filled in. */
export type ResolvedRetryConfig = Readonly<Record<keyof RetryConfig, number>>;

/** An {@linkcode HttpClientConfig}, checked and with all defaults filled in. */
export interface ResolvedConfig extends ResolvedRetryConfig {
  /** The URL in front of every path, without a trailing `/`. */
  readonly baseUrl: string;
  readonly requestTimeout: number;
  readonly connectTimeout: number;
  readonly retryOnStatusCodes: ReadonlySet<number>;
  readonly defaultIdempotencyKey: string | undefined;
  readonly maxConcurrency: number;
  readonly maxResponseBytes: number;
  /** The headers of every request; besides the redactor the only place that holds the token. */
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch | undefined;
  readonly hooks: ClientHooks | undefined;
  /** Takes the token out of errors. */
  readonly redactor: Redactor;
  /** Checks the arguments of requests. */
  readonly requestChecker: ArgumentChecker;
}

/** Checks a config and fills in the defaults. */
export function resolveConfig(config: HttpClientConfig): ResolvedConfig {
  const token: unknown = isObject(config) ? config.apiToken : undefined;
  const redactor = new Redactor(typeof token === "string" ? token : "");
  const checker = new ArgumentChecker("configure the client", redactor);
  const retryConfig = resolveRetryConfig(config, checker);
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
  checkToken(checker, apiToken);
  checker.checkDuration("requestTimeout", requestTimeout);
  checker.checkDuration("connectTimeout", connectTimeout);
  checkStatusCodes(checker, retryOnStatusCodes);
  const isPrefix = defaultIdempotencyKey === undefined ||
    isKeyText(defaultIdempotencyKey, MAX_KEY_PREFIX_LENGTH);
  const prefixExpected = `1 to ${MAX_KEY_PREFIX_LENGTH} printable ASCII characters`;
  checker.check("defaultIdempotencyKey", isPrefix, prefixExpected, defaultIdempotencyKey);
  checker.checkInteger("maxConcurrency", maxConcurrency, 1);
  const isSdkHeader = sdkHeader === undefined || isHeaderValue(sdkHeader);
  checker.check("sdkHeader", isSdkHeader, "a valid header value", sdkHeader);
  checker.checkInteger("maxResponseBytes", maxResponseBytes, 1);
  checker.check("fetch", isFunctionOrAbsent(fetch), "a function", fetch);
  checker.check("hooks", hooks === undefined || isObject(hooks), "an object", hooks);
  for (const name of ["onRequest", "onResponse", "onRetry"] as const) {
    checker.check(`hooks.${name}`, isFunctionOrAbsent(hooks?.[name]), "a function", hooks?.[name]);
  }
  const sdk = `@prefactor/http@${VERSION}`;
  return Object.freeze({
    ...retryConfig,
    baseUrl: resolveApiUrl(checker, apiUrl, apiToken),
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
    redactor,
    requestChecker: new ArgumentChecker("send the request", redactor),
  });
}

/** Checks the retry options and fills in the defaults. */
export function resolveRetryConfig(config: RetryConfig, checker: ArgumentChecker): ResolvedRetryConfig {
  checker.check("config", isObject(config), "an object", config);
  const { maxRetries = 3, initialRetryDelay = 1_000, maxRetryDelay = 60_000, retryMultiplier = 2 } = config;
  checker.checkInteger("maxRetries", maxRetries, 0);
  checker.checkDuration("maxRetryDelay", maxRetryDelay);
  checker.checkDuration("initialRetryDelay", initialRetryDelay);
  const isOrdered = initialRetryDelay <= maxRetryDelay;
  checker.check(
    "initialRetryDelay",
    isOrdered,
    `at most maxRetryDelay, which is ${maxRetryDelay}`,
    initialRetryDelay,
  );
  const isMultiplier = Number.isFinite(retryMultiplier) && retryMultiplier >= 1;
  checker.check("retryMultiplier", isMultiplier, "a finite number >= 1", retryMultiplier);
  return { maxRetries, initialRetryDelay, maxRetryDelay, retryMultiplier };
}

/** Replaces a value in a message that may be a token. */
const HIDDEN = Symbol("a value that is not shown");

function checkToken(checker: ArgumentChecker, token: unknown): void {
  const shown = typeof token === "string" && token !== "" ? HIDDEN : token;
  checker.check("apiToken", isHeaderValue(token), "a non-empty string that a header can carry", shown);
}

function checkStatusCodes(checker: ArgumentChecker, codes: unknown): void {
  const expected = "an array of integers from 400 to 599";
  if (!Array.isArray(codes)) checker.fail("retryOnStatusCodes", expected, codes);
  for (const code of codes) {
    checker.check("retryOnStatusCodes", Number.isInteger(code) && code >= 400 && code <= 599, expected, code);
  }
}

/** Checks the URL of the API and removes a trailing `/` or `/api/v1`. */
function resolveApiUrl(checker: ArgumentChecker, apiUrl: unknown, apiToken: string): string {
  const expected = "an absolute http: or https: URL without credentials, query or fragment";
  if (typeof apiUrl !== "string") checker.fail("apiUrl", expected, apiUrl);
  const url = /^https?:\/\/[^\s?#\\]+$/i.test(apiUrl) && URL.canParse(apiUrl) && new URL(apiUrl);
  if (!url || url.username !== "" || url.password !== "") {
    // If the token is a URL, the two were probably mixed up.
    const shown = URL.canParse(apiToken) ? HIDDEN : apiUrl.replace(/\/\/.*@/s, "//[redacted]@");
    checker.fail("apiUrl", expected, shown);
  }
  return url.origin + url.pathname.replace(/\/+$/, "").replace(/\/api\/v1$/, "").replace(/\/+$/, "");
}

/** Returns whether a header can carry the string unchanged, which excludes white space at its ends. */
function isHeaderValue(value: unknown): value is string {
  return typeof value === "string" &&
    /^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/.test(value);
}

function isFunctionOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === "function";
}
