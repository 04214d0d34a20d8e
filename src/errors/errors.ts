/**
 * The errors of this package: one base class, and one class for each reaction that a caller may have.
 *
 * @module
 */

import type { BulkResult } from "../models/bulk.ts";
import type { Control } from "../models/control.ts";

/** Marks every error of this package, whichever installed copy of it created the error. */
const KIND = /* @__PURE__ */ Symbol.for("@prefactor/http/error");

/** The kind of an error. A subclass that the classification treats alike has the kind of its parent. */
export type ErrorKind = "other" | "api" | "bulk" | "contract" | "exhausted" | "network";

/** Returns the kind of an error of this package, or `undefined` for anything else. */
export function errorKind(value: unknown): ErrorKind | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return (value as { [KIND]?: ErrorKind })[KIND];
  } catch {
    return undefined; // a proxy that cannot be read
  }
}

/** Defines a property that logs do not show. */
function hide(target: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(target, key, { value, configurable: true, writable: true });
}

/** The request that an error is about. It never holds the token. */
export interface RequestSummary {
  /** The HTTP method. */
  readonly method: string;
  /** The path without its query. */
  readonly path: string;
  /** The idempotency key. Sending the same request with the same key again is safe. */
  readonly idempotencyKey?: string;
}

/** Options that every error takes. */
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
  /** The name of the class, which minifiers keep. */
  protected get className(): string {
    return "PrefactorHttpError";
  }

  /** The kind that the classification looks at. */
  protected get kind(): string {
    return "other";
  }

  /** The request that failed, if it may have been sent. */
  declare readonly request?: RequestSummary;

  /**
   * Creates the error.
   *
   * @param message Describes the failure to people.
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

/** Any error of this package, told apart by its `name`. */
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
 * Returns whether a value is an error of this package, also if a package manager installed two copies of it and
 * `instanceof` fails.
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

/** The error codes of the API that are known. The API may add others. */
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
  /** The id of the request, from the response header `x-request-id`. */
  requestId?: string | undefined;
  /** The delay before a retry that the server asked for, in ms. */
  retryAfter?: number | undefined;
  /** The parsed body of the response, without the token. */
  body?: unknown;
  /** The signal of the platform to the agent instance. */
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
  /** The name of the class, which minifiers keep. */
  protected override get className(): string {
    return "PrefactorApiError";
  }

  /** The kind that the classification looks at. */
  protected override get kind(): string {
    return "api";
  }

  /** The error code, such as `"invalid_action"`, or `"unknown"` if the response has none. */
  declare readonly code: ApiErrorCode;
  /** The HTTP status. */
  declare readonly statusCode: number;
  /** The id of the request, from the response header `x-request-id`; the platform's support may ask for it. */
  declare readonly requestId?: string | undefined;
  /** The delay before a retry that the server asked for, in ms. */
  declare readonly retryAfter?: number | undefined;
  /** The parsed body of the response, without the token, cut to 64 KiB. Logs do not show it. */
  declare readonly body?: unknown;
  /** The signal of the platform to the agent instance, if the response carries one. */
  declare readonly control?: Control;

  /**
   * Creates the error.
   *
   * @param message Describes the failure to people.
   * @param code The error code.
   * @param statusCode The HTTP status.
   * @param options The id of the request, the delay that the server asked for, the body, the request, the cause.
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
 * The API rejected the token (401) or what the token is used for (403).
 *
 * @example
 * ```ts
 * import { PrefactorAuthError } from "@prefactor/http";
 *
 * console.log(new PrefactorAuthError("Invalid token", "bad_authtoken", 401).statusCode); // 401
 * ```
 */
export class PrefactorAuthError extends PrefactorApiError {
  /** The name of the class, which minifiers keep. */
  protected override get className(): string {
    return "PrefactorAuthError";
  }
}

/**
 * The API found nothing under the id or path of the request (404).
 *
 * @example
 * ```ts
 * import { PrefactorNotFoundError } from "@prefactor/http";
 *
 * console.log(new PrefactorNotFoundError("No such span", "not_found", 404).code); // not_found
 * ```
 */
export class PrefactorNotFoundError extends PrefactorApiError {
  /** The name of the class, which minifiers keep. */
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
  /** The name of the class, which minifiers keep. */
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
  /** The name of the class, which minifiers keep. */
  protected override get className(): string {
    return "PrefactorValidationError";
  }

  /** The error of each field, nested like the request, or `{}` if the response has none. */
  declare readonly errors: Record<string, unknown>;

  /**
   * Creates the error.
   *
   * @param message Describes the failure to people.
   * @param code The error code.
   * @param statusCode The HTTP status.
   * @param errors The error of each field.
   * @param options The id of the request, the delay that the server asked for, the body, the request, the cause.
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
  /** The error of each attempt, in order, at most the last 10. Defaults to the last error alone. */
  failures?: readonly unknown[] | undefined;
  /** The request that failed. */
  request?: RequestSummary | undefined;
}

