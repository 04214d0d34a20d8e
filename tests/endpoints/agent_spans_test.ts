import {
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertMatch,
  assertNotStrictEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { assertSpyCalls } from "@std/testing/mock";
import {
  AgentSpanClient,
  type CreateSpanRequest,
  type FinishSpanRequest,
  type JsonObject,
  PrefactorClientError,
  type RequestOptions,
  VERSION,
} from "../../mod.ts";
import { json, makeClient, TOKEN } from "../helpers.ts";
import { record, recordCall } from "./recorded.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const ANSWER: JsonObject = {
  status: "success",
  details: {
    type: "agent_span",
    id: "s-1",
    agent_instance_id: "i-1",
    schema_name: "agent:llm",
    status: "active",
  },
};

const CREATE: CreateSpanRequest = { agent_instance_id: "i-1", schema_name: "agent:llm", status: "active" };

const recorded = (createIdempotencyKey?: () => string) =>
  record(AgentSpanClient, ANSWER, createIdempotencyKey);
const sentBy = (call: (client: AgentSpanClient) => Promise<unknown>) =>
  recordCall(AgentSpanClient, ANSWER, call);

Deno.test("AgentSpanClient sends method, path, headers and body of each operation", async () => {
  const { client, sent } = makeClient(() => json(ANSWER), { apiUrl: "https://api.example" });
  await client.agentSpans.create({
    agent_instance_id: "i-1",
    schema_name: "agent:llm",
    status: "complete",
    payload: { prompt: "Why → é?", nothing: null, at: [1, { b: false }] },
    result_payload: { response: "Because" },
    id: "s-1",
    parent_span_id: "s-0",
    started_at: new Date("2024-05-06T09:08:09+02:00"),
    finished_at: "2024-05-06T07:08:10+00:00",
    idempotency_key: "create-key",
  });
  await client.agentSpans.finish("s-1", {
    status: "cancelled",
    result_payload: { hits: 3 },
    timestamp: new Date("2024-05-06T09:08:11+02:00"),
    idempotency_key: "finish-key",
  });

  const requests = sent.map(({ method, url, headers, body }) => ({
    request: `${method} ${url}`,
    headers: Object.fromEntries(headers),
    body: JSON.parse(body!),
  }));
  const headers = (key: string) => ({
    "accept": "application/json",
    "authorization": `Bearer ${TOKEN}`,
    "content-type": "application/json",
    "idempotency-key": key,
    "x-prefactor-sdk": `@prefactor/http@${VERSION}`,
  });
  assertEquals(requests, [
    {
      request: "POST https://api.example/api/v1/agent_spans",
      headers: headers("create-key"),
      body: {
        details: {
          agent_instance_id: "i-1",
          schema_name: "agent:llm",
          status: "complete",
          payload: { prompt: "Why → é?", nothing: null, at: [1, { b: false }] },
          result_payload: { response: "Because" },
          id: "s-1",
          parent_span_id: "s-0",
          started_at: "2024-05-06T07:08:09.000Z",
          finished_at: "2024-05-06T07:08:10+00:00",
        },
        idempotency_key: "create-key",
      },
    },
    {
      request: "POST https://api.example/api/v1/agent_spans/s-1/finish",
      headers: headers("finish-key"),
      body: {
        status: "cancelled",
        result_payload: { hits: 3 },
        timestamp: "2024-05-06T07:08:11.000Z",
        idempotency_key: "finish-key",
      },
    },
  ]);
});

Deno.test("AgentSpanClient leaves out what is absent and fills in the defaults", async () => {
  assertEquals(await sentBy((client) => client.create(CREATE)), ["POST", "/api/v1/agent_spans", {
    json: { details: { ...CREATE, payload: {} }, idempotency_key: "made-key" },
    idempotencyKey: "made-key",
  }]);
  assertEquals(await sentBy((client) => client.finish("s-1")), ["POST", "/api/v1/agent_spans/s-1/finish", {
    json: { idempotency_key: "made-key" },
    idempotencyKey: "made-key",
  }]);
});

Deno.test("AgentSpanClient.create() gives each call a payload of its own", async () => {
  const { client, request } = recorded();
  await client.create(CREATE);
  await client.create(CREATE);
  const [first, second] = request.calls.map(({ args }) =>
    (args[2]?.json as { details: { payload: unknown } }).details.payload
  );
  assertEquals([first, second], [{}, {}]);
  assertNotStrictEquals(first, second);
});

