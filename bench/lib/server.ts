/**
 * The server of the benchmarks. It responds to the creation of a span with the same bytes each time, so that it takes
 * little of the measured time. A base path of `/<bytes>` sets the size of the span.
 *
 * @module
 */

import { handleRequests } from "./child.ts";
import { createdSpan, DEFAULT_BYTES } from "./span.ts";

const headers = { "content-type": "application/json", "x-request-id": "bench-request" };
const bodies = new Map<string, Uint8Array<ArrayBuffer>>();

function bodyFor(url: string): Uint8Array<ArrayBuffer> {
  let body = bodies.get(url);
  if (!body) {
    const bytes = Number(/^\/(\d+)\//.exec(new URL(url).pathname)?.[1] ?? DEFAULT_BYTES);
    body = new TextEncoder().encode(JSON.stringify({ status: "success", details: createdSpan(bytes) }));
    bodies.set(url, body);
  }
  return body;
}

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
  await request.arrayBuffer();
  return new Response(bodyFor(request.url), { headers });
});

await handleRequests(() => `http://127.0.0.1:${server.addr.port}`);
