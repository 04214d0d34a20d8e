/**
 * Tells transient errors from permanent ones.
 *
 * @module
 */

import { errorKind } from "./errors.ts";
import { isUntrustedCertificate } from "./network_cause.ts";

/**
 * Returns whether the same request may succeed later: a network error or a timeout (but not an untrusted certificate),
 * or a response with status 429 or from 500 up. Looks at the cause of a `PrefactorRetryExhaustedError` or `PrefactorBulkError`. An abort
 * is neither transient nor permanent.
 *
 * @example
 * ```ts
 * import { isTransientHttpError, PrefactorApiError } from "@prefactor/http";
 *
 * console.log(isTransientHttpError(new PrefactorApiError("Slow down", "rate_limited", 429))); // true
 * ```
 */
export function isTransientHttpError(error: unknown): boolean {
  const { kind, statusCode, cause } = facts(error);
  return kind === "network" && !isUntrustedCertificate(cause) ||
    (kind === "api" || kind === "contract") && (statusCode === 429 || statusCode >= 500);
}

/**
 * Returns whether the same request will fail again: a response with a status from 400 to 499 but 429, or one that
 * breaks the contract and is not transient. Looks at the cause of a `PrefactorRetryExhaustedError` or `PrefactorBulkError`.
 *
 * @example
 * ```ts
 * import { isPermanentHttpError, PrefactorNotFoundError } from "@prefactor/http";
 *
 * console.log(isPermanentHttpError(new PrefactorNotFoundError("No such span", "not_found", 404))); // true
 * ```
 */
export function isPermanentHttpError(error: unknown): boolean {
  const { kind, statusCode } = facts(error);
  return kind === "contract" && !isTransientHttpError(error) ||
    kind === "api" && statusCode >= 400 && statusCode < 500 && statusCode !== 429;
}

/** Returns what the classification looks at: the kind, status (0 if it has none) and cause of the innermost error. */
function facts(error: unknown): { kind: string | undefined; statusCode: number; cause: unknown } {
  let current = error as { statusCode?: number; cause?: unknown };
  while (["bulk", "exhausted"].includes(errorKind(current) ?? "")) current = current.cause as typeof current;
  const kind = errorKind(current);
  return kind === undefined
    ? { kind, statusCode: 0, cause: undefined }
    : { kind, statusCode: current.statusCode || 0, cause: current.cause };
}
