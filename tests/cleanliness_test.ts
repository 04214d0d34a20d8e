/**
 * Calls leave no resources behind and do not affect each other.
 *
 * @module
 */

import { assertEquals, assertGreater, assertInstanceOf, assertLess } from "@std/assert";
import {
  type ClientHooks,
  type HttpClientConfig,
  type HttpRequestOptions,
  PrefactorClientError,
  type PrefactorHttpClient,
  PrefactorNetworkError,
  PrefactorTimeoutError,
} from "../mod.ts";
import { forbidUnhandledRejections } from "./faults/caller.ts";
import { type Answer, countListeners, failure, json, makeClient, ok, outcome, turn } from "./helpers.ts";

const FAST = { initialRetryDelay: 1, maxRetryDelay: 2, maxRetries: 2 } satisfies Partial<HttpClientConfig>;

// listeners

/** Counts the listeners that are added to a signal and removed from it. */
function watch(signal: AbortSignal): { added: number; removed: number; most: number } {
  const counts = { added: 0, removed: 0, most: 0 };
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    counts.added++;
    counts.most = Math.max(counts.most, counts.added - counts.removed);
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    counts.removed++;
    removeEventListener.apply(signal, args);
  };
  return counts;
}

/** Makes the given number of calls with one signal and the given concurrency. */
async function callWith(
  client: PrefactorHttpClient,
  signal: AbortSignal,
  calls: number,
  concurrency: number,
): Promise<{ failed: number }> {
  let left = calls;
  let failed = 0;
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (left-- > 0) {
      const { error } = await outcome(client.request("POST", "/x", { json: { left }, signal }));
      if (error) failed++;
    }
  }));
  return { failed };
}

/** Successes, transient and permanent errors, network failures and invalid bodies. */
const MIXED: Answer = (_sent, index) => {
  if (index % 10 === 3) return failure(503);
  if (index % 10 === 5) return failure(404);
  if (index % 10 === 7) throw new TypeError("Refused");
  return index % 10 === 9 ? new Response("<html>") : ok();
};

Deno.test("10,000 calls with one AbortSignal leave no listener", async (t) => {
  for (const [name, maxConcurrency, concurrency] of [["sequential", 1, 1], ["queued", 4, 64]] as const) {
    await t.step(`${name} calls`, async () => {
      await using _rejections = forbidUnhandledRejections();
      const controller = new AbortController();
      const listeners = countListeners(controller.signal);
      const counts = watch(controller.signal);
      const { client } = makeClient(MIXED, { ...FAST, initialRetryDelay: 0.1, maxConcurrency });
      const { failed } = await callWith(client, controller.signal, 10_000, concurrency);
      assertGreater(failed, 1_000);
      assertGreater(counts.added, 0);
      assertEquals([counts.removed, listeners(), counts.most], [counts.added, 0, 1]);
      await client.close();
      controller.abort();
    });
  }
});

Deno.test("2,000 calls to a server with one AbortSignal leave no listener", async () => {
  await using _rejections = forbidUnhandledRejections();
  let index = 0;
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => index++ % 10 === 3 ? failure(503) : ok(),
  );
  const { signal } = new AbortController();
  const listeners = countListeners(signal);
  const counts = watch(signal);
  const apiUrl = `http://127.0.0.1:${server.addr.port}`;
  const { client } = makeClient(ok, { ...FAST, apiUrl, fetch: undefined });
  await callWith(client, signal, 2_000, 16);
  assertGreater(counts.added, 0);
  assertEquals([counts.removed, listeners(), counts.most], [counts.added, 0, 1]);
  await client.close();
});

// code of the caller that throws or never returns

const never = (): Promise<never> => new Promise(() => {});
function explode(): never {
  throw new Error("An error of the caller");
}
const explosiveGetter = <T extends object>(target: T, name: string): T =>
  Object.defineProperty(target, name, { get: explode, enumerable: true });
const silentThenable = { then: () => {} };
const explosiveThenable = { then: explode };

const HOOKS: readonly [name: string, hook: () => unknown][] = [
  ["throws", explode],
  ["rejects", () => Promise.reject(new Error("An error of the caller"))],
  ["never settles", never],
  ["returns a thenable that never settles", () => silentThenable],
  ["returns a thenable that throws", () => explosiveThenable],
];

for (const [name, hook] of HOOKS) {
  Deno.test(`a hook that ${name} does not affect its call`, async (t) => {
    for (const at of ["onRequest", "onResponse", "onRetry"] satisfies (keyof ClientHooks)[]) {
      await t.step(`${at}()`, async () => {
        await using _rejections = forbidUnhandledRejections();
        const answer: Answer = (_sent, index) => index === 0 ? failure(503) : ok();
        const { client, sent } = makeClient(answer, { ...FAST, maxConcurrency: 1, hooks: { [at]: hook } });
        const calls = [client.request("POST", "/a"), client.request("POST", "/b")];
        assertEquals(await Promise.all(calls), [{ status: "success" }, { status: "success" }]);
        assertEquals(sent.length, 3);
        await client.close();
      });
    }
  });
}

