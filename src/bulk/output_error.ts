/**
 * Converts the output of a failed item to an error.
 *
 * @module
 */

import { redact } from "../arguments.ts";
import type { PrefactorApiError, RequestSummary } from "../errors/errors.ts";
import { errorFromResponse } from "../errors/from_response.ts";
import type { HttpRequester } from "../http_requester.ts";
import type { BulkOutput } from "../models/bulk.ts";

/** The status with which a single request fails, by error code. It is 400 for any other code. */
const STATUS_CODES: ReadonlyMap<unknown, number> = new Map([
  ["validation_errors", 422],
  ["bad_request", 400],
  ["unauthorized", 401],
  ["bad_authtoken", 401],
  ["not_found", 404],
  ["invalid_action", 409],
]);

/** Creates the error with which a single request would have failed. */
export function errorFromOutput(
  output: BulkOutput,
  { requester, request, requestId }: {
    readonly requester: HttpRequester;
    readonly request: RequestSummary;
    readonly requestId: string | undefined;
  },
): PrefactorApiError {
  const body = redact(requester, output) as BulkOutput;
  return errorFromResponse(STATUS_CODES.get(output.code) ?? 400, body, { request, requestId });
}
