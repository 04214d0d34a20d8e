/**
 * Classifies errors as transient or permanent.
 *
 * @module
 */

import { errorKind } from "./errors.ts";
import { isUntrustedCertificate } from "./network_cause.ts";

/**
 * Returns whether the same request may succeed later. This is the case for network errors and timeouts, except for an
 * untrusted certificate, and for responses with status 429 or at least 500. A `PrefactorRetryExhaustedError` or
 * `PrefactorBulkError` is classified by its cause. An abort is neither transient nor permanent.
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
 * Returns whether the same request will fail again. This is the case for responses with a status from 400 to 499,
 * except 429, and for responses that violate the contract and are not transient. A `PrefactorRetryExhaustedError` or
 * `PrefactorBulkError` is classified by its cause.
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

/** Returns the facts that decide the classification: the kind, status (0 for none) and cause of the innermost error. */
function facts(error: unknown): { kind: string | undefined; statusCode: number; cause: unknown } {
  let current = error as { statusCode?: number; cause?: unknown };
  while (["bulk", "exhausted"].includes(errorKind(current) ?? "")) current = current.cause as typeof current;
  const kind = errorKind(current);
  return kind === undefined
    ? { kind, statusCode: 0, cause: undefined }
    : { kind, statusCode: current.statusCode || 0, cause: current.cause };
}
