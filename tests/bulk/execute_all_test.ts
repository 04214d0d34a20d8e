import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  BulkClient,
  type BulkItem,
  bulkItem,
  type BulkItems,
  type BulkProgress,
  type ExecuteAllOptions,
  isTransientHttpError,
  PrefactorApiError,
  PrefactorBulkError,
  PrefactorClientError,
  PrefactorHttpClient,
  PrefactorResponseContractError,
} from "../../mod.ts";
import { PrefactorSandbox } from "../../src/testing/mod.ts";
import { countListeners, failure, failureOf, hang, json, TOKEN, turn } from "../helpers.ts";
import { bulkApi, itemsOf, makeItems, REFUSED, SUCCESS } from "./bulk_api.ts";

const keysOf = (items: Iterable<BulkItem>) => [...items].map(({ idempotency_key }) => idempotency_key);

/** Resolves to the error of a job that stops. */
async function bulkErrorOf(job: Promise<unknown>): Promise<PrefactorBulkError> {
  const error = await failureOf(job);
  assertInstanceOf(error, PrefactorBulkError);
  return error;
}

/** Yields the items, counts the reads and records whether it was closed. */
function source(items: readonly unknown[]) {
  const state = { reads: 0, closed: false };
  async function* read(): AsyncGenerator<BulkItem> {
    try {
      for (const item of items) {
        state.reads++;
        yield await Promise.resolve(item as BulkItem);
      }
    } finally {
      await Promise.resolve();
      state.closed = true;
    }
  }
  return { items: read(), state };
}

Deno.test("executeAll() sends all items in order, in requests of up to 100 items", async () => {
  const { client, keys } = bulkApi();
  const items = makeItems(250);
  const { outputs, failed, unattempted } = await client.bulk.executeAll(items);
  assertEquals(keys().map(({ length }) => length), [100, 100, 50]);
  assertEquals(keys().flat(), keysOf(items));
  assertEquals([...outputs.keys()], keysOf(items));
  assertEquals(outputs.get("key-00249"), SUCCESS);
  assertEquals([failed, unattempted], [[], []]);
});

Deno.test("executeAll() sends one request at a time, with the options of the call", async () => {
  let inFlight = 0;
  const sent: Headers[] = [];
  const { client } = bulkApi(undefined, {
    fetch: async (_, init) => {
      assertEquals(++inFlight, 1);
      sent.push(new Headers(init?.headers));
      await turn();
      inFlight--;
      const keys = itemsOf({ body: String(init?.body) }).map(({ idempotency_key }) => idempotency_key);
      return json({ outputs: Object.fromEntries(keys.map((key) => [key, SUCCESS])) });
    },
  });
  await client.bulk.executeAll(makeItems(6), { maxItems: 2, headers: { "X-Trace": "t-1" } });
  assertEquals(sent.map((headers) => headers.get("x-trace")), ["t-1", "t-1", "t-1"]);
  assertEquals(new Set(sent.map((headers) => headers.get("idempotency-key"))).size, 3);
});

Deno.test("executeAll() accepts arrays, sets, generators and async generators", async () => {
  const items = makeItems(5);
  const kinds: BulkItems[] = [items, new Set(items), items.values(), source(items).items];
  for (const kind of kinds) {
    const { client } = bulkApi();
    const { outputs } = await client.bulk.executeAll(kind, { maxItems: 2 });
    assertEquals([...outputs.keys()], keysOf(items));
  }
});

Deno.test("executeAll() sends nothing if there are no items", async () => {
  const { client, sent } = bulkApi();
  const { outputs, failed, unattempted } = await client.bulk.executeAll([]);
  assertEquals([outputs.size, failed, unattempted, sent.length], [0, [], [], 0]);
});

Deno.test("executeAll() encodes each item as the single operation does", async () => {
  const { client, sent } = bulkApi();
  const item = {
    _type: "agent_spans/create",
    idempotency_key: "key-00000",
    agent_instance_id: "i-1",
    schema_name: "read",
    status: "active",
    started_at: new Date(0),
    parent_span_id: null,
  };
  await client.bulk.executeAll([item]);
  const { parent_span_id: _, ...fields } = item;
  assertEquals<unknown>(itemsOf(sent[0]!), [{
    ...fields,
    started_at: "1970-01-01T00:00:00.000Z",
    payload: {},
  }]);
});

