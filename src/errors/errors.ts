/**
 * The errors of this package: a base class, and a class for each kind of failure that callers may handle differently.
 *
 * @module
 */

import type { BulkResult } from "../models/bulk.ts";
import type { Control } from "../models/control.ts";

/** Marks every error of this package, even one from another installed copy. */
const KIND = /* @__PURE__ */ Symbol.for("@prefactor/http/error");

/** The kind of an error. A subclass has the kind of its parent if both are classified alike. */
export type ErrorKind = "other" | "api" | "bulk" | "contract" | "exhausted" | "network";

/** Returns the kind of an error of this package, or `undefined` for anything else. */
export function errorKind(value: unknown): ErrorKind | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return (value as { [KIND]?: ErrorKind })[KIND];
  } catch {
    return undefined; // reading a proxy may throw
  }
}

/** Defines a property that is not enumerable, so that logs do not show it. */
function hide(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, configurable: true, writable: true });
}

/** The request that an error is about. It never holds the token. */
export interface RequestSummary {
  /** The HTTP method. */
  readonly method: string;
  /** The path without its query. */
  readonly path: string;
  /** The idempotency key. It is safe to send the same request with this key again. */
  readonly idempotencyKey?: string;
}

/** Options of every error. */
export interface PrefactorErrorOptions extends ErrorOptions {
  /** The request that failed. */
  request?: RequestSummary | undefined;
}

/**
 * The base class of every error of this package.
 *
 * `JSON.stringify` includes its `name`, `message` and the fields of its class, but not its `cause` or a response body.
 *
 * @example
 * ```ts
 * import { PrefactorClientError, PrefactorHttpError } from "@prefactor/http";
 *
 * const error = new PrefactorClientError("Cannot send a request: the client is closed");
 * console.log(error instanceof PrefactorHttpError, error.name); // true PrefactorClientError
 * ```
 */
export class PrefactorHttpError extends Error {
  /** The class name, which minifiers do not change. */
  protected get className(): string {
    return "PrefactorHttpError";
  }

  /** The kind of error, by which `isTransientHttpError` and `isPermanentHttpError` classify it. */
  protected get kind(): string {
    return "other";
  }

  /** The request that failed, if it may have been sent. */
  declare readonly request?: RequestSummary;

  /**
   * Creates the error.
   *
   * @param message A human-readable description of the failure.
   * @param options The request that failed and the cause.
   */
  constructor(message: string, options: PrefactorErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    hide(this, "name", this.className);
    hide(this, KIND, this.kind);
    if (options.request) this.request = options.request;
  }

  /**
   * Returns the error as data for a log.
   *
   * @returns The name, the message and the fields of the class.
   */
  toJSON(): Record<string, unknown> {
    const facts: Record<string, unknown> = { name: this.name, message: this.message };
    for (const [field, value] of Object.entries(this)) facts[field] = toJson(value);
    return facts;
  }
}

/** Any error of this package, as a union that is discriminated by `name`. */
export type PrefactorError =
  | PrefactorApiError & { readonly name: "PrefactorApiError" }
  | PrefactorAuthError & { readonly name: "PrefactorAuthError" }
  | PrefactorNotFoundError & { readonly name: "PrefactorNotFoundError" }
  | PrefactorConflictError & { readonly name: "PrefactorConflictError" }
  | PrefactorValidationError & { readonly name: "PrefactorValidationError" }
  | PrefactorRetryExhaustedError & { readonly name: "PrefactorRetryExhaustedError" }
  | PrefactorBulkError & { readonly name: "PrefactorBulkError" }
  | PrefactorTerminatedError & { readonly name: "PrefactorTerminatedError" }
  | PrefactorClientError & { readonly name: "PrefactorClientError" }
  | PrefactorNetworkError & { readonly name: "PrefactorNetworkError" }
  | PrefactorTimeoutError & { readonly name: "PrefactorTimeoutError" }
  | PrefactorResponseContractError & { readonly name: "PrefactorResponseContractError" };

/**
 * Returns whether a value is an error of this package. Unlike `instanceof`, it works even if a package manager has
 * installed two copies of the package.
 *
 * @example
 * ```ts
 * import { isPrefactorHttpError, PrefactorNetworkError } from "@prefactor/http";
 *
 * function describe(error: unknown): string {
 *   if (!isPrefactorHttpError(error)) return "not from this package";
 *   switch (error.name) {
 *     case "PrefactorTimeoutError":
 *       return `${error.phase} timeout after ${error.timeout} ms`;
 *     default:
 *       return error.message;
 *   }
 * }
 * console.log(describe(new PrefactorNetworkError("Connection refused"))); // Connection refused
 * ```
 */
