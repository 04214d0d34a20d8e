/**
 * Calls under observation: what was sent, what came of it, and whether anything was left behind.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type HttpClientConfig, PrefactorHttpClient, PrefactorRetryExhaustedError } from "../../mod.ts";
import { failureOf, recordFetch, type Sent, TOKEN, turn } from "../helpers.ts";
import type { RawRequest } from "./raw_server.ts";

/** No scenario waits for longer than what its timeouts and delays allow and this, in ms. */
export const SLACK = 5_000;

/** Timeouts that a healthy answer of the loopback interface keeps by far, and waits that nobody notices. */
export const CONFIG = {
  apiToken: TOKEN,
  connectTimeout: 10_000,
  requestTimeout: 10_000,
  maxRetries: 2,
  initialRetryDelay: 1,
  maxRetryDelay: 20,
} as const satisfies Partial<HttpClientConfig>;

/** A client that really sends, and the record of what it gave to `fetch`. */
export function makeCaller(
  apiUrl: string,
  overrides: Partial<HttpClientConfig> = {},
): { client: PrefactorHttpClient; sent: Sent[] } {
  const { fetch, sent } = recordFetch(({ url, init }) => globalThis.fetch(url, init));
  return { client: new PrefactorHttpClient({ ...CONFIG, apiUrl, fetch, ...overrides }), sent };
}

/** Says that all attempts sent the same key and the same bytes, by the client's record and by the server's. */
export function assertSameBytes(sent: readonly Sent[], received: readonly RawRequest[]): void {
  const [first] = sent;
  const key = first!.headers.get("idempotency-key");
  assert(key, "Sent no Idempotency-Key");
  for (const { method, url, body, headers } of sent) {
    assertEquals([method, url, body], [first!.method, first!.url, first!.body]);
    assertEquals([...headers], [...first!.headers]);
  }
  for (const { line, body, headers } of received) {
    assertEquals([line, body], [received[0]!.line, first!.body]);
    assertEquals([headers.get("idempotency-key"), headers.get("authorization")], [key, `Bearer ${TOKEN}`]);
  }
}

/** What a call fails with: the error of its last attempt, and of how many attempts it tells where it gave up. */
export async function lastFailureOf(
  call: Promise<unknown>,
): Promise<{ error: unknown; exhausted: number | undefined }> {
  const error = await failureOf(call);
  return error instanceof PrefactorRetryExhaustedError
    ? { error: error.lastError, exhausted: error.attempts }
    : { error, exhausted: undefined };
}

/** How long it took, in ms. */
export async function timed<T>(promise: Promise<T>): Promise<{ value: T; ms: number }> {
  const startedAt = performance.now();
  const value = await promise;
  return { value, ms: performance.now() - startedAt };
}

/** Fails at the end of its block where a promise was rejected in it and nobody listened. */
export function forbidUnhandledRejections(): AsyncDisposable {
  const reasons: unknown[] = [];
  const listen = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    reasons.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", listen);
  return {
    async [Symbol.asyncDispose]() {
      await turn();
      await turn();
      globalThis.removeEventListener("unhandledrejection", listen);
      assertEquals(reasons, []);
    },
  };
}