/** Implementations of `fetch`, and the error class of the call. */
const FETCHES: readonly [name: string, answer: () => unknown, kind: new (...args: never[]) => Error][] = [
  ["throws", explode, PrefactorNetworkError],
  ["rejects", () => Promise.reject(new Error("An error of the caller")), PrefactorNetworkError],
  ["rejects with nothing", () => Promise.reject(), PrefactorNetworkError],
  ["never settles", never, PrefactorTimeoutError],
  ["returns a thenable that never settles", () => silentThenable, PrefactorTimeoutError],
  ["returns a thenable that throws", () => explosiveThenable, PrefactorNetworkError],
  ["returns undefined", () => undefined, PrefactorClientError],
  ["returns a Response whose status throws", () => explosiveGetter(ok(), "status"), PrefactorClientError],
  ["returns a Response whose headers throw", () => explosiveGetter(ok(), "headers"), PrefactorClientError],
  [
    "returns a body that throws",
    () => new Response(new ReadableStream({ pull: explode })),
    PrefactorNetworkError,
  ],
  ["returns a body that never ends", () => new Response(new ReadableStream()), PrefactorTimeoutError],
  [
    "returns a body that never ends and is never cancelled",
    () => new Response(new ReadableStream({ cancel: never })),
    PrefactorTimeoutError,
  ],
  [
    "returns a body that never ends and throws when cancelled",
    () => new Response(new ReadableStream({ cancel: explode })),
    PrefactorTimeoutError,
  ],
  [
    "returns an arrayBuffer() that never settles",
    () => Object.assign(json({}, 200, { "content-length": "2" }), { arrayBuffer: never }),
    PrefactorTimeoutError,
  ],
];

for (const [name, answer, kind] of FETCHES) {
  Deno.test(`a fetch that ${name} affects only its own call, for at most its timeout`, async () => {
    await using _rejections = forbidUnhandledRejections();
    const bad = (url: string) => url.endsWith("/bad");
    const { client, sent } = makeClient(({ url }) => bad(url) ? answer() as Response : ok(), {
      ...FAST,
      maxConcurrency: 2,
      requestTimeout: 40,
    });
    const startedAt = performance.now();
    const call = outcome(client.request("POST", "/bad", { maxRetries: 0 }));
    const others = Array.from({ length: 20 }, () => client.request("POST", "/good"));
    assertEquals(await Promise.all(others), others.map(() => ({ status: "success" })));
    const { error } = await call;
    assertInstanceOf(error, kind);
    assertLess(performance.now() - startedAt, 5_000);

    // the failed call has released its slot
    const more = Array.from({ length: 4 }, () => client.request("POST", "/bad", { maxRetries: 0 }));
    await Promise.allSettled(more);
    assertEquals(await client.request("POST", "/good"), { status: "success" });
    assertEquals(sent.length, 26);
    await client.close();
  });
}

Deno.test("a fetch that settles after its timeout affects no other call", async (t) => {
  const late: readonly [name: string, settle: (answer: PromiseWithResolvers<Response>) => void][] = [
    ["with a Response", (answer) => answer.resolve(ok())],
    ["with an endless body", (answer) => answer.resolve(new Response(new ReadableStream()))],
    ["with an error", (answer) => answer.reject(new TypeError("Too late"))],
    ["with no Response", (answer) => answer.resolve(undefined as unknown as Response)],
  ];
  for (const [name, settle] of late) {
    await t.step(name, async () => {
      await using _rejections = forbidUnhandledRejections();
      const answer = Promise.withResolvers<Response>();
      const { client } = makeClient((_sent, index) => index === 0 ? answer.promise : ok(), { maxRetries: 0 });
      const { error } = await outcome(client.request("POST", "/x", { timeout: 20 }));
      assertInstanceOf(error, PrefactorTimeoutError);
      settle(answer);
      assertEquals(await client.request("POST", "/x"), { status: "success" });
      await client.close();
    });
  }
});

/** Options that are not plain data, and whether the call rejects. */
const OPTIONS: readonly [name: string, options: HttpRequestOptions, rejects: boolean][] = [
  ["a toJSON that throws", { json: { toJSON: explode } }, true],
  ["a toJSON that never settles", { json: { a: { toJSON: never } } }, false],
  ["an infinitely nested toJSON", { json: { toJSON: (): unknown => ({ a: OPTIONS[2]![1].json }) } }, true],
  ["a getter that throws", { json: explosiveGetter({}, "a") }, true],
  ["a Proxy that throws", { json: new Proxy({}, { ownKeys: explode }) }, true],
  ["a header that throws", { headers: explosiveGetter({}, "a") }, true],
  ["a param that throws", { params: explosiveGetter({}, "a") }, true],
  ["an option that throws", explosiveGetter({}, "timeout"), true],
];

for (const [name, options, rejects] of OPTIONS) {
  Deno.test(`${name} affects only its own call`, async () => {
    await using _rejections = forbidUnhandledRejections();
    const { client, sent } = makeClient(ok, { maxConcurrency: 1 });
    for (let n = 0; n < 3; n++) {
      const calls = [client.request("POST", "/a"), client.request("POST", "/b", options)];
      const [good, bad] = await Promise.all(calls.map(outcome));
      assertEquals(good, { value: { status: "success" } });
      assertEquals(bad!.error instanceof Error, rejects);
    }
    assertEquals(sent.length, rejects ? 3 : 6);
    await client.close();
  });
}

Deno.test("an invalid or throwing signal affects only its own call", async (t) => {
  const signals: readonly [name: string, signal: object][] = [
    ["no removeEventListener", { aborted: false, addEventListener() {} }],
    [
      "addEventListener throws",
      { aborted: false, addEventListener: explode, removeEventListener() {} },
    ],
    [
      "removeEventListener throws",
      { aborted: false, addEventListener() {}, removeEventListener: explode },
    ],
  ];
  for (const [name, signal] of signals) {
    await t.step(name, async () => {
      await using _rejections = forbidUnhandledRejections();
      const { client } = makeClient(ok, { maxConcurrency: 1 });
      await outcome(client.request("GET", "/a", { signal: signal as AbortSignal }));
      assertEquals(await client.request("GET", "/b"), { status: "success" });
      // no call is in flight
      const closed = client.close().then(() => "closed");
      assertEquals(await Promise.race([closed, turn().then(() => "still closing")]), "closed");
    });
  }
});