export function isPrefactorHttpError(value: unknown): value is PrefactorError {
  return errorKind(value) !== undefined;
}

/** The known error codes of the API. The API may add others. */
export const API_ERROR_CODES = [
  "bad_request",
  "validation_errors",
  "required",
  "unauthorized",
  "bad_authtoken",
  "not_found",
  "invalid_action",
] as const;

/** An error code of the API: a known one, or any other string. */
export type ApiErrorCode = typeof API_ERROR_CODES[number] | (string & Record<never, never>);

/** Options of {@linkcode PrefactorApiError}. */
export interface PrefactorApiErrorOptions extends PrefactorErrorOptions {
  /** The ID of the request, from the response header `x-request-id`. */
  requestId?: string | undefined;
  /** The delay before a retry that the server asked for, in ms. */
  retryAfter?: number | undefined;
  /** The parsed body of the response, without the token. */
  body?: unknown;
  /** The signal from the platform to the agent instance. */
  control?: Control | undefined;
}

/**
 * The API responded with an error.
 *
 * @example
 * ```ts
 * import { PrefactorApiError } from "@prefactor/http";
 *
 * const error = new PrefactorApiError("Already finished", "invalid_action", 409, { requestId: "r-1" });
 * console.log(error.code, error.statusCode, error.requestId); // invalid_action 409 r-1
 * ```
 */
export class PrefactorApiError extends PrefactorHttpError {
  /** The class name, which minifiers do not change. */
  protected override get className(): string {
    return "PrefactorApiError";
  }

  /** The kind of error, by which `isTransientHttpError` and `isPermanentHttpError` classify it. */
  protected override get kind(): string {
    return "api";
  }

  /** The error code, such as `"invalid_action"`, or `"unknown"` if the response has none. */
  declare readonly code: ApiErrorCode;
  /** The HTTP status. */
  declare readonly statusCode: number;
  /**
   * The ID of the request, from the response header `x-request-id`; include it when you contact the platform's support.
   */
  declare readonly requestId?: string | undefined;
  /** The delay before a retry that the server asked for, in ms. */
  declare readonly retryAfter?: number | undefined;
  /**
   * The parsed body of the response, without the token, truncated to 64 KiB. It is not enumerable, so logs do not show
   * it.
   */
  declare readonly body?: unknown;
  /** The signal from the platform to the agent instance, if the response carries one. */
  declare readonly control?: Control;

  /**
   * Creates the error.
   *
   * @param message A human-readable description of the failure.
   * @param code The error code.
   * @param statusCode The HTTP status.
   * @param options Further facts about the response, the request, and the cause.
   */
  constructor(
    message: string,
    code: ApiErrorCode,
    statusCode: number,
    options: PrefactorApiErrorOptions = {},
  ) {
    super(message, options);
    this.code = code;
    this.statusCode = statusCode;
    this.requestId = options.requestId;
    this.retryAfter = options.retryAfter;
    hide(this, "body", options.body);
    if (options.control) this.control = options.control;
  }
}

/**
 * The API rejected the token (401), or the token lacks permission for the request (403).
 *
 * @example
 * ```ts
 * import { PrefactorAuthError } from "@prefactor/http";
 *
 * console.log(new PrefactorAuthError("Invalid token", "bad_authtoken", 401).statusCode); // 401
 * ```
 */
export class PrefactorAuthError extends PrefactorApiError {
  /** The class name, which minifiers do not change. */
  protected override get className(): string {
    return "PrefactorAuthError";
  }
}

/**
 * The resource or path of the request does not exist (404).
 *
 * @example
 * ```ts
 * import { PrefactorNotFoundError } from "@prefactor/http";
 *
 * console.log(new PrefactorNotFoundError("No such span", "not_found", 404).code); // not_found
 * ```
 */
export class PrefactorNotFoundError extends PrefactorApiError {
  /** The class name, which minifiers do not change. */
  protected override get className(): string {
    return "PrefactorNotFoundError";
  }
}

/**
 * The state of the resource does not allow the request (409), such as finishing a finished span.
 *
 * @example
 * ```ts
 * import { PrefactorConflictError } from "@prefactor/http";
 *
 * console.log(new PrefactorConflictError("Already finished", "invalid_action", 409).code); // invalid_action
 * ```
 */
