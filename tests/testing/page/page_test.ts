import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DOCUMENT } from "../../../src/testing/page/document.ts";
import { SandboxPage } from "../../../src/testing/page/page.ts";
import { serveSandbox } from "@prefactor/http/sandbox";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { Caller, type Reply } from "../helpers.ts";

const HOST = "127.0.0.1:8787";
const ORIGIN = `http://${HOST}`;
const { signal } = new AbortController();

/** Creates a page, and functions that send requests to it as a browser does. */
function setUp(token?: string) {
  const caller = new Caller(new PrefactorSandbox(token === undefined ? {} : { token }));
  const page = new SandboxPage(caller.sandbox);
  const send = async (
    method: string,
    path: string,
    body?: unknown,
    headers: HeadersInit = {},
  ): Promise<Reply> => {
    const init: RequestInit = { method, headers: [["host", HOST], ...new Headers(headers)] };
    if (body !== undefined) init.body = typeof body === "string" ? body : JSON.stringify(body);
    const response = await page.handle(new Request(ORIGIN + path, init), signal);
    const text = await response.text();
    const isJson = response.headers.get("content-type") === "application/json";
    return { status: response.status, headers: response.headers, text, json: isJson && JSON.parse(text) };
  };
  return {
    caller,
    get: (path: string) => send("GET", path),
    post: (path: string, body: unknown = {}, headers: HeadersInit = { origin: ORIGIN }) =>
      send("POST", path, body, headers),
    send,
  };
}

Deno.test("SandboxPage serves its document with a policy that allows nothing else", async () => {
  const { status, headers, text } = await setUp().get("/");
  assertEquals([status, text], [200, DOCUMENT]);
  assertEquals(headers.get("content-type"), "text/html; charset=utf-8");
  const policy = headers.get("content-security-policy")!.split("; ");
  assertEquals(policy.slice(0, 1), ["default-src 'none'"]);
  for (const source of ["script-src", "style-src"]) {
    assertMatch(policy.find((directive) => directive.startsWith(source))!, /^\S+ 'sha256-[\w+/]{43}='$/);
  }
  assert(policy.includes("connect-src 'self'"));
});

Deno.test("SandboxPage forbids caching, embedding and other types on each response", async () => {
  const { get } = setUp();
  for (const path of ["/", "/_sandbox/state", "/_sandbox/nothing"]) {
    const { headers } = await get(path);
    assertEquals(
      [
        "cache-control",
        "cross-origin-resource-policy",
        "x-content-type-options",
        "access-control-allow-origin",
      ].map(
        (name) => headers.get(name),
      ),
      ["no-store", "same-origin", "nosniff", null],
      path,
    );
  }
});

Deno.test("SandboxPage responds with the state", async () => {
  const { caller, get } = setUp();
  const id = await caller.start();
  const { status, json } = await get("/_sandbox/state");
  assertEquals([status, json.runs.map(({ id }: { id: string }) => id)], [200, [id]]);
});

Deno.test("SandboxPage responds with a span and its type", async () => {
  const { caller, get } = setUp();
  const type = { name: "agent:llm", title: "Model", params_schema: { required: ["model"] } };
  const id = await caller.start({ agent_schema_version: { span_type_schemas: [type] } });
  const { json: { details } } = await caller.createSpan(id, { payload: { a: [1] } });
  const { json } = await get(`/_sandbox/spans/${details.id}`);
  assertEquals([json.span.payload, json.span.schema_mismatches, json.type], [
    { a: [1] },
    ["payload: model is required"],
    type,
  ]);
});

