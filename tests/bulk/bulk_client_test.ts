import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { assertSpyCalls } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import {
  BulkClient,
  type BulkItem,
  type BulkRequest,
  type JsonObject,
  PrefactorClientError,
  PrefactorTimeoutError,
  type RequestOptions,
  VERSION,
} from "../../mod.ts";
import { recordRequests } from "../endpoints/recording_requester.ts";
import { hang, json, makeClient, TOKEN } from "../helpers.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const RESPONSE: JsonObject = { status: "success", outputs: { "key-00001": { status: "success" } } };

const ITEM: BulkItem = { _type: "agent_spans/finish", idempotency_key: "key-00001", id: "s-1" };
const REQUEST: BulkRequest = { items: [ITEM] };

const recordBulk = (createIdempotencyKey?: () => string) =>
  recordRequests(BulkClient, RESPONSE, createIdempotencyKey);

Deno.test("BulkClient.execute() sends the method, the path, the headers and the body, and the key in the header only", async () => {
  const { client, sent } = makeClient(() => json(RESPONSE), {
    apiUrl: "https://api.example",
    defaultIdempotencyKey: "nightly",
  });
  const response = await client.bulk.execute({
    items: [
      { _type: "agent_instances/start", idempotency_key: "key-00001", id: "i-1", timestamp: new Date(0) },
      { _type: "agent_spans/create", idempotency_key: "key-00002", details: { payload: { a: null } } },
    ],
  });
  assertEquals<unknown>(response, RESPONSE);

  assertEquals(sent.length, 1);
  const { "idempotency-key": key, ...headers } = Object.fromEntries(sent[0]!.headers);
  assertEquals(`${sent[0]!.method} ${sent[0]!.url}`, "POST https://api.example/api/v1/bulk");
  assertEquals(headers, {
    "accept": "application/json",
    "authorization": `Bearer ${TOKEN}`,
    "content-type": "application/json",
    "x-prefactor-sdk": `@prefactor/http@${VERSION}`,
  });
  assertMatch(key?.replace(/^nightly-/, "") ?? "", UUID);
  assert(key?.startsWith("nightly-"));
  assertEquals(JSON.parse(sent[0]!.body!), {
    items: [
      {
        _type: "agent_instances/start",
        idempotency_key: "key-00001",
        id: "i-1",
        timestamp: "1970-01-01T00:00:00.000Z",
      },
      { _type: "agent_spans/create", idempotency_key: "key-00002", details: { payload: { a: null } } },
    ],
  });
});

Deno.test("BulkClient.execute() passes the request to its requester, without a connectTimeout", async () => {
  const { client, request } = recordBulk();
  assertEquals<unknown>(await client.execute(REQUEST), RESPONSE);
  assertSpyCalls(request, 1);
  const [method, path, options] = request.calls[0]!.args;
  assertEquals([method, path, options?.json, options?.connectTimeout], [
    "POST",
    "/api/v1/bulk",
    { items: [{ _type: "agent_spans/finish", idempotency_key: "key-00001", id: "s-1" }] },
    null,
  ]);
});

Deno.test("BulkClient.execute() takes the key from its requester or generates one", async () => {
  const withKeys = recordBulk(() => "made-key");
  await withKeys.client.execute(REQUEST);
  assertEquals(withKeys.request.calls[0]!.args[2]?.idempotencyKey, "made-key");
  const withoutKeys = recordBulk();
  await withoutKeys.client.execute(REQUEST);
  assertMatch(withoutKeys.request.calls[0]!.args[2]?.idempotencyKey ?? "", UUID);
});

Deno.test("BulkClient.execute() passes its options on without replacing the body", async () => {
  const { client, request } = recordBulk();
  const options: RequestOptions = {
    signal: new AbortController().signal,
    timeout: 1,
    connectTimeout: 2,
    maxRetries: 0,
    headers: { "X-Trace": "t-1" },
  };
  await client.execute(REQUEST, { ...options, json: { evil: true } } as RequestOptions);
  const { idempotencyKey: _, ...passed } = request.calls[0]!.args[2]!;
  assertEquals(passed, { ...options, json: REQUEST });
});

