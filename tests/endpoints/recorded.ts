/**
 * What an endpoint client gives the requester under it.
 *
 * @module
 */

import { assertSpyCalls, spy } from "@std/testing/mock";
import type { HttpRequester, HttpRequestOptions, JsonObject } from "../../mod.ts";

/** An endpoint client over a requester that gives this answer, and the calls of that requester. */
export function record<Client>(
  EndpointClient: new (requester: HttpRequester) => Client,
  answer: JsonObject,
  createIdempotencyKey?: () => string,
) {
  const request = spy((_method: string, _path: string, _options: HttpRequestOptions = {}) =>
    Promise.resolve(answer)
  );
  const client = new EndpointClient({ request, ...(createIdempotencyKey && { createIdempotencyKey }) });
  return { client, request };
}

/** What one call of an endpoint client gives its requester. */
export async function recordCall<Client>(
  EndpointClient: new (requester: HttpRequester) => Client,
  answer: JsonObject,
  call: (client: Client) => Promise<unknown>,
): Promise<[method: string, path: string, options: HttpRequestOptions]> {
  const { client, request } = record(EndpointClient, answer, () => "made-key");
  await call(client);
  assertSpyCalls(request, 1);
  const [method, path, options = {}] = request.calls[0]!.args;
  return [method, path, JSON.parse(JSON.stringify(options))];
}