Deno.test("SandboxPage finds the spans of a run by a text in their payload or result", async () => {
  const { caller, get } = setUp("secret-token");
  const [id, other] = [await caller.start(), await caller.start()];
  const create = async (runId: string, fields: object) =>
    (await caller.createSpan(runId, fields)).json.details.id;
  const first = await create(id, { payload: { Where: ["Rotterdam"] } });
  const second = await create(id, {
    status: "complete",
    result_payload: { note: "rotterdam, secret-token" },
  });
  await create(id, { payload: { where: "Delft" } });
  await create(other, { payload: { where: "Rotterdam" } });
  const find = async (text: string) => (await get(`/_sandbox/runs/${id}/matches?text=${text}`)).json.ids;
  assertEquals(await find("ROTTER"), [first, second]);
  assertEquals(await find("secret"), []);
});

Deno.test("SandboxPage responds with the headers and bodies of a request, delivered or not", async () => {
  const { caller, get } = setUp();
  caller.sandbox.faults.next({ kind: "lose" });
  await caller.post("agent", { details: { name: "A" } }, { "x-a": "b" }).catch(() => {});
  const { json } = await get(`/_sandbox/requests/${caller.sandbox.requests[0]!.id}`);
  assertEquals([json.headers["x-a"], json.body, json.response.details.name], [
    "b",
    { details: { name: "A" } },
    "A",
  ]);
});

Deno.test("SandboxPage responds with all of a run as a file", async () => {
  const { caller, get } = setUp();
  const type = { name: "a", title: "A", params_schema: {} };
  const id = await caller.start({
    agent_version: { name: "One" },
    agent_schema_version: { span_type_schemas: [type] },
  });
  await caller.createSpan(id, { schema_name: "a", payload: { b: 1 } });
  const { headers, text } = await get(`/_sandbox/runs/${id}`);
  const { run, agent, agent_version, agent_schema_version, spans: [span] } = JSON.parse(text);
  assertEquals(headers.get("content-disposition"), "attachment");
  assertEquals([run.id, agent.id, agent_version.name, span.payload], [id, "librarian", "One", { b: 1 }]);
  assertEquals(Object.values(agent_schema_version.span_type_schemas), [type]);
});

Deno.test("SandboxPage terminates a run", async () => {
  const { caller, post } = setUp();
  const id = await caller.start();
  assertEquals((await post(`/_sandbox/runs/${id}/terminate`, { reason: "Enough" })).status, 200);
  assertEquals(caller.sandbox.instances.get(id)?.termination_reason, "Enough");
});

Deno.test("SandboxPage raises and clears faults", async () => {
  const { caller, get, post } = setUp();
  const state = async () => (await get("/_sandbox/state")).json.faults;
  const fault = { kind: "status", status: 503, retryAfter: 1 };
  await post("/_sandbox/faults/next", { fault, times: 2 });
  await post("/_sandbox/faults/random", { rate: 1, kinds: [{ kind: "status", status: 502 }] });
  assertEquals(await state(), { planned: [{ fault, left: 2 }], random: { rate: 1, kinds: ["status"] } });
  const statuses = [];
  for (let n = 0; n < 3; n++) statuses.push((await caller.get("ping")).status);
  assertEquals(statuses, [503, 503, 502]);
  await post("/_sandbox/faults/clear");
  assertEquals([await state(), (await caller.get("ping")).status], [{ planned: [], random: null }, 200]);
});

Deno.test("SandboxPage resets the sandbox", async () => {
  const { caller, post } = setUp();
  await caller.start();
  await post("/_sandbox/reset");
  assertEquals(caller.sandbox.instances.size, 0);
});

