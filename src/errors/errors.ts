/**
 * The errors of this package: one base class, one class for each thing a caller can do about it.
 *
 * @module
 */

/** Marks every error of this package, whichever installed copy of it made the error. */
const KIND = Symbol.for("@prefactor/http/error");

/** What kind an error is; a subclass that a classifier need not tell apart shares its parent's. */
export type ErrorKind = "other" | "api" | "contract" | "exhausted" | "network";

/** The kind of an error of this package, `undefined` for anything else. */
export function errorKind(value: unknown): ErrorKind | undefined {
  return typeof value === "object" && value !== null ? (value as { [KIND]?: ErrorKind })[KIND] : undefined;
}

/** Gives a class its name and kind, on the prototype, where they do not show up in every log. */
function define(constructor: { prototype: PrefactorHttpError }, name: string, kind: ErrorKind): void {
  for (const [key, value] of [["name", name], [KIND, kind]] as const) {
    Object.defineProperty(constructor.prototype, key, { value, configurable: true, writable: true });
  }
}

/**
 * The base of every error that this package makes.
 *
 * `JSON.stringify` gives its `name` and `message` and the fields of its class, but not its `cause`.
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
  static {
    define(this, "PrefactorHttpError", "other");
  }

  /**
   * The error as data for a log.
   *
   * @returns Its name, its message and the fields of its class.
   */
  toJSON(): Record<string, unknown> {
    const facts: Record<string, unknown> = { name: this.name, message: this.message };
    for (const [field, value] of Object.entries(this)) facts[field] = isJson(value) ? value : String(value);
    return facts;
  }
}

/**
 * Tells an error of this package from anything else. It holds where a package manager installed the package
 * twice and `instanceof` fails.
 *
 * @example
 * ```ts
 * import { isPrefactorHttpError, PrefactorNetworkError } from "@prefactor/http";
 *
 * console.log(isPrefactorHttpError(new PrefactorNetworkError("Connection refused"))); // true
 * console.log(isPrefactorHttpError(new TypeError("Not ours"))); // false
 * ```
 */
export function isPrefactorHttpError(value: unknown): value is PrefactorHttpError {
  return errorKind(value) !== undefined;
}

/** What a {@linkcode PrefactorApiError} can carry beside its code and status. */
export interface PrefactorApiErrorOptions extends ErrorOptions {
  /** The id of the request, from `x-request-id`. */
  requestId?: string | undefined;
  /** How long the server asked to wait before the next try, in ms. */
  retryAfter?: number | undefined;
}

/**
 * The API answered with an error.
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
  static {
    define(this, "PrefactorApiError", "api");
  }

  /** What went wrong, for programs, such as `"invalid_action"`; `"unknown"` where the API did not say. */
  readonly code: string;
  /** The HTTP status. */
  readonly statusCode: number;
  /** The id of the request, from `x-request-id`, to quote to the platform's support. */
  readonly requestId?: string | undefined;
  /** How long the server asked to wait before the next try, in ms. */
  readonly retryAfter?: number | undefined;

  /**
   * Makes the error from what the API said.
   *
   * @param message What went wrong, for people.
   * @param code What went wrong, for programs.
   * @param statusCode The HTTP status.
   * @param options The id of the request, the wait that the server asked for, the cause.
   */
  constructor(message: string, code: string, statusCode: number, options: PrefactorApiErrorOptions = {}) {
    super(message, causeOf(options));
    this.code = code;
    this.statusCode = statusCode;
    this.requestId = options.requestId;
    this.retryAfter = options.retryAfter;
  }
}

/**
 * The API refused the token (401), or what the token may do (403).
 *
 * @example
 * ```ts
 * import { PrefactorAuthError } from "@prefactor/http";
 *
 * console.log(new PrefactorAuthError("Invalid token", "bad_authtoken", 401).statusCode); // 401
 * ```
 */
export class PrefactorAuthError extends PrefactorApiError {
  static {
    define(this, "PrefactorAuthError", "api");
  }
}

/**
 * The API does not know what the request named (404).
 *
 * @example
 * ```ts
 * import { PrefactorNotFoundError } from "@prefactor/http";
 *
 * console.log(new PrefactorNotFoundError("No such span", "not_found", 404).code); // not_found
 * ```
 */
export class PrefactorNotFoundError extends PrefactorApiError {
  static {
    define(this, "PrefactorNotFoundError", "api");
  }
}

/**
 * The API refused the content of the request (400, 422).
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
  static {
    define(this, "PrefactorValidationError", "api");
  }

  /** What is wrong with each field, nested as the request was; `{}` where the API did not say. */
  readonly errors: Record<string, unknown>;

  /**
   * Makes the error from what the API said.
   *
   * @param message What went wrong, for people.
   * @param code What went wrong, for programs.
   * @param statusCode The HTTP status.
   * @param errors What is wrong with each field.
   * @param options The id of the request, the wait that the server asked for, the cause.
   */
  constructor(
    message: string,
    code: string,
    statusCode: number,
    errors: Record<string, unknown>,
    options: PrefactorApiErrorOptions = {},
  ) {
    super(message, code, statusCode, options);
    this.errors = errors;
  }
}

