import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { assertSpyCalls } from "@std/testing/mock";
import {
  AgentInstanceClient,
  type FinishInstanceRequest,
  type JsonObject,
  PrefactorClientError,
  type RegisterInstanceRequest,
  type RequestOptions,
  type StartInstanceRequest,
  VERSION,
} from "../../mod.ts";
import { json, makeClient, TOKEN } from "../helpers.ts";
import { record, recordCall } from "./recorded.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const ANSWER: JsonObject = {
  status: "success",
  details: {
    type: "agent_instance",
    id: "i-1",
    account_id: "ac-1",
    agent_id: "a-1",
    agent_version_id: "v-1",
    environment_id: "e-1",
    status: "pending",
    inserted_at: "2024-05-06T07:08:09Z",
    updated_at: "2024-05-06T07:08:09Z",
  },
};

const REGISTER: RegisterInstanceRequest = { agent_version: {}, agent_schema_version: {} };

const recorded = (createIdempotencyKey?: () => string) =>
  record(AgentInstanceClient, ANSWER, createIdempotencyKey);
const sentBy = (call: (client: AgentInstanceClient) => Promise<unknown>) =>
  recordCall(AgentInstanceClient, ANSWER, call);

Deno.test("AgentInstanceClient sends method, path, headers and body of each operation", async () => {
  const { client, sent } = makeClient(() => json(ANSWER), {
    apiUrl: "https://api.example/base/",
    sdkHeader: "my-sdk@1.2.0",
  });
  const at = new Date("2024-05-06T09:08:09.5+02:00");
  await client.agentInstances.register({
    agent_id: "a-1",
    agent_version: { name: "Librarian", external_identifier: "1.4.0", description: null },
    agent_schema_version: {
      external_identifier: "s1",
      span_schemas: { "agent:llm": { type: "object" } },
      span_result_schemas: { "agent:llm": { type: "object" } },
      span_type_schemas: [{
        name: "agent:llm",
        params_schema: { type: "object" },
        template: "{{model}} → é",
      }],
    },
    id: "i-1",
    environment_id: "e-1",
    idempotency_key: "register-key",
    update_current_version: false,
    purpose: "smoke_test",
  });
  await client.agentInstances.start("i-1", { timestamp: at, idempotency_key: "start-key" });
  await client.agentInstances.finish("i-1", {
    status: "failed",
    timestamp: "2024-05-06T07:08:09+02:00",
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
    "x-prefactor-sdk": `my-sdk@1.2.0 @prefactor/http@${VERSION}`,
  });
  assertEquals(requests, [
    {
      request: "POST https://api.example/base/api/v1/agent_instance/register",
      headers: headers("register-key"),
      body: {
        agent_id: "a-1",
        agent_version: { name: "Librarian", external_identifier: "1.4.0", description: null },
        agent_schema_version: {
          external_identifier: "s1",
          span_schemas: { "agent:llm": { type: "object" } },
          span_result_schemas: { "agent:llm": { type: "object" } },
          span_type_schemas: [
            { name: "agent:llm", params_schema: { type: "object" }, template: "{{model}} → é" },
          ],
        },
        id: "i-1",
        environment_id: "e-1",
        idempotency_key: "register-key",
        update_current_version: false,
        purpose: "smoke_test",
      },
    },
    {
      request: "POST https://api.example/base/api/v1/agent_instance/i-1/start",
      headers: headers("start-key"),
      body: { timestamp: "2024-05-06T07:08:09.500Z", idempotency_key: "start-key" },
    },
    {
      request: "POST https://api.example/base/api/v1/agent_instance/i-1/finish",
      headers: headers("finish-key"),
      body: { status: "failed", timestamp: "2024-05-06T07:08:09+02:00", idempotency_key: "finish-key" },
    },
  ]);
});

Deno.test("AgentInstanceClient leaves out what is absent and fills in the defaults", async () => {
  const idempotencyKey = "made-key";
  const key = { idempotency_key: "made-key" };
  assertEquals(await sentBy((client) => client.register(REGISTER)), [
    "POST",
    "/api/v1/agent_instance/register",
    {
      json: { ...REGISTER, update_current_version: true, ...key },
      idempotencyKey,
    },
  ]);
  assertEquals(await sentBy((client) => client.start("i-1")), ["POST", "/api/v1/agent_instance/i-1/start", {
    json: key,
    idempotencyKey,
  }]);
  assertEquals(await sentBy((client) => client.finish("i-1")), ["POST", "/api/v1/agent_instance/i-1/finish", {
    json: key,
    idempotencyKey,
  }]);
});