export class PrefactorConflictError extends PrefactorApiError {
  /** The class name, which minifiers do not change. */
  protected override get className(): string {
    return "PrefactorConflictError";
  }
}

/**
 * The API rejected the content of the request (400, 422).
 *
 * @example
 * ```ts
 * import { PrefactorValidationError } from "@prefactor/http";
 *
 * const error = new PrefactorValidationError("Invalid", "validation_errors", 422, {
 *   agent_id: { status: "error", code: "required", message: "is required" },
 * });
 * console.log(Object.keys(error.errors)); // ["agent_id"]
 * ```
 */
export class PrefactorValidationError extends PrefactorApiError {
  /** The class name, which minifiers do not change. */
  protected override get className(): string {
    return "PrefactorValidationError";
  }

  /** The error of each field, nested like the request, or `{}` if the response has none. */
  declare readonly errors: Record<string, unknown>;

  /**
   * Creates the error.
   *
   * @param message A human-readable description of the failure.
   * @param code The error code.
   * @param statusCode The HTTP status.
   * @param errors The error of each field.
   * @param options Further facts about the response, the request, and the cause.
   */
  constructor(
    message: string,
    code: ApiErrorCode,
    statusCode: number,
    errors: Record<string, unknown>,
    options: PrefactorApiErrorOptions = {},
  ) {
    super(message, code, statusCode, options);
    this.errors = errors;
  }
}

/** Options of {@linkcode PrefactorRetryExhaustedError}. */
export interface PrefactorRetryExhaustedErrorOptions {
  /** The errors of at most the last 10 attempts, in order. Defaults to only the last error. */
  failures?: readonly unknown[] | undefined;
  /** The request that failed. */
  request?: RequestSummary | undefined;
}

/**
 * A call failed with a retriable error and cannot be retried further: it has used all its retries, the server asked for
 * a longer delay than `maxRetryDelay`, or the client's `retryBudget` is used up.
 *
 * @example
 * ```ts
 * import { PrefactorNetworkError, PrefactorRetryExhaustedError } from "@prefactor/http";
 *
 * const last = new PrefactorNetworkError("Connection refused");
 * const error = new PrefactorRetryExhaustedError("Gave up after 4 attempts", last, 4);
 * console.log(error.lastError === last, error.cause === last, error.attempts); // true true 4
 * ```
 */
export class PrefactorRetryExhaustedError extends PrefactorHttpError {
  /** The class name, which minifiers do not change. */
  protected override get className(): string {
    return "PrefactorRetryExhaustedError";
  }

  /** The kind of error, by which `isTransientHttpError` and `isPermanentHttpError` classify it. */
  protected override get kind(): string {
    return "exhausted";
  }

  /** The number of attempts. */
  declare readonly attempts: number;
  /** The errors of at most the last 10 attempts, in order. Only the last one keeps its `body`. */
  declare readonly failures: readonly unknown[];

  /**
   * Creates the error.
   *
   * @param message A human-readable description of the failure.
   * @param lastError The error of the last attempt.
   * @param attempts The number of attempts.
   * @param options The errors of all attempts and the request.
   */
  constructor(
    message: string,
    lastError: unknown,
    attempts: number,
    options: PrefactorRetryExhaustedErrorOptions = {},
  ) {
    super(message, { request: options.request, cause: lastError });
    this.attempts = attempts;
    hide(this, "failures", options.failures ?? [lastError]);
  }

  /** The error of the last attempt, which is also the `cause`. */
  get lastError(): unknown {
    return this.cause;
  }

  /**
   * Returns the error as data for a log.
   *
   * @returns The name, the message, the number of attempts and the last error.
   */
  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), lastError: toJson(this.lastError) };
  }
}

/**
 * A bulk job stopped before its end. The `cause` is the reason.
 *
 * @example
 * ```ts
 * import { bulkItem, PrefactorBulkError, PrefactorHttpClient } from "@prefactor/http";
 * import { PrefactorSandbox } from "@prefactor/http/testing";
 *
 * const sandbox = new PrefactorSandbox();
 * await using client = new PrefactorHttpClient(sandbox.config({ maxRetries: 0 }));
 * const items = [
 *   bulkItem("agent_spans/finish", { agent_span_id: "span-1" }),
 *   bulkItem("agent_spans/finish", { agent_span_id: "span-2" }),
 * ];
 * sandbox.faults.next({ kind: "refuse" });
 * try {
 *   await client.bulk.executeAll(items);
 * } catch (error) {
 *   if (!(error instanceof PrefactorBulkError)) throw error;
 *   await client.bulk.executeAll(error.result.unattempted); // continues with the same keys
 * }
 * ```
 */