/**
 * The call was retried, or would have been, and no retry is left: every attempt failed, the server asked for a longer
 * delay than `maxRetryDelay`, or the client's `retryBudget` is used up.
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
  /** The name of the class, which minifiers keep. */
  protected override get className(): string {
    return "PrefactorRetryExhaustedError";
  }

  /** The kind that the classification looks at. */
  protected override get kind(): string {
    return "exhausted";
  }

  /** The number of attempts. */
  declare readonly attempts: number;
  /** The error of each attempt, in order, at most the last 10. Only the last keeps its `body`. */
  declare readonly failures: readonly unknown[];

  /**
   * Creates the error.
   *
   * @param message Describes the failure to people.
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

  /** The error of the last attempt; the same as `cause`. */
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
 * A bulk job stopped before its end. The `cause` says why.
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
  /** The name of the class, which minifiers keep. */
  protected override get className(): string {
    return "PrefactorBulkError";
  }

  /** The kind that the classification looks at. */
  protected override get kind(): string {
    return "bulk";
  }

  /** What the job has done, and what is left. Logs do not show it. */
  declare readonly result: BulkResult;

  /**
   * Creates the error from the result so far.
   *
   * @param message Describes the failure to people.
   * @param result What the job has done, and what is left.
   * @param options The error that stopped the job, as the cause.
   */
  constructor(message: string, result: BulkResult, options: PrefactorErrorOptions = {}) {
    super(message, options);
    hide(this, "result", result);
  }
}

/**
 * The client was misused: an invalid config or argument, a closed client, or a `fetch` that does not return a
 * `Response`. Nothing was sent, unless the error has a `request`.
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
  /** The name of the class, which minifiers keep. */
  protected override get className(): string {
    return "PrefactorClientError";
  }
}

/**
 * No complete response arrived: `fetch` failed before or while the response was read. `cause` has the reason.
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
  /** The name of the class, which minifiers keep. */
  protected override get className(): string {
    return "PrefactorNetworkError";
  }

  /** The kind that the classification looks at. */
  protected override get kind(): string {
    return "network";
  }
}

/** Options of {@linkcode PrefactorTerminatedError}. */
export interface PrefactorTerminatedErrorOptions extends PrefactorErrorOptions {
  /** The ID of the agent instance. */
  agentInstanceId: string;
  /** The reason that a person gave. */
  reason: string | null;
}

/**
 * A person has terminated the agent instance at the platform. It is the reason of `terminationSignal`.
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
  /** The name of the class, which minifiers keep. */
  protected override get className(): string {
    return "PrefactorTerminatedError";
  }

  /** The ID of the agent instance. */
  declare readonly agentInstanceId: string;
  /** The reason that a person gave. */
  declare readonly reason: string | null;

  /**
   * Creates the error.
   *
   * @param message Describes the termination to people.
   * @param options The instance, the reason, the request, the cause.
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
  /** The name of the class, which minifiers keep. */
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
   * @param message Describes the failure to people.
   * @param options The timeout that expired, its length, the request, the cause.
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
  /** The id of the request, from the response header `x-request-id`. */
  requestId?: string | undefined;
  /** The delay before a retry that the server asked for, in ms. */
  retryAfter?: number | undefined;
  /** The beginning of the body, 200 characters at most. */
  bodySnippet?: string | undefined;
  /** The path of the first invalid field. */
  path?: string | undefined;
  /** The parsed body, if it was JSON, without the token. */
  body?: unknown;
}

/**
 * The response breaks the contract of the API: it is not a JSON object, or a field is missing or invalid.
 *
 * The server may have carried out the request all the same; `body` holds its response.
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
  /** The name of the class, which minifiers keep. */
  protected override get className(): string {
    return "PrefactorResponseContractError";
  }

  /** The kind that the classification looks at. */
  protected override get kind(): string {
    return "contract";
  }

  /** The HTTP status. */
  declare readonly statusCode?: number | undefined;
  /** The id of the request, from the response header `x-request-id`. */
  declare readonly requestId?: string | undefined;
  /** The delay before a retry that the server asked for, in ms. */
  declare readonly retryAfter?: number | undefined;
  /** The beginning of the body, 200 characters at most. */
  declare readonly bodySnippet?: string | undefined;
  /** The path of the first invalid field, such as `details.span_counts.total`. */
  declare readonly path?: string | undefined;
  /** The parsed body, if it was JSON, without the token, cut to 64 KiB. Logs do not show it. */
  declare readonly body?: unknown;

  /**
   * Creates the error.
   *
   * @param message Describes the failure to people.
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

/** Returns the value itself if JSON can hold it; a foreign error, which would be `{}`, and anything else as text. */
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