Deno.test("executeAll() keeps each request within maxBytes, and sends a larger item alone", async () => {
  const size = (body: string | null) => new TextEncoder().encode(body!).length;
  const probe = bulkApi();
  await probe.client.bulk.executeAll(makeItems(3));
  const exact = size(probe.sent[0]!.body);
  for (const [maxBytes, requests] of [[exact, [3, 3]], [exact - 1, [2, 2, 2]]] as const) {
    const { client, keys, sent } = bulkApi();
    await client.bulk.executeAll(makeItems(6), { maxBytes });
    assertEquals(keys().map(({ length }) => length), [...requests]);
    assert(sent.every(({ body }) => size(body) <= maxBytes));
  }
  const { client, keys } = bulkApi();
  const items = makeItems(5, { note: "ä" });
  items[2]!["note"] = "ä".repeat(exact);
  await client.bulk.executeAll(items, { maxBytes: exact });
  assertEquals(keys().map((keys) => keys.includes("key-00002") ? "alone" : keys.length), [2, "alone", 2]);
});

Deno.test("executeAll() records a rejected item and sends the items after it again with the same keys", async () => {
  const sandbox = new PrefactorSandbox();
  await using client = new PrefactorHttpClient(sandbox.config());
  const { id } = await client.agentInstances.register({
    agent_id: "librarian",
    agent_version: {},
    agent_schema_version: {},
  });
  const items = Array.from({ length: 300 }, (_, page) =>
    bulkItem("agent_spans/create", {
      agent_instance_id: page % 70 === 9 ? "no-such-run" : id,
      schema_name: "read",
      status: "complete",
      payload: { page },
    }));
  const { outputs, failed } = await client.bulk.executeAll(items);
  const refused = items.filter((_, page) => page % 70 === 9);
  assertEquals(failed.map(({ item }) => item), refused);
  assertEquals(failed.map(({ output }) => output.code), refused.map(() => "not_found"));
  assertEquals([...outputs.keys()], keysOf(items));
  assertEquals(
    [...sandbox.spans.values()].map(({ payload }) => payload!["page"]),
    items.keys().filter((page) => page % 70 !== 9).toArray(),
  );
});

Deno.test("executeAll() sends at most twice as many items after a failed item as the API processed", async () => {
  const sizes = async (isRefused: (index: number) => boolean, count: number) => {
    const { client, keys } = bulkApi(({ idempotency_key: key }) =>
      isRefused(Number(key.slice(4))) ? REFUSED : SUCCESS
    );
    const { failed } = await client.bulk.executeAll(makeItems(count));
    assertEquals(failed.length, items(count).filter(isRefused).length);
    return keys().map(({ length }) => length);
  };
  const items = (count: number) => Array.from({ length: count }, (_, index) => index);
  assertEquals(await sizes((index) => index === 3, 120), [100, 6, 12, 24, 48, 26]);
  assertEquals(await sizes((index) => index === 0, 20), [20, 1, 2, 4, 8, 4]);
  assertEquals(await sizes(() => true, 500), [100, ...items(499).map(() => 1)]);
});

Deno.test("executeAll() halves the requests after a 413, even if a proxy responds with HTML", async () => {
  const tooLarge = [() => failure(413), () => new Response("<html>Too large</html>", { status: 413 })];
  for (const respond of tooLarge) {
    const { client, keys } = bulkApi(undefined, {
      intercept: (sent) => itemsOf(sent).length > 30 ? respond() : undefined,
    });
    const { outputs } = await client.bulk.executeAll(makeItems(130));
    assertEquals(outputs.size, 130);
    assertEquals(keys().map(({ length }) => length), [100, 50, 25, 25, 25, 25, 25, 5]);
  }
});

