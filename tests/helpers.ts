/**
 * Helpers of the suites at the HTTP boundary: a client with a recording `fetch`, and control over fake time.
 *
 * @module
 */

import type { FakeTime } from "@std/testing/time";
import { getEventListeners } from "node:events";
import { setImmediate } from "node:timers";
import { type HttpClientConfig, PrefactorHttpClient } from "../mod.ts";

/** Looks like a JWT, with the characters of both Base64 alphabets that some encoders escape. */
export const TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJjYW5hcnkvKzEyMzQ1Njc4OTAifQ/Zq+8Kd" +
  ".Tf3+Wm/9vXcRbY2LhPq7sNgJ5uE0oAi6DkM4zCwVxQt1rSlGyHnFjB-_";

/** The arguments of one call of `fetch`. */
export interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | null;
  readonly signal: AbortSignal;
  readonly init: RequestInit;
  /** The `this` of the call. */
  readonly self: unknown;
}

/** Responds to one call of `fetch`; `index` counts the calls from 0. */
export type Answer = (sent: Sent, index: number) => Response | Promise<Response>;

/** Creates a `fetch` that records its arguments. */
export function recordFetch(answer: Answer): { fetch: typeof fetch; sent: Sent[] } {
  const sent: Sent[] = [];
  // deno-lint-ignore require-await -- a `fetch` never throws before it returns
  async function fetch(
    this: unknown,
    input: Request | URL | string,
    init: RequestInit = {},
  ): Promise<Response> {
    const record: Sent = {
      url: String(input),
      method: init.method ?? "GET",
      headers: new Headers(init.headers),
      body: textOf(init.body),
      signal: init.signal ?? new AbortController().signal,
      init,
      self: this,
    };
    return answer(record, sent.push(record) - 1);
  }
  return { fetch, sent };
}

function textOf(body: BodyInit | null | undefined): string | null {
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : body as string | null ?? null;
}

/** Responds to the calls of `fetch` with these functions in turn, and with the last one from then on. */
export function inTurn(...answers: (() => Response | Promise<Response>)[]): Answer {
  return (_sent, index) => answers[Math.min(index, answers.length - 1)]!();
}

/** Creates a client with a stubbed `fetch`, and the list of the requests that it sends. */
export function makeClient(
  answer: Answer,
  overrides: Partial<HttpClientConfig> = {},
): { client: PrefactorHttpClient; sent: Sent[] } {
  const { fetch, sent } = recordFetch(answer);
  const config = { apiUrl: "https://api.example.test", apiToken: TOKEN, fetch, ...overrides };
  return { client: new PrefactorHttpClient(config), sent };
}

/** Creates a JSON response. */
export function json(body: unknown, status = 200, headers: HeadersInit = {}): Response {
  return Response.json(body, { status, headers });
}

/** Creates a successful response. */
export function ok(): Response {
  return json({ status: "success" });
}

/** Creates an error response of the API. */
export function failure(status: number, headers: HeadersInit = {}): Response {
  return json({ status: "error", code: "some_code", message: "Some message" }, status, headers);
}

/** A `fetch` that rejects with the signal's reason when its signal aborts, like the real one. */
export function hang({ signal }: Sent): Promise<Response> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** A `fetch` that never settles and ignores its signal. */
export function ignoreSignal(): Promise<Response> {
  return new Promise(() => {});
}

/** The value or the error of a settled promise. */
export type Settled<T> = { value: T; error?: undefined } | { value?: undefined; error: unknown };

/** Resolves to the value or the error of the promise. */
export function outcome<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then((value) => ({ value }), (error) => ({ error }));
}

/** Resolves to the reason that the promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const settled = await outcome(promise.then((value) => [value]));
  if (settled.value) throw new Error(`Expected a rejection, got ${Deno.inspect(settled.value[0])}`);
  return settled.error;
}

/** Moves fake time from timer to timer until the promise has settled. */
export async function settle<T>(time: FakeTime, promise: Promise<T>): Promise<T> {
  let pending = true;
  const done = () => {
    pending = false;
  };
  promise.then(done, done);
  await time.runMicrotasks();
  for (let idle = 0; pending; idle++) {
    if (await time.nextAsync()) idle = 0;
    await time.runMicrotasks();
    if (idle > 20) throw new Error("The promise is pending, but no timer is left");
  }
  return await promise;
}

/** Runs everything that does not wait for a timer. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Counts the current listeners of a signal. */
export function countListeners(signal: AbortSignal): () => number {
  return () => getEventListeners(signal, "abort").length;
}
