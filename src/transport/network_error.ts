/**
 * Creates the error for a failed `fetch`.
 *
 * @module
 */

import { PrefactorClientError, type PrefactorHttpError, PrefactorNetworkError } from "../errors/errors.ts";
import { reasonOf, type Redactor } from "../redaction.ts";
import { type PreparedRequest, summarize } from "./request.ts";

/** Creates the error from whatever `fetch` or reading a body rejects with. */
export function networkError(
  request: PreparedRequest,
  error: unknown,
  redactor: Redactor,
): PrefactorHttpError {
  const cause = redactor.cause(error);
  const summary = summarize(request, redactor);
  const message = `${summary.method} ${summary.path} failed: ${reasonOf(cause)}`;
  // On Deno without `--allow-net`, a retry would fail again.
  const isDenied = cause instanceof Error && cause.name === "NotCapable";
  return isDenied
    ? new PrefactorClientError(message, { cause })
    : new PrefactorNetworkError(message, { cause, request: summary });
}