Deno.test("executeAll() counts a single item that gets 413 as failed", async () => {
  const items = makeItems(40);
  items[17]!["note"] = "x".repeat(1_000);
  const { client, sent } = bulkApi(undefined, {
    intercept: ({ body }) => body!.length > 2_000 ? failure(413) : undefined,
    retryOnStatusCodes: [413],
    maxRetries: 1,
  });
  const { outputs, failed } = await client.bulk.executeAll(items, { maxItems: 16 });
  assertEquals(failed, []);
  assertEquals(outputs.size, 40);
  items[17]!["note"] = "x".repeat(2_000);
  const result = await client.bulk.executeAll(items, { maxItems: 16 });
  assertEquals(keysOf(result.failed.map(({ item }) => item)), ["key-00017"]);
  assertEquals(result.outputs.get("key-00017"), {
    status: "error",
    code: "some_code",
    message: result.failed[0]!.output.message!,
  });
  assertEquals(result.outputs.size, 40);
  assertEquals(itemsOf(sent.at(-1)!).length > 1, true);
});

Deno.test("executeAll() stops at the first failure with stopOnError", async () => {
  const { client, keys } = bulkApi(({ agent_span_id }) => agent_span_id === "span-4" ? REFUSED : SUCCESS);
  const items = makeItems(10);
  const all = await client.bulk.executeAll(items, { maxItems: 4, stopOnError: true });
  assertEquals([...all.outputs.keys()], keysOf(items.slice(0, 5)));
  assertEquals(all.failed.map(({ item }) => item), [items[4]]);
  assertEquals(all.unattempted, items.slice(5));
  assertEquals(keys().length, 2);

  const { items: read, state } = source(items);
  const some = await client.bulk.executeAll(read, { maxItems: 4, stopOnError: true });
  assertEquals(some.unattempted, items.slice(5, 8));
  assertEquals(state, { reads: 8, closed: true });
});

Deno.test("executeAll() calls onProgress after each request", async () => {
  const run = async (items: BulkItems) => {
    const { client } = bulkApi(({ agent_span_id }) => agent_span_id === "span-2" ? REFUSED : SUCCESS);
    const calls: BulkProgress[] = [];
    await client.bulk.executeAll(items, { maxItems: 2, onProgress: (progress) => calls.push(progress) });
    return calls;
  };
  assertEquals(await run(makeItems(4)), [
    { done: 2, failed: 0, total: 4 },
    { done: 3, failed: 1, total: 4 },
    { done: 4, failed: 1, total: 4 },
  ]);
  assertEquals((await run(new Set(makeItems(4)))).at(-1), { done: 4, failed: 1 });
});

Deno.test("executeAll() stops if onProgress throws or rejects", async () => {
  const cause = new Error("enough");
  const handlers = [
    () => {
      throw cause;
    },
    () => Promise.reject(cause),
  ];
  for (const onProgress of handlers) {
    const { client } = bulkApi();
    const items = makeItems(5);
    const error = await bulkErrorOf(client.bulk.executeAll(items, { maxItems: 2, onProgress }));
    assertStrictEquals(error.cause, cause);
    assertEquals([error.result.outputs.size, error.result.unattempted], [2, items.slice(2)]);
  }
});

Deno.test("executeAll() waits for onProgress until the signal aborts", async () => {
  const { client, sent } = bulkApi();
  const items = makeItems(6);
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const stops = [promise, new Promise(() => {})];
  const options = { maxItems: 2, signal: controller.signal, onProgress: () => stops.shift() };
  const job = bulkErrorOf(client.bulk.executeAll(items, options));
  await turn();
  assertEquals(sent.length, 1);
  resolve();
  await turn();
  assertEquals(sent.length, 2);
  controller.abort("enough");
  const { cause, result } = await job;
  assertEquals([cause, result.outputs.size, result.unattempted], ["enough", 4, items.slice(4)]);
});

Deno.test("executeAll() keeps all outputs of a request if the job stops because of one of them", async () => {
  const items = makeItems(3);
  const { client } = bulkApi();
  const cause = new Error("broken");
  const bulk = new BulkClient({
    request: (...args) => client.request(...args),
    observeControl: () => {
      throw cause;
    },
  });
  const error = await bulkErrorOf(bulk.executeAll(items));
  assertStrictEquals(error.cause, cause);
  assertEquals([[...error.result.outputs.keys()], error.result.unattempted], [keysOf(items), []]);
});

Deno.test("executeAll() reads no further than the next request needs", async () => {
  const { items, state } = source(makeItems(7));
  const reads: number[] = [];
  const { client } = bulkApi(undefined, { intercept: () => void reads.push(state.reads) });
  await client.bulk.executeAll(items, { maxItems: 3 });
  assertEquals(reads, [3, 6, 7]);
});