Deno.test("AgentSpanClient leaves out of the body what is null or undefined", async () => {
  for (const nothing of [null, undefined] as (null | undefined)[]) {
    const create = {
      ...CREATE,
      payload: nothing,
      result_payload: nothing,
      id: nothing,
      parent_span_id: nothing,
      started_at: nothing,
      finished_at: nothing,
      idempotency_key: nothing,
    } as CreateSpanRequest;
    const finish = {
      status: nothing,
      result_payload: nothing,
      timestamp: nothing,
      idempotency_key: nothing,
    } as FinishSpanRequest;
    const bodies = [
      (await sentBy((client) => client.create(create)))[2].json,
      (await sentBy((client) => client.finish("s-1", finish)))[2].json,
    ];
    assertEquals(bodies, [
      { details: { ...CREATE, payload: {} }, idempotency_key: "made-key" },
      { idempotency_key: "made-key" },
    ]);
  }
});

Deno.test("AgentSpanClient passes on params that it does not know", async () => {
  const create = { ...CREATE, x_new: [1] };
  const finish = { x_new: "a" };
  const bodies = [
    (await sentBy((client) => client.create(create)))[2].json,
    (await sentBy((client) => client.finish("s-1", finish as object)))[2].json,
  ];
  assertEquals(bodies, [
    { details: { ...CREATE, payload: {}, x_new: [1] }, idempotency_key: "made-key" },
    { x_new: "a", idempotency_key: "made-key" },
  ]);
});

Deno.test("AgentSpanClient passes its options on, but not in place of the body and the key", async () => {
  const { client, request } = recorded();
  const options: RequestOptions = {
    signal: new AbortController().signal,
    timeout: 1,
    connectTimeout: null,
    maxRetries: 0,
    headers: { "X-Trace": "t-1" },
  };
  const stowaway = { ...options, json: { evil: true }, idempotencyKey: "evil" };
  await client.create({ ...CREATE, idempotency_key: "k-1" }, stowaway);
  await client.finish("s-1", { idempotency_key: "k-2" }, stowaway);
  assertEquals(request.calls.map(({ args }) => args[2]), [
    {
      ...options,
      json: { details: { ...CREATE, payload: {} }, idempotency_key: "k-1" },
      idempotencyKey: "k-1",
    },
    { ...options, json: { idempotency_key: "k-2" }, idempotencyKey: "k-2" },
  ]);
});

Deno.test("AgentSpanClient makes a key of its own on top of a requester that makes none", async () => {
  const { client, request } = recorded();
  await client.create(CREATE);
  await client.finish("s-1");
  const keys = request.calls.map(({ args: [, , options] }) => {
    const key = options?.idempotencyKey ?? "";
    assertMatch(key, UUID);
    assertEquals((options?.json as JsonObject)["idempotency_key"], key);
    return key;
  });
  assertEquals(new Set(keys).size, 2);
});

Deno.test("AgentSpanClient percent-encodes ids", async () => {
  const table: [id: string, segment: string][] = [
    ["s-1", "s-1"],
    ["a/../b", "a%2F..%2Fb"],
    ["a?b#c", "a%3Fb%23c"],
    ["100%", "100%25"],
    ["é", "%C3%A9"],
  ];
  for (const [id, segment] of table) {
    const [, path] = await sentBy((client) => client.finish(id));
    assertEquals(path, `/api/v1/agent_spans/${segment}/finish`);
  }
});

