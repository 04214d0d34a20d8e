/**
 * What calls leave behind, and what of theirs reaches others: nothing.
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

/** Counts what is put on a signal and taken off it. */
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

/** Makes so many calls with one signal, so many at a time. */
async function callWith(
  client: PrefactorHttpClient,
  signal: AbortSignal,
  calls: number,
  atATime: number,
): Promise<{ failed: number }> {
  let left = calls;
  let failed = 0;
  await Promise.all(Array.from({ length: atATime }, async () => {
    while (left-- > 0) {
      const { error } = await outcome(client.request("POST", "/x", { json: { left }, signal }));
      if (error) failed++;
    }
  }));
  return { failed };
}

/** Successes, errors worth a retry and others, failures of the network, garbage. */
const MIXED: Answer = (_sent, index) => {
  if (index % 10 === 3) return failure(503);
  if (index % 10 === 5) return failure(404);
  if (index % 10 === 7) throw new TypeError("Refused");
  return index % 10 === 9 ? new Response("<html>") : ok();
};

Deno.test("one AbortSignal for 10,000 calls ends with no listener", async (t) => {
  for (const [name, maxConcurrency, atATime] of [["one by one", 1, 1], ["in line", 4, 64]] as const) {
    await t.step(name, async () => {
      await using _rejections = forbidUnhandledRejections();
      const controller = new AbortController();
      const listeners = countListeners(controller.signal);
      const counts = watch(controller.signal);
      const { client } = makeClient(MIXED, { ...FAST, initialRetryDelay: 0.1, maxConcurrency });
      const { failed } = await callWith(client, controller.signal, 10_000, atATime);
      assertGreater(failed, 1_000);
      assertGreater(counts.added, 0);
      assertEquals([counts.removed, listeners(), counts.most], [counts.added, 0, 1]);
      await client.close();
      controller.abort();
    });
  }
});

Deno.test("one AbortSignal for 2,000 calls of a server ends with no listener", async () => {
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

// what throws or never returns

const never = (): Promise<never> => new Promise(() => {});
function explode(): never {
  throw new Error("Not the client's own");
}
const explosiveGetter = <T extends object>(target: T, name: string): T =>
  Object.defineProperty(target, name, { get: explode, enumerable: true });
const silentThenable = { then: () => {} };
const explosiveThenable = { then: explode };

const HOOKS: readonly [name: string, hook: () => unknown][] = [
  ["throws", explode],
  ["rejects", () => Promise.reject(new Error("Not the client's own"))],
  ["never settles", never],
  ["gives a thenable that never settles", () => silentThenable],
  ["gives a thenable that throws", () => explosiveThenable],
];

for (const [name, hook] of HOOKS) {
  Deno.test(`a hook that ${name} harms no call`, async (t) => {
    for (const at of ["onRequest", "onResponse", "onRetry"] satisfies (keyof ClientHooks)[]) {
      await t.step(at, async () => {
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

/** Bad answers of a `fetch`, and what its call fails with. */
const FETCHES: readonly [name: string, answer: () => unknown, kind: new (...args: never[]) => Error][] = [
  ["throws", explode, PrefactorNetworkError],
  ["rejects", () => Promise.reject(new Error("Not the client's own")), PrefactorNetworkError],
  ["rejects with nothing", () => Promise.reject(), PrefactorNetworkError],
  ["never settles", never, PrefactorTimeoutError],
  ["gives a thenable that never settles", () => silentThenable, PrefactorTimeoutError],
  ["gives a thenable that throws", () => explosiveThenable, PrefactorNetworkError],
  ["gives nothing", () => undefined, PrefactorClientError],
  ["gives a Response whose status throws", () => explosiveGetter(ok(), "status"), PrefactorNetworkError],
  ["gives a Response whose headers throw", () => explosiveGetter(ok(), "headers"), PrefactorNetworkError],
  [
    "gives a body that throws",
    () => new Response(new ReadableStream({ pull: explode })),
    PrefactorNetworkError,
  ],
  ["gives a body that never ends", () => new Response(new ReadableStream()), PrefactorTimeoutError],
  [
    "gives a body that never ends and is never cancelled",
    () => new Response(new ReadableStream({ cancel: never })),
    PrefactorTimeoutError,
  ],
  [
    "gives a body that never ends and throws when cancelled",
    () => new Response(new ReadableStream({ cancel: explode })),
    PrefactorTimeoutError,
  ],
  [
    "gives an arrayBuffer() that never settles",
    () => Object.assign(json({}, 200, { "content-length": "2" }), { arrayBuffer: never }),
    PrefactorTimeoutError,
  ],
];

for (const [name, answer, kind] of FETCHES) {
  Deno.test(`a fetch that ${name} harms its own call only, and no longer than its timeout`, async () => {
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

    // the slot of the bad call is free again
    const more = Array.from({ length: 4 }, () => client.request("POST", "/bad", { maxRetries: 0 }));
    await Promise.allSettled(more);
    assertEquals(await client.request("POST", "/good"), { status: "success" });
    assertEquals(sent.length, 26);
    await client.close();
  });
}

Deno.test("a fetch that answers after its timeout harms nobody", async (t) => {
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

/** Options that are no plain data, and whether their call is refused. */
const OPTIONS: readonly [name: string, options: HttpRequestOptions, refused: boolean][] = [
  ["a toJSON that throws", { json: { toJSON: explode } }, true],
  ["a toJSON that never settles", { json: { a: { toJSON: never } } }, false],
  ["a toJSON without an end", { json: { toJSON: (): unknown => ({ a: OPTIONS[2]![1].json }) } }, true],
  ["a getter that throws", { json: explosiveGetter({}, "a") }, true],
  ["a Proxy that throws", { json: new Proxy({}, { ownKeys: explode }) }, true],
  ["a header that throws", { headers: explosiveGetter({}, "a") }, true],
  ["a param that throws", { params: explosiveGetter({}, "a") }, true],
  ["an option that throws", explosiveGetter({}, "timeout"), true],
];

for (const [name, options, refused] of OPTIONS) {
  Deno.test(`${name} harms its own call only`, async () => {
    await using _rejections = forbidUnhandledRejections();
    const { client, sent } = makeClient(ok, { maxConcurrency: 1 });
    for (let n = 0; n < 3; n++) {
      const calls = [client.request("POST", "/a"), client.request("POST", "/b", options)];
      const [good, bad] = await Promise.all(calls.map(outcome));
      assertEquals(good, { value: { status: "success" } });
      assertEquals(bad!.error instanceof Error, refused);
    }
    assertEquals(sent.length, refused ? 3 : 6);
    await client.close();
  });
}

Deno.test("a signal that is none, or throws, harms its own call only", async (t) => {
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
      // nothing is in flight any more
      const closed = client.close().then(() => "closed");
      assertEquals(await Promise.race([closed, turn().then(() => "still closing")]), "closed");
    });
  }
});