/**
 * Every attempt failed, or the server asked for a longer wait than `maxRetryDelay`.
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
  static {
    define(this, "PrefactorRetryExhaustedError", "exhausted");
  }

  /** What the last attempt failed with; also the `cause`. */
  readonly lastError: unknown;
  /** How many attempts were made. */
  readonly attempts: number;

  /**
   * Makes the error from the last failure.
   *
   * @param message What went wrong, for people.
   * @param lastError What the last attempt failed with.
   * @param attempts How many were made.
   */
  constructor(message: string, lastError: unknown, attempts: number) {
    super(message, { cause: lastError });
    this.lastError = lastError;
    this.attempts = attempts;
  }
}

/**
 * The caller's mistake: a wrong config, a wrong argument, a closed client. Nothing was sent.
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
  static {
    define(this, "PrefactorClientError", "other");
  }
}

/**
 * No whole answer came: `fetch` itself failed, before or while the answer came in; `cause` says why.
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
  static {
    define(this, "PrefactorNetworkError", "network");
  }
}

/** What a {@linkcode PrefactorTimeoutError} carries. */
export interface PrefactorTimeoutErrorOptions extends ErrorOptions {
  /** Which timeout ran out: `connectTimeout` or `requestTimeout`. */
  phase: "connect" | "request";
  /** How long it was, in ms. */
  timeout: number;
}

/**
 * No answer came in time.
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
  static {
    define(this, "PrefactorTimeoutError", "network");
  }

  /** Which timeout ran out: `connectTimeout`, before the headers came, or `requestTimeout`. */
  readonly phase: "connect" | "request";
  /** How long it was, in ms. */
  readonly timeout: number;

  /**
   * Makes the error from the timeout that ran out.
   *
   * @param message What went wrong, for people.
   * @param options Which timeout ran out, how long it was, the cause.
   */
  constructor(message: string, options: PrefactorTimeoutErrorOptions) {
    super(message, causeOf(options));
    this.phase = options.phase;
    this.timeout = options.timeout;
  }
}

/** What a {@linkcode PrefactorResponseContractError} can carry. */
export interface PrefactorResponseContractErrorOptions extends ErrorOptions {
  /** The HTTP status. */
  statusCode?: number | undefined;
  /** The id of the request, from `x-request-id`. */
  requestId?: string | undefined;
  /** How long the server asked to wait before the next try, in ms. */
  retryAfter?: number | undefined;
  /** The beginning of the body, 200 characters at most. */
  bodySnippet?: string | undefined;
  /** The path of the first field that is wrong. */
  path?: string | undefined;
  /** The parsed body, where it was JSON. */
  body?: unknown;
}

/**
 * The answer is not what the API promises: no JSON object, or one with a missing or wrong field.
 *
 * The server may have carried the request out all the same: `body` holds what it said.
 *
 * @example
 * ```ts
 * import { PrefactorResponseContractError } from "@prefactor/http";
 *
 * const error = new PrefactorResponseContractError("Unexpected answer", { path: "details.id" });
 * console.log(error.path); // details.id
 * ```
 */
export class PrefactorResponseContractError extends PrefactorHttpError {
  static {
    define(this, "PrefactorResponseContractError", "contract");
  }

  /** The HTTP status, where the answer was refused before its model was looked at. */
  readonly statusCode?: number | undefined;
  /** The id of the request, from `x-request-id`. */
  readonly requestId?: string | undefined;
  /** How long the server asked to wait before the next try, in ms. */
  readonly retryAfter?: number | undefined;
  /** The beginning of the body, 200 characters at most. */
  readonly bodySnippet?: string | undefined;
  /** The path of the first field that is wrong, such as `details.span_counts.total`. */
  readonly path?: string | undefined;
  /** The parsed body, where it was JSON. */
  readonly body?: unknown;

  /**
   * Makes the error from what came.
   *
   * @param message What went wrong, for people.
   * @param options What is known of the answer.
   */
  constructor(message: string, options: PrefactorResponseContractErrorOptions = {}) {
    super(message, causeOf(options));
    this.statusCode = options.statusCode;
    this.requestId = options.requestId;
    this.retryAfter = options.retryAfter;
    this.bodySnippet = options.bodySnippet;
    this.path = options.path;
    this.body = options.body;
  }
}

function isJson(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}

/** What `Error` wants of the options: the cause, only where there is one. */
function causeOf(options: ErrorOptions): ErrorOptions | undefined {
  return options.cause === undefined ? undefined : { cause: options.cause };
}