Deno.test("AgentInstanceClient leaves out of the body what is null or undefined", async () => {
  for (const nothing of [null, undefined] as (null | undefined)[]) {
    const register = {
      ...REGISTER,
      agent_id: nothing,
      id: nothing,
      environment_id: nothing,
      idempotency_key: nothing,
      update_current_version: nothing,
      purpose: nothing,
      x_new: nothing,
    } as RegisterInstanceRequest;
    const finish = { status: nothing, timestamp: nothing, idempotency_key: nothing } as FinishInstanceRequest;
    const start = { timestamp: nothing, idempotency_key: nothing } as StartInstanceRequest;
    const bodies = [
      (await sentBy((client) => client.register(register)))[2].json,
      (await sentBy((client) => client.start("i-1", start)))[2].json,
      (await sentBy((client) => client.finish("i-1", finish)))[2].json,
    ];
    assertEquals(bodies, [
      { ...REGISTER, update_current_version: true, idempotency_key: "made-key" },
      { idempotency_key: "made-key" },
      { idempotency_key: "made-key" },
    ]);
  }
});

Deno.test("AgentInstanceClient passes on params that it does not know", async () => {
  const params = { ...REGISTER, x_new: { at: 1 } };
  const [, , { json }] = await sentBy((client) => client.register(params));
  assertEquals((json as typeof params).x_new, { at: 1 });
});

Deno.test("AgentInstanceClient leaves its params alone", async () => {
  const params = Object.freeze({ timestamp: Object.freeze(new Date(0)), idempotency_key: "k" });
  await sentBy((client) => client.finish("i-1", params));
  assertEquals(params, { timestamp: new Date(0), idempotency_key: "k" });
});

Deno.test("AgentInstanceClient passes its options on, but not in place of the body and the key", async () => {
  const { client, request } = recorded();
  const options: RequestOptions = {
    signal: new AbortController().signal,
    timeout: 1,
    connectTimeout: null,
    maxRetries: 0,
    headers: { "X-Trace": "t-1" },
  };
  const stowaway = { ...options, json: { evil: true }, idempotencyKey: "evil" };
  await client.register({ ...REGISTER, idempotency_key: "k-1" }, stowaway);
  await client.start("i-1", { idempotency_key: "k-2" }, stowaway);
  await client.finish("i-1", { idempotency_key: "k-3" }, stowaway);
  assertEquals(request.calls.map(({ args }) => args[2]), [
    {
      ...options,
      json: { ...REGISTER, update_current_version: true, idempotency_key: "k-1" },
      idempotencyKey: "k-1",
    },
    { ...options, json: { idempotency_key: "k-2" }, idempotencyKey: "k-2" },
    { ...options, json: { idempotency_key: "k-3" }, idempotencyKey: "k-3" },
  ]);
});

Deno.test("AgentInstanceClient makes a key of its own on top of a requester that makes none", async () => {
  const { client, request } = recorded();
  await client.register(REGISTER);
  await client.start("i-1");
  await client.finish("i-1");
  const keys = request.calls.map(({ args: [, , options] }) => {
    const key = options?.idempotencyKey ?? "";
    assertMatch(key, UUID);
    assertEquals((options?.json as JsonObject)["idempotency_key"], key);
    return key;
  });
  assertEquals(new Set(keys).size, 3);
});

Deno.test("AgentInstanceClient percent-encodes ids", async () => {
  const table: [id: string, segment: string][] = [
    ["i-1", "i-1"],
    ["a b", "a%20b"],
    ["a/b", "a%2Fb"],
    ["../x", "..%2Fx"],
    ["...", "..."],
    ["a?b#c", "a%3Fb%23c"],
    ["100%", "100%25"],
    ["%2e%2e", "%252e%252e"],
    ["a\\b", "a%5Cb"],
    ["é", "%C3%A9"],
    ["\ud83d\ude00", "%F0%9F%98%80"],
    ["a\r\nb", "a%0D%0Ab"],
  ];
  const { client: real, sent } = makeClient(() => json(ANSWER), { apiUrl: "https://api.example" });
  for (const [id, segment] of table) {
    const [, start] = await sentBy((client) => client.start(id));
    const [, finish] = await sentBy((client) => client.finish(id));
    assertEquals([start, finish], [
      `/api/v1/agent_instance/${segment}/start`,
      `/api/v1/agent_instance/${segment}/finish`,
    ]);
    await real.agentInstances.start(id);
    assertEquals(
      new Request(sent.pop()!.url).url,
      `https://api.example/api/v1/agent_instance/${segment}/start`,
    );
  }
});