Deno.test("AgentSpanClient refuses wrong arguments before anything is sent, and names the field", async () => {
  type Call = (client: AgentSpanClient, wrong: never) => Promise<unknown>;
  const create = (field: string): Call => (client, wrong) => client.create({ ...CREATE, [field]: wrong });
  const finish = (field: string): Call => (client, wrong) => client.finish("s-1", { [field]: wrong });
  const timestamps: [unknown, string][] = [
    ["abc", '"abc"'],
    ["2024-05-06", '"2024-05-06"'],
    ["2024-13-01T00:00:00Z", '"2024-13-01T00:00:00Z"'],
    [new Date(Number.NaN), "an invalid Date"],
    [0, "0"],
  ];
  const keys: [unknown, string][] = [
    ["", '""'],
    ["k".repeat(65), `"${"k".repeat(60)}…"`],
    ["a\nb", '"a\\nb"'],
    [7, "7"],
  ];
  const noStrings: [unknown, string][] = [[7, "7"], [["a"], "an array of 1 item"], [{}, "an object"]];
  const noObjects: [unknown, string][] = [["a", '"a"'], [[], "an array of 0 items"], [7, "7"]];
  const missing: [unknown, string][] = [[undefined, "undefined"], [null, "null"]];
  const noFinish: [unknown, string][] = [["active", '"active"'], ["", '""'], [7, "7"]];
  const table: [name: string, call: Call, wrong: [given: unknown, shown: string][]][] = [
    ["id", (client, wrong) => client.finish(wrong), [
      ["", '""'],
      [".", '"."'],
      ["..", '".."'],
      [7, "7"],
      ...missing,
    ]],
    ["agent_instance_id", create("agent_instance_id"), [...noStrings, ...missing]],
    ["schema_name", create("schema_name"), [...noStrings, ...missing]],
    ["status", create("status"), [["paused", '"paused"'], ["", '""'], [7, "7"], ...missing]],
    ["payload", create("payload"), noObjects],
    ["result_payload", create("result_payload"), noObjects],
    ["id", create("id"), noStrings],
    ["parent_span_id", create("parent_span_id"), noStrings],
    ["started_at", create("started_at"), timestamps],
    ["finished_at", create("finished_at"), timestamps],
    ["idempotency_key", create("idempotency_key"), keys],
    ["status", finish("status"), noFinish],
    ["result_payload", finish("result_payload"), noObjects],
    ["timestamp", finish("timestamp"), timestamps],
    ["idempotency_key", finish("idempotency_key"), keys],
    ["params", (client, wrong) => client.create(wrong), [["a", '"a"'], ...missing]],
    ["params", (client, wrong) => client.finish("s-1", wrong), [["a", '"a"'], [null, "null"]]],
  ];
  for (const [name, call, wrongs] of table) {
    for (const [wrong, shown] of wrongs) {
      const { client, request } = recorded();
      const error = await assertRejects(() => call(client, wrong as never), PrefactorClientError);
      assertStringIncludes(error.message, `'${name}'`);
      assertStringIncludes(error.message, "must be ");
      assertStringIncludes(error.message, `but is ${shown}`);
      assertSpyCalls(request, 0);
    }
  }
});

Deno.test("AgentSpanClient refuses a payload that JSON would not write as an object", async () => {
  const { client, request } = recorded();
  const payload = new Date(0) as unknown as JsonObject;
  const calls: [name: string, call: () => Promise<unknown>][] = [
    ["payload", () => client.create({ ...CREATE, payload })],
    ["result_payload", () => client.create({ ...CREATE, result_payload: payload })],
    ["result_payload", () => client.finish("s-1", { result_payload: payload })],
  ];
  for (const [name, call] of calls) {
    await assertRejects(call, PrefactorClientError, `'${name}' must be an object`);
  }
  assertSpyCalls(request, 0);
});

Deno.test("AgentSpanClient does not echo a token that stands where something else should", async () => {
  const { client, sent } = makeClient(() => json(ANSWER));
  const token = TOKEN as never;
  const calls = [
    () => client.agentSpans.create({ ...CREATE, status: token }),
    () => client.agentSpans.create({ ...CREATE, started_at: token }),
    () => client.agentSpans.create({ ...CREATE, payload: token }),
    () => client.agentSpans.finish("s-1", { idempotency_key: token }),
  ];
  for (const call of calls) {
    const { message } = await assertRejects(call, PrefactorClientError);
    assertFalse(message.includes(TOKEN.slice(0, 20)), message);
  }
  assertEquals(sent.length, 0);
});

Deno.test("AgentSpanClient.create() names a wrong field of params that a class made", async () => {
  class Params {
    agent_instance_id = "i-1";
    schema_name = 7;
    status = "active";
  }
  const { client, request } = recorded();
  const params = new Params() as unknown as CreateSpanRequest;
  await assertRejects(() => client.create(params), PrefactorClientError, "'schema_name' must be a string");
  assertSpyCalls(request, 0);
});

Deno.test("AgentSpanClient.create() refuses a payload that no JSON can hold, with the cause", async () => {
  const { client, sent } = makeClient(() => json(ANSWER));
  const cycle: JsonObject = {};
  cycle["self"] = cycle;
  for (const payload of [cycle, { big: 1n } as unknown as JsonObject]) {
    const error = await assertRejects(
      () => client.agentSpans.create({ ...CREATE, payload }),
      PrefactorClientError,
    );
    assertInstanceOf(error.cause, TypeError);
  }
  assertEquals(sent.length, 0);
});

Deno.test("AgentSpanClient.finish() refuses an invalid Date in a field that no model knows", async () => {
  const { client, sent } = makeClient(() => json({ status: "success" }));
  const params = { status: "failed", reviewed_at: new Date(NaN) } as const;
  const error = await assertRejects(() => client.agentSpans.finish("s-1", params), PrefactorClientError);
  assertStringIncludes(error.message, "'reviewed_at' must be a valid Date, but is an invalid Date");
  assertEquals(sent.length, 0);
});