export class PrefactorBulkError extends PrefactorHttpError {
  /** The class name, which minifiers do not change. */
  protected override get className(): string {
    return "PrefactorBulkError";
  }

  /** The kind of error, by which `isTransientHttpError` and `isPermanentHttpError` classify it. */
  protected override get kind(): string {
    return "bulk";
  }

  /** What the job has done and what is left. It is not enumerable, so logs do not show it. */
  declare readonly result: BulkResult;

  /**
   * Creates the error from the result so far.
   *
   * @param message A human-readable description of the failure.
   * @param result What the job has done, and what is left.
   * @param options The error that stopped the job, as the cause.
   */
  constructor(message: string, result: BulkResult, options: PrefactorErrorOptions = {}) {
    super(message, options);
    hide(this, "result", result);
  }
}

/**
 * The caller made a mistake: an invalid config or argument, a call on a closed client, or a `fetch` that does not return
 * a `Response`. Nothing was sent, unless the error has a `request`.
 *
 * @example
 * ```ts
 * import { PrefactorClientError, PrefactorHttpClient } from "@prefactor/http";
 *
 * try {
 *   new PrefactorHttpClient({ apiUrl: "not a URL", apiToken: "…" });
 * } catch (error) {
 *   console.log(error instanceof PrefactorClientError); // true
 * }
 * ```
 */
export class PrefactorClientError extends PrefactorHttpError {
  /** The class name, which minifiers do not change. */
  protected override get className(): string {
    return "PrefactorClientError";
  }
}

/**
 * No complete response arrived: `fetch` failed, or reading the response failed. The `cause` is the reason.
 *
 * @example
 * ```ts
 * import { PrefactorNetworkError } from "@prefactor/http";
 *
 * const error = new PrefactorNetworkError("POST failed", { cause: new TypeError("Connection refused") });
 * console.log(error.cause instanceof TypeError); // true
 * ```
 */
export class PrefactorNetworkError extends PrefactorHttpError {
  /** The class name, which minifiers do not change. */
  protected override get className(): string {
    return "PrefactorNetworkError";
  }

  /** The kind of error, by which `isTransientHttpError` and `isPermanentHttpError` classify it. */
  protected override get kind(): string {
    return "network";
  }
}

/** Options of {@linkcode PrefactorTerminatedError}. */
export interface PrefactorTerminatedErrorOptions extends PrefactorErrorOptions {
  /** The ID of the agent instance. */
  agentInstanceId: string;
  /** The reason that the person gave, or `null` if there is none. */
  reason: string | null;
}

/**
 * A person has terminated the agent instance on the platform. This is the abort reason of `terminationSignal`.
 *
 * @example
 * ```ts
 * import { PrefactorTerminatedError } from "@prefactor/http";
 *
 * const error = new PrefactorTerminatedError("Terminated", { agentInstanceId: "i-1", reason: "Over budget" });
 * console.log(error.agentInstanceId, error.reason); // i-1 Over budget
 * ```
 */
export class PrefactorTerminatedError extends PrefactorHttpError {
  /** The class name, which minifiers do not change. */
  protected override get className(): string {
    return "PrefactorTerminatedError";
  }

  /** The ID of the agent instance. */
  declare readonly agentInstanceId: string;
  /** The reason that the person gave, or `null` if there is none. */
  declare readonly reason: string | null;

  /**
   * Creates the error.
   *
   * @param message A human-readable description of the termination.
   * @param options The instance, the reason, the request, and the cause.
   */
  constructor(message: string, options: PrefactorTerminatedErrorOptions) {
    super(message, options);
    this.agentInstanceId = options.agentInstanceId;
    this.reason = options.reason;
  }
}

/** Options of {@linkcode PrefactorTimeoutError}. */
export interface PrefactorTimeoutErrorOptions extends PrefactorErrorOptions {
  /** The timeout that expired: `connectTimeout`, `requestTimeout` or `totalTimeout`. */
  phase: "connect" | "request" | "total";
  /** The length of the timeout, in ms. */
  timeout: number;
}

