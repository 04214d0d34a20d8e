/**
 * Helpers that make calls and check the requests, the errors and the time of the calls.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type HttpClientConfig, PrefactorHttpClient, PrefactorRetryExhaustedError } from "../../mod.ts";
import { failureOf, recordFetch, type Sent, TOKEN, turn } from "../helpers.ts";
import type { RawRequest } from "./raw_server.ts";

/** The time that a scenario may take in addition to its timeouts and delays, in ms. */
export const SLACK = 5_000;

/** Timeouts that a healthy server on the loopback interface never reaches, and short retry delays. */
export const CONFIG = {
  apiToken: TOKEN,
  connectTimeout: 10_000,
  requestTimeout: 10_000,
  maxRetries: 2,
  initialRetryDelay: 1,
  maxRetryDelay: 20,
} as const satisfies Partial<HttpClientConfig>;

/** Creates a client that sends with the real `fetch`, and the list of the requests that it sends. */
export function makeCaller(
  apiUrl: string,
  overrides: Partial<HttpClientConfig> = {},
): { client: PrefactorHttpClient; sent: Sent[] } {
  const { fetch, sent } = recordFetch(({ url, init }) => globalThis.fetch(url, init));
  return { client: new PrefactorHttpClient({ ...CONFIG, apiUrl, fetch, ...overrides }), sent };
}

/** Asserts that all attempts sent the same key and bytes, in the records of the client and of the server. */
export function assertSameBytes(sent: readonly Sent[], received: readonly RawRequest[]): void {
  const [first] = sent;
  const key = first!.headers.get("idempotency-key");
  assert(key, "The request has no Idempotency-Key");
  for (const { method, url, body, headers } of sent) {
    assertEquals([method, url, body], [first!.method, first!.url, first!.body]);
    assertEquals([...headers], [...first!.headers]);
  }
  for (const { line, body, headers } of received) {
    assertEquals([line, body], [received[0]!.line, first!.body]);
    assertEquals([headers.get("idempotency-key"), headers.get("authorization")], [key, `Bearer ${TOKEN}`]);
  }
}

/** Resolves to the error of a call's last attempt and, if retries ran out, the number of attempts. */
export async function lastFailureOf(
  call: Promise<unknown>,
): Promise<{ error: unknown; exhausted: number | undefined }> {
  const error = await failureOf(call);
  return error instanceof PrefactorRetryExhaustedError
    ? { error: error.lastError, exhausted: error.attempts }
    : { error, exhausted: undefined };
}

/** Measures how long a promise takes to resolve, in ms. */
export async function timed<T>(promise: Promise<T>): Promise<{ value: T; ms: number }> {
  const startedAt = performance.now();
  const value = await promise;
  return { value, ms: performance.now() - startedAt };
}

/** Fails at the end of its block if a promise rejection in the block was not handled. */
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
