/**
 * Answers as responses, and what a broken or slow connection looks like to whoever waits for one.
 *
 * @module
 */

import type { Reply } from "./replies.ts";

const BODILESS = [204, 205, 304];

/** The response that carries an answer. */
export function respond(
  id: string,
  { status, body }: Reply,
  extraHeaders: { readonly [name: string]: string | undefined },
): Response {
  const headers = headersOf(id);
  for (const [name, value] of Object.entries(extraHeaders)) {
    if (value !== undefined) headers.set(name, value);
  }
  return new Response(BODILESS.includes(status) ? null : JSON.stringify(body), { status, headers });
}

/** A successful response that is no JSON. */
export function garbageResponse(id: string): Response {
  return new Response("<html>This is no JSON</html>", { headers: headersOf(id) });
}

/** Whether this second argument is what a server passes to its handler: Deno's info, Bun's server, Node's messages. */
export function isFromServer(init: object | undefined): boolean {
  return init !== undefined && ("remoteAddr" in init || "requestIP" in init || "incoming" in init);
}

/** A response on which a server drops the connection: the nearest that a handler can come to refusing one. */
export function deadResponse(): Response {
  return new Response(failingStream([]));
}

/** A response whose body announces its whole length and fails in the middle. */
export function cutResponse(id: string, { status, body }: Reply): Response {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const headers = headersOf(id);
  headers.set("content-length", String(bytes.length));
  return new Response(failingStream([bytes.subarray(0, Math.ceil(bytes.length / 2))]), { status, headers });
}

function headersOf(id: string): Headers {
  return new Headers({ "content-type": "application/json; charset=utf-8", "x-request-id": id });
}

function failingStream(chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(chunk);
      else controller.error(new TypeError("The sandbox cut the connection"));
    },
  }, { highWaterMark: 0 });
}

/** Waits; where the signal aborts first, rejects with its reason. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return untilAborted(signal, (resolve) => {
    const timer = setTimeout(resolve, ms);
    return () => clearTimeout(timer);
  });
}

/** Waits for good; where the signal aborts, rejects with its reason. */
export function never(signal: AbortSignal): Promise<never> {
  return untilAborted(signal, () => () => {});
}

function untilAborted<T>(
  signal: AbortSignal,
  start: (resolve: (value: T) => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = start((value) => {
      signal.removeEventListener("abort", onAbort);
      resolve(value);
    });
    function onAbort(): void {
      stop();
      reject(signal.reason);
    }
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
