/**
 * The options of a client, and the resolved config that the rest of the package reads.
 *
 * @module
 */

import { ArgumentChecker } from "./arguments.ts";
import { isObject } from "./guards.ts";
import { type ClientHooks, HOOK_NAMES } from "./hooks.ts";
import { isKeyText, MAX_KEY_PREFIX_LENGTH } from "./idempotency.ts";
import { Redactor } from "./redaction.ts";
import { VERSION } from "./version.ts";

/** Options of a {@linkcode PrefactorHttpClient}. All durations are in milliseconds. */
export interface HttpClientConfig {
  /**
   * The URL of the API: an absolute `https:` URL without credentials, query or fragment, such as
   * `https://app.prefactorai.com`. An `http:` URL is accepted only for a loopback host or with `allowInsecureHttp`. A
   * base path is kept; a trailing `/` or `/api/v1` is ignored.
   */
  apiUrl: string;
  /** The bearer token. This package never exposes it in a message, property or log. */
  apiToken: string;
  /** The timeout of one attempt, from its start to the last byte of the response, in ms. Defaults to 30,000. */
  requestTimeout?: number | undefined;
  /**
   * The timeout for the response headers of one attempt, in ms. Defaults to 10,000. It does not apply to `bulk`, because
   * the API responds to a bulk request only when the whole request is done.
   */
  connectTimeout?: number | undefined;
  /**
   * The timeout of a whole call, in ms, including the wait for a free slot, all attempts and the delays between them.
   * Defaults to none.
   */
  totalTimeout?: number | undefined;
  /** The maximum number of retries after the first attempt. Defaults to 3. */
  maxRetries?: number | undefined;
  /**
   * The delay before the first retry, before jitter, in ms; at most `maxRetryDelay`. Defaults to 1,000, or to
   * `maxRetryDelay` if that is less.
   */
  initialRetryDelay?: number | undefined;
  /**
   * The maximum delay before a retry, in ms. Defaults to 60,000. If the server asks for a longer delay, the call fails
   * at once.
   */
  maxRetryDelay?: number | undefined;
  /** The factor from one delay to the next, at least 1. Defaults to 2. */
  retryMultiplier?: number | undefined;
  /**
   * The retry budget that all calls of the client share; `null` for no limit. Defaults to 500. Each retry uses one; a
   * call that succeeds returns those that it used and one more. Once the budget is used up, as when the API is down,
   * calls are not retried. Raise it for bursts of many more calls than that, if they may all fail at first.
   */
  retryBudget?: number | null | undefined;
  /** The statuses that are retried, each from 400 to 599. Defaults to 429, 500, 502, 503 and 504. */
  retryOnStatusCodes?: readonly number[] | undefined;
  /**
   * The prefix of the idempotency keys that the client generates, at most 27 printable ASCII characters. Defaults to
   * none.
   */
  defaultIdempotencyKey?: string | undefined;
  /**
   * Whether `apiUrl` may be an `http:` URL to any host. The token is then sent unencrypted. Defaults to `false`.
   */
  allowInsecureHttp?: boolean | undefined;
  /**
   * The maximum number of concurrent requests, at least 1. Defaults to 100. Other requests wait in order, with retries
   * first.
   */
  maxConcurrency?: number | undefined;
  /**
   * The name and version of an SDK built on this package, such as `my-sdk@1.2.0`, prepended to the `X-Prefactor-SDK`
   * header.
   */
  sdkHeader?: string | undefined;
  /** The maximum length of a response body, in bytes after decompression. Defaults to 16 MiB. */
  maxResponseBytes?: number | undefined;
  /** The `fetch` implementation to use. Defaults to `globalThis.fetch`, which is looked up at each call. */
  fetch?: typeof fetch | undefined;
  /** Hooks that observe every attempt. */
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
  readonly totalTimeout: number | null;
  readonly retryBudget: number | null;
  readonly retryOnStatusCodes: ReadonlySet<number>;
  readonly defaultIdempotencyKey: string | undefined;
  readonly maxConcurrency: number;
  readonly maxResponseBytes: number;
  /** The headers of every request. Only these and the redactor hold the token. */
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch | undefined;
  readonly hooks: ClientHooks | undefined;
  /** Removes the token from errors. */
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
    totalTimeout = null,
    retryBudget = 500,
    retryOnStatusCodes = [429, 500, 502, 503, 504],
    defaultIdempotencyKey,
    allowInsecureHttp = false,
    maxConcurrency = 100,
    sdkHeader,
    maxResponseBytes = 16 * 1024 * 1024,
    fetch,
    hooks,
  } = config;
  checkToken(checker, apiToken);
  checker.checkDuration("requestTimeout", requestTimeout);
  checker.checkDuration("connectTimeout", connectTimeout);
  if (totalTimeout !== null) checker.checkDuration("totalTimeout", totalTimeout);
  if (retryBudget !== null) checker.checkInteger("retryBudget", retryBudget, 0);
  checkStatusCodes(checker, retryOnStatusCodes);
  checker.check("allowInsecureHttp", typeof allowInsecureHttp === "boolean", "a boolean", allowInsecureHttp);
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
  for (const name of HOOK_NAMES) {
    checker.check(`hooks.${name}`, isFunctionOrAbsent(hooks?.[name]), "a function", hooks?.[name]);
  }
  const sdk = `@prefactor/http@${VERSION}`;
  return Object.freeze({
    ...retryConfig,
    baseUrl: resolveApiUrl(checker, apiUrl, allowInsecureHttp, apiToken),
    requestTimeout,
    connectTimeout,
    totalTimeout,
    retryBudget,
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
  const { maxRetries = 3, maxRetryDelay = 60_000, retryMultiplier = 2 } = config;
  checker.checkInteger("maxRetries", maxRetries, 0);
  checker.checkDuration("maxRetryDelay", maxRetryDelay);
  const { initialRetryDelay = Math.min(1_000, maxRetryDelay) } = config;
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

function checkToken(checker: ArgumentChecker, token: unknown): void {
  if (typeof token !== "string" || token === "") checker.fail("apiToken", "a non-empty string", token);
  if (token.trim() !== token) checker.failSecretly("apiToken", "without white space at its ends");
  if (/^bearer\s/i.test(token)) checker.failSecretly("apiToken", "the token alone, without 'Bearer '");
  if (!isHeaderValue(token)) checker.failSecretly("apiToken", "a valid header value");
}

function checkStatusCodes(checker: ArgumentChecker, codes: unknown): void {
  const expected = "an array of integers from 400 to 599";
  if (!Array.isArray(codes)) checker.fail("retryOnStatusCodes", expected, codes);
  for (const code of codes) {
    checker.check("retryOnStatusCodes", Number.isInteger(code) && code >= 400 && code <= 599, expected, code);
  }
}

/** Checks the URL of the API and removes a trailing `/` or `/api/v1`. */
function resolveApiUrl(
  checker: ArgumentChecker,
  apiUrl: unknown,
  allowInsecureHttp: boolean,
  apiToken: string,
): string {
  const expected = "an absolute https: URL without credentials, query or fragment";
  if (typeof apiUrl !== "string") checker.fail("apiUrl", expected, apiUrl);
  const url = /^https?:\/\/[^\s?#\\]+$/i.test(apiUrl) && URL.canParse(apiUrl) && new URL(apiUrl);
  if (!url || url.username !== "" || url.password !== "") {
    // If the token is a URL, the two were probably mixed up.
    if (URL.canParse(apiToken)) checker.failSecretly("apiUrl", expected);
    checker.fail("apiUrl", expected, apiUrl.replace(/\/\/.*@/s, "//[redacted]@"));
  }
  const isSafe = url.protocol === "https:" || allowInsecureHttp || LOOPBACK_HOST.test(url.hostname);
  const safeExpected = "an https: URL, because http: sends the token unencrypted (see allowInsecureHttp)";
  checker.check("apiUrl", isSafe, safeExpected, apiUrl);
  return url.origin + url.pathname.replace(/\/+$/, "").replace(/\/api\/v1$/, "").replace(/\/+$/, "");
}

/** The loopback hosts, for which `http:` is safe. */
const LOOPBACK_HOST = /^(?:(?:[^.]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Returns whether a header can carry the string unchanged, so without leading or trailing white space. */
function isHeaderValue(value: unknown): value is string {
  return typeof value === "string" &&
    /^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/.test(value);
}

function isFunctionOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === "function";
}
