/**
 * Creates responses, including those of broken and slow connections.
 *
 * @module
 */

import type { Reply } from "./replies.ts";

const STATUSES_WITHOUT_BODY = [204, 205, 304];

/** Converts a reply to a response. */
export function respond(
  id: string,
  { status, body }: Reply,
  extraHeaders: { readonly [name: string]: string | undefined },
): Response {
  const headers = createHeaders(id);
  for (const [name, value] of Object.entries(extraHeaders)) {
    if (value !== undefined) headers.set(name, value);
  }
  return new Response(STATUSES_WITHOUT_BODY.includes(status) ? null : JSON.stringify(body), {
    status,
    headers,
  });
}

/** Creates a successful response that is not JSON. */
export function garbageResponse(id: string): Response {
  return new Response("<html>This is no JSON</html>", { headers: createHeaders(id) });
}

/** Returns whether the second argument of `fetch` comes from a server on Deno, Bun or Node. */
export function isFromServer(init: object | undefined): boolean {
  return init !== undefined && ("remoteAddr" in init || "requestIP" in init || "incoming" in init);
}

/** Creates a response that makes a server drop the connection, because a handler cannot refuse one. */
export function deadResponse(): Response {
  return new Response(failingStream([]));
}

/** Creates a response that announces its full length and fails in the middle. */
export function cutResponse(id: string, { status, body }: Reply): Response {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const headers = createHeaders(id);
  headers.set("content-length", String(bytes.length));
  return new Response(failingStream([bytes.subarray(0, Math.ceil(bytes.length / 2))]), { status, headers });
}

function createHeaders(id: string): Headers {
  return new Headers({ "content-type": "application/json; charset=utf-8", "x-request-id": id });
}

function failingStream(chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) return controller.enqueue(chunk);
      const error = new TypeError("The sandbox cut the connection");
      delete error.stack; // Deno.serve prints the error, and a stack would clutter the output of the program.
      controller.error(error);
    },
  }, { highWaterMark: 0 });
}

/** Waits for a time in ms. If there is a signal and it aborts first, rejects with its reason. */
export function wait(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return untilAborted(signal, (resolve) => {
    const timer = setTimeout(resolve, ms);
    return () => clearTimeout(timer);
  });
}

/** Waits until the signal aborts, then rejects with its reason. */
export function never(signal: AbortSignal): Promise<never> {
  return untilAborted(signal, () => () => {});
}

function untilAborted<T>(
  signal: AbortSignal | null | undefined,
  start: (resolve: (value: T) => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = start((value) => {
      signal?.removeEventListener("abort", onAbort);
      resolve(value);
    });
    function onAbort(): void {
      stop();
      reject(signal?.reason);
    }
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
