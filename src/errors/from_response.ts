/**
 * From a status and a parsed body to the right error.
 *
 * @module
 */

import type { PrefactorApiErrorOptions } from "./errors.ts";
import {
  PrefactorApiError,
  PrefactorAuthError,
  PrefactorNotFoundError,
  PrefactorValidationError,
} from "./errors.ts";
import { isObject, isString } from "../guards.ts";

/** Makes the error that an answer with a status from 400 up stands for. */
export function errorFromResponse(
  statusCode: number,
  body: Record<string, unknown>,
  options: PrefactorApiErrorOptions,
): PrefactorApiError {
  const code = isString(body["code"]) ? body["code"] : "unknown";
  const message = isString(body["message"]) ? body["message"] : `HTTP ${statusCode}`;
  switch (statusCode) {
    case 400:
    case 422:
      return new PrefactorValidationError(
        message,
        code,
        statusCode,
        isObject(body["errors"]) ? body["errors"] : {},
        options,
      );
    case 401:
    case 403:
      return new PrefactorAuthError(message, code, statusCode, options);
    case 404:
      return new PrefactorNotFoundError(message, code, statusCode, options);
    default:
      return new PrefactorApiError(message, code, statusCode, options);
  }
}