Deno.test("executeAll() rejects with what is left if a request fails, and a new job continues", async () => {
  for (const kind of ["array", "iterator"] as const) {
    let isDown = true;
    const { client, keys } = bulkApi(
      ({ agent_span_id }) => agent_span_id === "span-1" ? REFUSED : SUCCESS,
      { intercept: (_, index) => index === 2 && isDown ? failure(401) : undefined },
    );
    const items = makeItems(9);
    const { items: read, state } = source(items);
    const error = await bulkErrorOf(client.bulk.executeAll(kind === "array" ? items : read, { maxItems: 4 }));
    assertInstanceOf(error.cause, PrefactorApiError);
    assertEquals(error.cause.statusCode, 401);
    assertStringIncludes(error.message, "Cannot execute all items: stopped after 4: ");
    const { outputs, failed, unattempted } = error.result;
    assertEquals([...outputs.keys()], keysOf(items.slice(0, 4)));
    assertEquals(keysOf(failed.map(({ item }) => item)), ["key-00001"]);
    assertEquals(unattempted, kind === "array" ? items.slice(4) : items.slice(4, 8));
    assertEquals(state.closed, kind === "iterator");

    isDown = false;
    const rest = await client.bulk.executeAll(unattempted);
    assertEquals(keys().at(-1), keysOf(unattempted));
    assertEquals([...rest.outputs.keys()], keysOf(unattempted));
  }
});

Deno.test("PrefactorBulkError is as transient as its cause, and logs show no items", async () => {
  for (const [status, isTransient] of [[503, true], [401, false]] as const) {
    const { client } = bulkApi(undefined, { intercept: () => failure(status) });
    const error = await bulkErrorOf(client.bulk.executeAll(makeItems(1, { note: "private" })));
    assertEquals(isTransientHttpError(error), isTransient);
    for (const log of [Deno.inspect(error), JSON.stringify(error)]) {
      assert(!log.includes("private") && !log.includes(TOKEN));
    }
  }
});

Deno.test("executeAll() rejects with the signal's reason as the cause if the signal aborts", async () => {
  const items = makeItems(6);
  const controller = new AbortController();
  const { client } = bulkApi(undefined, {
    intercept: (sent, index) => index === 1 ? hang(sent) : undefined,
  });
  const listeners = countListeners(controller.signal);
  const job = client.bulk.executeAll(items, { maxItems: 2, signal: controller.signal });
  await turn();
  const reason = new Error("no time");
  controller.abort(reason);
  const error = await bulkErrorOf(job);
  assertStrictEquals(error.cause, reason);
  assertEquals([error.result.outputs.size, error.result.unattempted], [2, items.slice(2)]);
  assertEquals(listeners(), 0);
  const again = await bulkErrorOf(client.bulk.executeAll(items, { signal: controller.signal }));
  assertEquals([again.cause, again.result.unattempted], [reason, items]);
});

Deno.test("executeAll() does not wait for an item after an abort, and closes the iterator", async () => {
  const items = makeItems(3);
  const controller = new AbortController();
  let closed = false;
  let resume = () => {};
  async function* read() {
    try {
      yield* items.slice(0, 2);
      await new Promise<void>((resolve) => resume = resolve);
      yield items[2]!;
    } finally {
      closed = true;
    }
  }
  const { client, sent } = bulkApi();
  const job = client.bulk.executeAll(read(), { signal: controller.signal });
  await turn();
  controller.abort();
  const error = await bulkErrorOf(job);
  assertEquals(error.result.unattempted, items.slice(0, 2));
  assertEquals(sent.length, 0);
  resume();
  await turn();
  assert(closed);
});

Deno.test("executeAll() rejects with what was read if the iterator throws", async () => {
  const items = makeItems(5);
  const cause = new Error("disk full");
  function* read() {
    yield* items;
    throw cause;
  }
  const { client } = bulkApi();
  const error = await bulkErrorOf(client.bulk.executeAll(read(), { maxItems: 3 }));
  assertStrictEquals(error.cause, cause);
  assertEquals([error.result.outputs.size, error.result.unattempted], [3, items.slice(3)]);
});