for (
  const [method, path, body, status, message] of [
    ["GET", "/_sandbox/", undefined, 404, "There is no such path"],
    ["GET", "/_sandbox/spans/1/2", undefined, 404, "There is no such path"],
    ["GET", "/_sandbox/spans/1", undefined, 404, "There is no such span"],
    ["GET", "/_sandbox/runs/1", undefined, 404, "There is no such run"],
    ["GET", "/_sandbox/requests/1", undefined, 404, "There is no such request"],
    ["POST", "/_sandbox/state", {}, 405, "The method must be GET"],
    ["GET", "/_sandbox/reset", undefined, 405, "The method must be POST"],
    ["DELETE", "/_sandbox/reset", undefined, 405, "The method must be POST"],
    ["POST", "/_sandbox/reset", "[]", 400, "The body must be a JSON object"],
    ["POST", "/_sandbox/reset", "{", 422, "JSON"],
    [
      "POST",
      "/_sandbox/runs/1/terminate",
      { reason: "Enough" },
      422,
      "'instanceId' must be the ID of an agent instance",
    ],
    ["POST", "/_sandbox/faults/next", { fault: { kind: "burn" } }, 422, "'kind' must be one of"],
    [
      "POST",
      "/_sandbox/faults/next",
      { fault: { kind: "cut" }, times: 0 },
      422,
      "'times' must be an integer >= 1",
    ],
    [
      "POST",
      "/_sandbox/faults/random",
      { rate: 2, kinds: ["cut"] },
      422,
      "'rate' must be a number from 0 to 1",
    ],
    ["GET", "/_sandbox/spans/%E0%A4%A", undefined, 422, "URI"],
  ] as const
) {
  Deno.test(`SandboxPage rejects ${method} ${path} ${JSON.stringify(body) ?? ""} with ${status}`, async () => {
    const reply = await setUp().send(method, path, body, { origin: ORIGIN });
    assertEquals(reply.status, status);
    assertStringIncludes(reply.json.message, message);
  });
}

for (
  const origin of [
    undefined,
    "null",
    "http://localhost:8787",
    "https://127.0.0.1:8787",
    "http://127.0.0.1:3000",
    "",
  ]
) {
  Deno.test(`SandboxPage rejects the actions of ${origin ?? "no"} origin`, async () => {
    const { caller, post } = setUp();
    const id = await caller.start();
    const headers: HeadersInit = origin === undefined ? {} : { origin };
    for (const path of ["reset", "faults/clear", "faults/next", "faults/random", `runs/${id}/terminate`]) {
      assertEquals((await post(`/_sandbox/${path}`, { reason: "Enough" }, headers)).status, 403, path);
    }
    assertEquals(caller.sandbox.instances.get(id)?.status, "active");
  });
}

Deno.test("SandboxPage never sends the token", async () => {
  const token = "eyJhbGciOiJub25lIn0.secret/+value";
  const { caller, get } = setUp(token);
  const id = await caller.start({ external_identifier: token });
  const { json: { details } } = await caller.createSpan(id, { payload: { [token]: [token] } });
  const paths = ["/", "/_sandbox/state", `/_sandbox/runs/${id}`, `/_sandbox/spans/${details.id}`];
  paths.push(...caller.sandbox.requests.map(({ id }) => `/_sandbox/requests/${id}`));
  for (const path of paths) {
    const { status, text } = await get(path);
    assertEquals([status, text.includes("secret")], [200, false], path);
  }
});

Deno.test("serveSandbox() streams events until the server closes, and ignores readers that leave", async () => {
  const server = await serveSandbox();
  const open = async () => {
    const { cursor } = await (await fetch(`${server.url}/_sandbox/state`)).json();
    const response = await fetch(`${server.url}/_sandbox/events?after=${cursor}`);
    assertEquals(response.headers.get("content-type"), "text/event-stream");
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    return { reader, until: (pattern: RegExp) => readUntil(reader, pattern) };
  };
  const [first, second] = [await open(), await open()];
  await first.until(/"cursor"/);
  await first.reader.cancel();
  const headers = { authorization: `Bearer ${server.token}` };
  await (await fetch(`${server.url}/api/v1/ping`, { headers })).text();
  assertMatch(await second.until(/"path"/), /"path":"\/api\/v1\/ping"/);
  const end = second.reader.read().catch((error) => error);
  await server.close();
  await end;
});

async function readUntil(reader: ReadableStreamDefaultReader<string>, pattern: RegExp): Promise<string> {
  let text = "";
  while (!pattern.test(text)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The stream ended: ${text}`);
    text += value;
  }
  return text;
}