Deno.test("AgentInstanceClient refuses wrong arguments before anything is sent, and names the field", async () => {
  type Call = (client: AgentInstanceClient, wrong: never) => Promise<unknown>;
  const register = (field: string): Call => (client, wrong) =>
    client.register({ ...REGISTER, [field]: wrong });
  const start = (field: string): Call => (client, wrong) => client.start("i-1", { [field]: wrong });
  const finish = (field: string): Call => (client, wrong) => client.finish("i-1", { [field]: wrong });
  const ids: [unknown, string][] = [
    ["", '""'],
    [".", '"."'],
    ["..", '".."'],
    ["\ud83d", '"\\ud83d"'],
    [undefined, "undefined"],
    [null, "null"],
    [7, "7"],
    [["i-1"], "an array of 1 item"],
  ];
  const timestamps: [unknown, string][] = [
    ["abc", '"abc"'],
    ["", '""'],
    ["2024-05-06", '"2024-05-06"'],
    ["2024-13-01T00:00:00Z", '"2024-13-01T00:00:00Z"'],
    [new Date(Number.NaN), "an invalid Date"],
    [0, "0"],
    [{}, "an object"],
  ];
  const keys: [unknown, string][] = [
    ["", '""'],
    ["k".repeat(65), `"${"k".repeat(60)}…"`],
    ["a\nb", '"a\\nb"'],
    [7, "7"],
    [{}, "an object"],
  ];
  const noStrings: [unknown, string][] = [[7, "7"], [["a"], "an array of 1 item"], [{}, "an object"]];
  const noObjects: [unknown, string][] = [["a", '"a"'], [[], "an array of 0 items"], [7, "7"]];
  const table: [name: string, call: Call, wrong: [given: unknown, shown: string][]][] = [
    ["id", (client, wrong) => client.start(wrong), ids],
    ["id", (client, wrong) => client.finish(wrong), ids],
    ["timestamp", start("timestamp"), timestamps],
    ["timestamp", finish("timestamp"), timestamps],
    ["idempotency_key", register("idempotency_key"), keys],
    ["idempotency_key", start("idempotency_key"), keys],
    ["idempotency_key", finish("idempotency_key"), keys],
    ["status", finish("status"), [["active", '"active"'], ["", '""'], [7, "7"]]],
    ["agent_id", register("agent_id"), noStrings],
    ["id", register("id"), noStrings],
    ["environment_id", register("environment_id"), noStrings],
    ["update_current_version", register("update_current_version"), [["true", '"true"'], [1, "1"]]],
    ["purpose", register("purpose"), [["fun", '"fun"'], [7, "7"]]],
    ["agent_version", register("agent_version"), [...noObjects, [null, "null"], [undefined, "undefined"]]],
    [
      "agent_version.name",
      (client, wrong) => client.register({ ...REGISTER, agent_version: { name: wrong } }),
      [
        [7, "7"],
      ],
    ],
    ["agent_schema_version", register("agent_schema_version"), [...noObjects, [null, "null"]]],
    [
      "agent_schema_version.span_type_schemas[1].params_schema",
      (client, wrong) =>
        client.register({
          ...REGISTER,
          agent_schema_version: {
            span_type_schemas: [{ name: "a", params_schema: {} }, { name: "b", params_schema: wrong }],
          },
        }),
      noObjects,
    ],
    ["params", (client, wrong) => client.register(wrong), [[undefined, "undefined"], ...noObjects]],
    ["params", (client, wrong) => client.start("i-1", wrong), [[null, "null"], ...noObjects]],
    ["params", (client, wrong) => client.finish("i-1", wrong), [[null, "null"], ...noObjects]],
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

Deno.test("AgentInstanceClient refuses before the client sends, too", async () => {
  const { client, sent } = makeClient(() => json(ANSWER));
  await assertRejects(() => client.agentInstances.finish(""), PrefactorClientError, "'id'");
  assertEquals(sent.length, 0);
  await client.agentInstances.finish("i-1");
  assertEquals(sent.length, 1);
});
