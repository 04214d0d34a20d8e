/**
 * Runs an endpoint client on a requester that records its calls.
 *
 * @module
 */

import { spy } from "@std/testing/mock";
import type { HttpRequester, HttpRequestOptions, JsonObject } from "../../mod.ts";

/** Creates an endpoint client, and the spy on the `request` method of its requester. */
export function recordRequests<Client>(
  EndpointClient: new (requester: HttpRequester) => Client,
  response: JsonObject,
  createIdempotencyKey?: () => string,
) {
  const request = spy((_method: string, _path: string, _options: HttpRequestOptions = {}) =>
    Promise.resolve(response)
  );
  const client = new EndpointClient({ request, ...(createIdempotencyKey && { createIdempotencyKey }) });
  return { client, request };
}