Deno.test("BulkClient.execute() has no connectTimeout by default", async (t) => {
  const cases: [options: RequestOptions | undefined, phase: string, timeout: number][] = [
    [undefined, "request", 30_000],
    [{ maxRetries: 0 }, "request", 30_000],
    [{ connectTimeout: null }, "request", 30_000],
    [{ connectTimeout: undefined }, "request", 30_000],
    [{ connectTimeout: 5_000 }, "connect", 5_000],
  ];
  for (const [options, phase, timeout] of cases) {
    await t.step(`with the options ${Deno.inspect(options)}`, async () => {
      using time = new FakeTime();
      const { client } = makeClient(hang, { maxRetries: 0, requestTimeout: 30_000, connectTimeout: 10_000 });
      const call = assertRejects(() => client.bulk.execute(REQUEST, options), PrefactorTimeoutError);
      await time.tickAsync(10_000);
      await time.tickAsync(20_000);
      const error = await call;
      assertEquals([error.phase, error.timeout], [phase, timeout]);
    });
  }
});

Deno.test("BulkClient.execute() accepts items whose keys have 8 to 64 characters", async () => {
  const { client, request } = recordBulk();
  const items = ["k".repeat(8), "k".repeat(64), "k".repeat(9)].map((idempotency_key) => ({
    ...ITEM,
    idempotency_key,
  }));
  await client.execute({ items });
  assertEquals(request.calls[0]!.args[2]?.json, { items });
});

Deno.test("BulkClient.execute() rejects invalid items, names the index and sends nothing", async () => {
  const second = (item: unknown) => ({ items: [ITEM, item] });
  const key = (idempotency_key: unknown) => second({ ...ITEM, idempotency_key });
  const table: [request: unknown, name: string, expected: string, shown: string][] = [
    [undefined, "'request'", "an object", "undefined"],
    [null, "'request'", "an object", "null"],
    [[ITEM], "'request'", "an object", "an array of 1 item"],
    [{}, "'items'", "an array", "undefined"],
    [{ items: null }, "'items'", "an array", "null"],
    [{ items: { 0: ITEM } }, "'items'", "an array", "an object"],
    [{ items: "all" }, "'items'", "an array", '"all"'],
    [{ items: [] }, "'items'", "a non-empty array", "an array of 0 items"],
    [{ items: [null] }, "'items[0]'", "an object", "null"],
    [{ items: [undefined] }, "'items[0]'", "an object", "undefined"],
    [{ items: new Array(1) }, "'items[0]'", "an object", "undefined"],
    [second([ITEM]), "'items[1]'", "an object", "an array of 1 item"],
    [second("agent_spans/finish"), "'items[1]'", "an object", '"agent_spans/finish"'],
    [second({ idempotency_key: "key-00002" }), "'items[1]._type'", "a string", "undefined"],
    [second({ ...ITEM, _type: 7 }), "'items[1]._type'", "a string", "7"],
    [second({ _type: "agent_spans/finish" }), "'items[1].idempotency_key'", "a string", "undefined"],
    [key(null), "'items[1].idempotency_key'", "a string", "null"],
    [key(12345678), "'items[1].idempotency_key'", "a string", "12345678"],
    [key(""), "'items[1].idempotency_key'", "8 to 64 printable ASCII characters", '""'],
    [key("1234567"), "'items[1].idempotency_key'", "8 to 64 printable ASCII characters", '"1234567"'],
    [
      key("k".repeat(65)),
      "'items[1].idempotency_key'",
      "8 to 64 printable ASCII characters",
      `"${"k".repeat(60)}…"`,
    ],
    [key("key-00001"), "'items[1].idempotency_key'", "different from that of items[0]", '"key-00001"'],
    [
      { items: [ITEM, { ...ITEM, idempotency_key: "key-00002" }, { ...ITEM, idempotency_key: "key-00002" }] },
      "'items[2].idempotency_key'",
      "different from that of items[1]",
      '"key-00002"',
    ],
  ];
  for (const [invalid, name, expected, shown] of table) {
    const { client, request } = recordBulk();
    const error = await assertRejects(() => client.execute(invalid as BulkRequest), PrefactorClientError);
    for (const text of [name, `must be ${expected}`, `but is ${shown}`]) {
      assertStringIncludes(error.message, text);
    }
    assertSpyCalls(request, 0);
  }
});

Deno.test("BulkClient.execute() resolves if an item failed", async () => {
  const response: JsonObject = {
    status: "success",
    outputs: { "key-00001": { status: "error", code: "not_found", message: "No such span" } },
  };
  const client = new BulkClient({ request: () => Promise.resolve(response) });
  const { outputs } = await client.execute(REQUEST);
  assertEquals(outputs["key-00001"]?.status, "error");
  assertEquals(outputs["key-00002"], undefined);
});
