/**
 * Converts error responses to errors.
 *
 * @module
 */

import { isObject, isString } from "../guards.ts";
import {
  PrefactorApiError,
  type PrefactorApiErrorOptions,
  PrefactorAuthError,
  PrefactorConflictError,
  PrefactorNotFoundError,
  PrefactorValidationError,
  type RequestSummary,
} from "./errors.ts";

/** The maximum number of invalid fields that a message names. */
const MAX_FIELDS = 5;

/** The maximum length of a text from the API in a message, in characters. */
const MAX_TEXT_LENGTH = 1_000;

/** Creates the error for a status of 400 or more. The body must already be redacted. */
export function errorFromResponse(
  statusCode: number,
  body: Record<string, unknown>,
  options: PrefactorApiErrorOptions & { readonly request: RequestSummary },
): PrefactorApiError {
  const code = isString(body["code"]) ? cut(body["code"]) : "unknown";
  const errors = isObject(body["errors"]) ? body["errors"] : {};
  const message = describe(statusCode, code, body["message"], errors, options);
  const control = isObject(body["control"]) ? body["control"] : undefined;
  const facts = { ...options, body, control };
  switch (statusCode) {
    case 400:
    case 422:
      return new PrefactorValidationError(message, code, statusCode, errors, facts);
    case 401:
    case 403:
      return new PrefactorAuthError(message, code, statusCode, facts);
    case 404:
      return new PrefactorNotFoundError(message, code, statusCode, facts);
    case 409:
      return new PrefactorConflictError(message, code, statusCode, facts);
    default:
      return new PrefactorApiError(message, code, statusCode, facts);
  }
}

function describe(
  statusCode: number,
  code: string,
  text: unknown,
  errors: Record<string, unknown>,
  { request: { method, path }, requestId }: PrefactorApiErrorOptions & { readonly request: RequestSummary },
): string {
  const reason = isString(text) && text !== "" ? cut(text) : `HTTP ${statusCode}`;
  const fields = [...fieldErrors(errors, "")].map(cut);
  const shown = fields.slice(0, MAX_FIELDS).join(", ") + (fields.length > MAX_FIELDS ? ", …" : "");
  return `${method} ${path} failed with ${statusCode} ${code}: ${reason}` +
    (fields.length > 0 ? ` (${shown})` : "") +
    (requestId === undefined ? "" : ` (request ${requestId})`);
}

/** Yields the path and message of each field error, at most one more than a message names. */
function* fieldErrors(errors: Record<string, unknown>, path: string, depth = 0): Generator<string, void> {
  let count = 0;
  for (const name of Object.keys(errors)) {
    const error = errors[name];
    if (!isObject(error) || count > MAX_FIELDS || depth > MAX_FIELDS) continue;
    const field = path === "" ? name : `${path}.${name}`;
    const text = error["message"] ?? error["code"];
    if (isString(text)) {
      count++;
      yield `${field}: ${text}`;
    } else {
      for (const inner of fieldErrors(error, field, depth + 1)) {
        if (count++ <= MAX_FIELDS) yield inner;
      }
    }
  }
}

function cut(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
}
