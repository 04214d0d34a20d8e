/**
 * Which errors may go away by themselves, and which will not.
 *
 * @module
 */

import { errorKind } from "./errors.ts";

/**
 * Whether the same request may succeed later: a network error or a timeout, or an answer with status 429 or
 * from 500 up. Looks through `PrefactorRetryExhaustedError` at its `lastError`. An abort is neither transient
 * nor permanent.
 *
 * @example
 * ```ts
 * import { isTransientHttpError, PrefactorApiError } from "@prefactor/http";
 *
 * console.log(isTransientHttpError(new PrefactorApiError("Slow down", "rate_limited", 429))); // true
 * ```
 */
export function isTransientHttpError(error: unknown): boolean {
  const { kind, statusCode } = facts(error);
  return kind === "network" ||
    (kind === "api" || kind === "contract") && (statusCode === 429 || statusCode >= 500);
}

/**
 * Whether the same request will fail again: an answer with a status from 400 to 499 but 429, or one that
 * breaks the contract and is not transient. Looks through `PrefactorRetryExhaustedError` at its `lastError`.
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

/** What a classification looks at: the kind of the error at the bottom, and its status (0 where it has none). */
function facts(error: unknown): { kind: string | undefined; statusCode: number } {
  let current = error as { lastError?: unknown; statusCode?: number };
  while (errorKind(current) === "exhausted") current = current.lastError as typeof current;
  const kind = errorKind(current);
  return { kind, statusCode: kind !== undefined && current.statusCode || 0 };
}
