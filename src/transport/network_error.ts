/**
 * Creates the error of a `fetch` that failed.
 *
 * @module
 */

import { PrefactorClientError, type PrefactorHttpError, PrefactorNetworkError } from "../errors/errors.ts";
import { reasonOf, type Redactor } from "../redaction.ts";
import { type PreparedRequest, summarize } from "./request.ts";

/** Creates the error from anything that `fetch`, or the reading of a body, may reject with. */
export function networkError(
  request: PreparedRequest,
  error: unknown,
  redactor: Redactor,
): PrefactorHttpError {
  const cause = redactor.cause(error);
  const summary = summarize(request, redactor);
  const message = `${summary.method} ${summary.path} failed: ${reasonOf(cause)}`;
  // Deno without `--allow-net`: a retry would not grant the permission.
  const isDenied = cause instanceof Error && cause.name === "NotCapable";
  return isDenied
    ? new PrefactorClientError(message, { cause })
    : new PrefactorNetworkError(message, { cause, request: summary });
}
