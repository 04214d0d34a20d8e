/**
 * A server that records spans, single and in bulk. Its base path is `/<delay>/<bytes>`: the delay of each response, in ms,
 * and the size of a span, in bytes. It responds to any request of its parent with its URL and the number of requests so
 * far.
 *
 * @module
 */

import { handleRequests } from "./child.ts";
import { createdSpan } from "./span.ts";

/** The state of the server. */
export interface ServerState {
  readonly url: string;
  /** The number of requests so far. */
  readonly requests: number;
}

const ID = createdSpan().id;
const AT = "2025-01-31T12:00:00.000Z";
const headers = { "content-type": "application/json" };
const spans = new Map<number, string>();
const instance = JSON.stringify({
  status: "success",
  details: {
    type: "agent_instance",
    id: ID,
    account_id: ID,
    agent_id: ID,
    agent_version_id: ID,
    environment_id: ID,
    status: "active",
    inserted_at: AT,
    updated_at: AT,
  },
});
let requests = 0;

/** Returns the response to the creation of a span. */
function spanOf(bytes: number): string {
  const known = spans.get(bytes);
  if (known !== undefined) return known;
  const span = JSON.stringify({ status: "success", details: createdSpan(bytes) });
  spans.set(bytes, span);
  return span;
}

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
  requests++;
  const { items } = await request.json() as { items?: { idempotency_key: string }[] };
  const [, delay, bytes] = /\/(\d+)\/(\d+)\//.exec(request.url)!.map(Number) as [number, number, number];
  const span = spanOf(bytes);
  if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
  const outputs = items?.map(({ idempotency_key: key }) => `${JSON.stringify(key)}:${span}`).join();
  const single = request.url.includes("/agent_instance/") ? instance : span;
  return new Response(items ? `{"status":"success","outputs":{${outputs}}}` : single, { headers });
});

await handleRequests((): ServerState => ({ url: `http://127.0.0.1:${server.addr.port}`, requests }));