Deno.test("executeAll() rejects an invalid item before its request is sent, and names its index", async () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const table: [item: unknown, message: string][] = [
    [null, "'items[3]' must be an object, but is null"],
    [{ idempotency_key: "key-00009" }, "'items[3]._type' must be a string, but is undefined"],
    [{ _type: "x", idempotency_key: "short" }, "'items[3].idempotency_key' must be 8 to 64 printable ASCII"],
    [
      { _type: "x", idempotency_key: "key-00009", payload: { at: [new Date(NaN)] } },
      "'items[3].payload.at[0]' must be a valid Date",
    ],
    [makeItems(2)[1], "'items[3].idempotency_key' must be different from that of items[1], but is"],
    [{ _type: "x", idempotency_key: "key-00009", payload: 1n }, "'items[3]' cannot be written as JSON"],
    [{ _type: "x", idempotency_key: "key-00009", cyclic }, "'items[3]' cannot be written as JSON"],
  ];
  for (const [wrong, message] of table) {
    const items = [...makeItems(3), wrong, ...makeItems(6).slice(4)] as BulkItem[];
    for (const maxItems of [2, 100]) {
      const { client, sent } = bulkApi();
      const error = await bulkErrorOf(client.bulk.executeAll(items, { maxItems }));
      assertInstanceOf(error.cause, PrefactorClientError);
      assertStringIncludes(error.cause.message, `Cannot execute the items: ${message}`);
      assertEquals(sent.length, maxItems === 2 ? 1 : 0);
      assertEquals(error.result.unattempted, items.slice(maxItems === 2 ? 2 : 0));

      const { items: read, state } = source(items);
      const { result } = await bulkErrorOf(client.bulk.executeAll(read, { maxItems }));
      assertEquals(result.unattempted, items.slice(maxItems === 2 ? 2 : 0, 4));
      assert(state.closed);
    }
  }
});

Deno.test("executeAll() rejects with a contract error if the first item has no output", async () => {
  const responses = [
    {},
    { "key-00001": SUCCESS },
    { "key-00000": { status: "unknown" } },
    [SUCCESS],
  ];
  for (const outputs of responses) {
    const { client, sent } = bulkApi(undefined, {
      intercept: () => json({ status: "success", outputs }, 200, { "x-request-id": "req-9" }),
    });
    const { cause, result } = await bulkErrorOf(client.bulk.executeAll(makeItems(3)));
    assertInstanceOf(cause, PrefactorResponseContractError);
    assertEquals([cause.statusCode, cause.requestId], [200, "req-9"]);
    assert(cause.path?.startsWith("outputs"));
    assertEquals([sent.length, result.unattempted.length], [1, 3]);
  }
});

Deno.test("executeAll() accepts keys that are names of inherited properties", async () => {
  const keys = ["__proto__", "toString", "constructor", "hasOwnProperty"];
  const { client, sent } = bulkApi(({ idempotency_key: key }) => key === "__proto__" ? REFUSED : SUCCESS);
  const items = keys.map((idempotency_key) => ({ _type: "agent_spans/finish", idempotency_key }));
  const { outputs, failed } = await client.bulk.executeAll(items);
  assertEquals([...outputs.keys()], keys);
  assertEquals(keysOf(failed.map(({ item }) => item)), ["__proto__"]);
  assertEquals(sent.length, 3);
});

Deno.test("executeAll() rejects invalid arguments before it reads anything", async () => {
  const table: [items: unknown, options: unknown, message: string][] = [
    [undefined, {}, "'items' must be an iterable or async iterable of items, but is undefined"],
    [null, {}, "'items' must be an iterable"],
    [{ items: [] }, {}, "'items' must be an iterable"],
    [[], null, "'options' must be an object, but is null"],
    [[], { maxItems: 0 }, "'maxItems' must be an integer >= 1, but is 0"],
    [[], { maxItems: 1.5 }, "'maxItems' must be an integer >= 1"],
    [[], { maxBytes: NaN }, "'maxBytes' must be an integer >= 1"],
  ];
  for (const [items, options, message] of table) {
    const { client } = bulkApi();
    const job = client.bulk.executeAll(items as BulkItem[], options as ExecuteAllOptions);
    const error = await failureOf(job);
    assertInstanceOf(error, PrefactorClientError);
    assertStringIncludes(error.message, `Cannot execute the items: ${message}`);
  }
});