/**
 * No complete response arrived in time.
 *
 * @example
 * ```ts
 * import { PrefactorTimeoutError } from "@prefactor/http";
 *
 * const error = new PrefactorTimeoutError("Timed out", { phase: "connect", timeout: 10_000 });
 * console.log(error.phase, error.timeout); // connect 10000
 * ```
 */
export class PrefactorTimeoutError extends PrefactorNetworkError {
  /** The class name, which minifiers do not change. */
  protected override get className(): string {
    return "PrefactorTimeoutError";
  }

  /** The timeout that expired: `connectTimeout` (no response headers), `requestTimeout` or `totalTimeout`. */
  declare readonly phase: "connect" | "request" | "total";
  /** The length of the timeout, in ms. */
  declare readonly timeout: number;

  /**
   * Creates the error.
   *
   * @param message A human-readable description of the failure.
   * @param options The timeout that expired, its length, the request, and the cause.
   */
  constructor(message: string, options: PrefactorTimeoutErrorOptions) {
    super(message, options);
    this.phase = options.phase;
    this.timeout = options.timeout;
  }
}

/** Options of {@linkcode PrefactorResponseContractError}. */
export interface PrefactorResponseContractErrorOptions extends PrefactorErrorOptions {
  /** The HTTP status. */
  statusCode?: number | undefined;
  /** The ID of the request, from the response header `x-request-id`. */
  requestId?: string | undefined;
  /** The delay before a retry that the server asked for, in ms. */
  retryAfter?: number | undefined;
  /** The beginning of the body, at most 200 characters. */
  bodySnippet?: string | undefined;
  /** The path of the first invalid field. */
  path?: string | undefined;
  /** The parsed body, if it was JSON, without the token. */
  body?: unknown;
}

/**
 * The response violates the contract of the API: it is not a JSON object, or a field is missing or invalid.
 *
 * The server may have processed the request nevertheless; `body` is its response.
 *
 * @example
 * ```ts
 * import { PrefactorResponseContractError } from "@prefactor/http";
 *
 * const error = new PrefactorResponseContractError("Unexpected response", { path: "details.id" });
 * console.log(error.path); // details.id
 * ```
 */
export class PrefactorResponseContractError extends PrefactorHttpError {
  /** The class name, which minifiers do not change. */
  protected override get className(): string {
    return "PrefactorResponseContractError";
  }

  /** The kind of error, by which `isTransientHttpError` and `isPermanentHttpError` classify it. */
  protected override get kind(): string {
    return "contract";
  }

  /** The HTTP status. */
  declare readonly statusCode?: number | undefined;
  /** The ID of the request, from the response header `x-request-id`. */
  declare readonly requestId?: string | undefined;
  /** The delay before a retry that the server asked for, in ms. */
  declare readonly retryAfter?: number | undefined;
  /** The beginning of the body, at most 200 characters. */
  declare readonly bodySnippet?: string | undefined;
  /** The path of the first invalid field, such as `details.span_counts.total`. */
  declare readonly path?: string | undefined;
  /**
   * The parsed body, if it was JSON, without the token, truncated to 64 KiB. It is not enumerable, so logs do not show
   * it.
   */
  declare readonly body?: unknown;

  /**
   * Creates the error.
   *
   * @param message A human-readable description of the failure.
   * @param options Facts about the response.
   */
  constructor(message: string, options: PrefactorResponseContractErrorOptions = {}) {
    super(message, options);
    this.statusCode = options.statusCode;
    this.requestId = options.requestId;
    this.retryAfter = options.retryAfter;
    this.bodySnippet = options.bodySnippet;
    this.path = options.path;
    hide(this, "body", options.body);
  }
}

/**
 * Returns the value itself if JSON can hold it, and otherwise a text. Foreign errors, which JSON shows as `{}`, become
 * text too.
 */
function toJson(value: unknown): unknown {
  try {
    if (value instanceof Error && !(value instanceof PrefactorHttpError)) return String(value);
    JSON.stringify(value);
    return value;
  } catch {
    return String(value);
  }
}

/** Removes the body of an error that is no longer the last failure of its call. */
export function dropBody(error: unknown): void {
  if (error instanceof PrefactorApiError || error instanceof PrefactorResponseContractError) {
    // Unlike `hide`, this does not throw if a hook has frozen the error.
    Reflect.defineProperty(error, "body", { value: undefined });
  }
}
