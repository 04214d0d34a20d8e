import { assertEquals, assertGreater, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { Caller, REGISTRATION, SPAN } from "./helpers.ts";

const PFID = /^[0-7][0-9a-hjkmnpqrstvwxyz]{31}$/;
const KEY = { "idempotency-key": "key-00001" };

Deno.test("sandbox.fetch() responds to a ping, with a request ID for each request", async () => {
  const caller = new Caller();
  const first = await caller.get("ping");
  const second = await caller.get("nowhere");
  assertEquals([first.status, first.text], [200, '{"status":"success"}']);
  assertMatch(first.headers.get("x-request-id")!, PFID);
  assertNotEquals(first.headers.get("x-request-id"), second.headers.get("x-request-id"));
});

for (const authorization of ["", "Bearer wrong", "Basic abc", "Bearer"]) {
  Deno.test(`sandbox.fetch() rejects the authorization "${authorization}"`, async () => {
    const { status, json } = await new Caller().send("GET", "/api/v1/ping", undefined, { authorization });
    assertEquals([status, json.status, json.code], [401, "error", "bad_authtoken"]);
  });
}

for (
  const [method, path, body, status, code] of [
    ["GET", "/api/v1/nowhere", undefined, 404, "not_found"],
    ["GET", "/ping", undefined, 404, "not_found"],
    ["GET", "/api/v1/agent_spans/%E0%A4%A", undefined, 404, "not_found"],
    ["POST", "/api/v1/agent_instance//start", "{}", 404, "not_found"],
    ["POST", "/api/v1/agent_instance/none/start", "{}", 404, "not_found"],
    ["POST", "/api/v1/agent_instance/none/finish", "{}", 404, "not_found"],
    ["POST", "/api/v1/agent_spans/none/finish", "{}", 404, "not_found"],
    ["GET", "/api/v1/agent_instance/none", undefined, 404, "not_found"],
    ["GET", "/api/v1/agent_spans/none", undefined, 404, "not_found"],
    ["GET", "/api/v1/agent_spans?agent_instance_id=none", undefined, 404, "not_found"],
    ["GET", "/api/v1/agent_spans", undefined, 422, "validation_errors"],
    ["GET", "/api/v1/bulk", undefined, 405, "method_not_allowed"],
    ["DELETE", "/api/v1/agent_spans", undefined, 405, "method_not_allowed"],
    ["POST", "/api/v1/agent_spans", "{", 400, "bad_request"],
    ["POST", "/api/v1/agent_spans", "[]", 400, "bad_request"],
    ["POST", "/api/v1/agent_spans", "", 422, "validation_errors"],
  ] as const
) {
  const content = body === undefined ? "no body" : `the body "${body}"`;
  Deno.test(`sandbox.fetch() responds with ${status} to ${method} ${path} with ${content}`, async () => {
    const { status: actual, json } = await new Caller().send(method, path, body);
    assertEquals([actual, json.status, json.code, typeof json.message], [status, "error", code, "string"]);
  });
}

Deno.test("sandbox.fetch() lists the methods that a path supports", async () => {
  const { headers } = await new Caller().send("PUT", "/api/v1/agent_spans", "{}");
  assertEquals(headers.get("allow"), "POST, GET");
});

Deno.test("sandbox.fetch() replays the first response to a key, byte for byte", async () => {
  const caller = new Caller();
  const first = await caller.post("agent_instance/register", REGISTRATION, KEY);
  await caller.post(`agent_instance/${first.json.details.id}/start`);
  const second = await caller.post("agent_instance/register", REGISTRATION, KEY);
  assertEquals([second.status, second.text], [200, first.text]);
  assertNotEquals(second.headers.get("x-request-id"), first.headers.get("x-request-id"));
  assertEquals(caller.sandbox.instances.size, 1);
});

Deno.test("sandbox.fetch() prefers the key in the body to the key in the header", async () => {
  const caller = new Caller();
  const body = { ...REGISTRATION, idempotency_key: "key-00002" };
  const first = await caller.post("agent_instance/register", body, KEY);
  const second = await caller.post("agent_instance/register", body, { "idempotency-key": "other" });
  const third = await caller.post("agent_instance/register", REGISTRATION, KEY);
  assertEquals(second.text, first.text);
  assertNotEquals(third.text, first.text);
});

Deno.test("sandbox.fetch() rejects another body with the same key", async () => {
  const caller = new Caller();
  await caller.post("agent_instance/register", REGISTRATION, KEY);
  const { status, json } = await caller.post(
    "agent_instance/register",
    { ...REGISTRATION, purpose: "eval" },
    KEY,
  );
  assertEquals([status, json.code, json.errors.idempotency_key.code], [422, "validation_errors", "taken"]);
  assertEquals(caller.sandbox.instances.size, 1);
});

Deno.test("sandbox.fetch() limits a key to one method and path", async () => {
  const caller = new Caller();
  const id = await caller.register();
  const started = await caller.post(`agent_instance/${id}/start`, {}, KEY);
  const finished = await caller.post(`agent_instance/${id}/finish`, {}, KEY);
  assertEquals([started.json.details.status, finished.json.details.status], ["active", "complete"]);
});

Deno.test("sandbox.fetch() replays the error of an operation, but not of a request that was not carried out", async () => {
  const caller = new Caller();
  assertEquals((await caller.post("agent_instance/mine/start", {}, KEY)).status, 404);
  await caller.register({ id: "mine" });
  assertEquals((await caller.post("agent_instance/mine/start", {}, KEY)).status, 404);
  assertEquals((await caller.post("agent_instance/register", "{", KEY)).status, 400);
  assertEquals((await caller.post("agent_instance/register", REGISTRATION, KEY)).status, 200);
});

Deno.test("sandbox.fetch() processes concurrent requests with the same key once", async () => {
  const caller = new Caller();
  const id = await caller.start();
  const body = { details: { ...SPAN, agent_instance_id: id }, idempotency_key: "key-00001" };
  const replies = await Promise.all(Array.from({ length: 20 }, () => caller.post("agent_spans", body)));
  assertEquals(new Set(replies.map(({ text }) => text)).size, 1);
  assertEquals(caller.sandbox.spans.size, 1);
});

Deno.test("sandbox.fetch() replays a response from before a termination unchanged", async () => {
  const caller = new Caller();
  const id = await caller.register();
  const first = await caller.post(`agent_instance/${id}/start`, {}, KEY);
  caller.sandbox.terminate(id, "stop");
  assertEquals((await caller.post(`agent_instance/${id}/start`, {}, KEY)).text, first.text);
});

Deno.test("sandbox.terminate() adds control to every response about the instance and its spans", async () => {
  const caller = new Caller();
  const { sandbox } = caller;
  const id = await caller.start();
  const other = await caller.start();
  await caller.createSpan(id, { id: "s" });
  sandbox.terminate(id, "too expensive");
  const control = { terminate: true, reason: "too expensive" };
  assertEquals(sandbox.instances.get(id)!.status, "terminated");
  assertEquals(sandbox.instances.get(id)!.termination_reason, "too expensive");

  for (
    const [reply, status] of [
      [await caller.get(`agent_instance/${id}`), 200],
      [await caller.get("agent_spans/s"), 200],
      [await caller.get(`agent_spans?agent_instance_id=${id}`), 200],
      [await caller.get(`agent_spans?agent_instance_id=${id}&end_time=x`), 422],
      [await caller.createSpan(id), 200],
      [await caller.createSpan(id, { status: "x" }), 422],
      [await caller.post("agent_spans/s/finish"), 200],
      [await caller.post("agent_spans/s/finish"), 409],
      [await caller.post(`agent_instance/${id}/start`), 409],
      [await caller.post(`agent_instance/${id}/finish`), 409],
    ] as const
  ) {
    assertEquals([reply.status, reply.json.control], [status, control]);
  }
  const items = [{
    _type: "agent_spans/create",
    idempotency_key: "create-01",
    ...SPAN,
    agent_instance_id: id,
  }];
  const bulk = await caller.post("bulk", { items });
  assertEquals(bulk.json.outputs["create-01"].control, control);
  assertEquals((await caller.get(`agent_instance/${other}`)).json.control, undefined);
});

/** The JSON of an object in an object in an object … */
function nested(levels: number): string {
  return '{"a":'.repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
}

for (const levels of [1_001, 100_000]) {
  Deno.test(`sandbox.fetch() rejects a body of ${levels} levels, and the run stays readable`, async () => {
    const caller = new Caller();
    const id = await caller.start();
    await caller.createSpan(id, { id: "s" });
    const details = `{"schema_name":"x","status":"active","agent_instance_id":"${id}","payload":`;
    const bodies = [
      ["agent_spans", `{"details":${details}${nested(levels - 2)}}}`],
      ["agent_spans/s/finish", `{"result_payload":${nested(levels - 1)}}`],
      [
        "bulk",
        `{"items":[{"_type":"agent_spans/create","idempotency_key":"12345678","a":${nested(levels - 3)}}]}`,
      ],
      ["agent_instance/register", `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`],
      ["agent_instance/register", nested(levels)],
    ] as const;
    for (const [path, body] of bodies) {
      const { status, json } = await caller.send("POST", `/api/v1/${path}`, body);
      assertEquals([status, json.code], [400, "bad_request"], path);
      assertStringIncludes(json.message, "1000 levels");
    }
    const { json } = await caller.get(`agent_spans?agent_instance_id=${id}`);
    assertEquals(json.summaries.map((span: { id: string }) => span.id), ["s"]);
    assertEquals(JSON.parse(JSON.stringify(caller.sandbox.requests)).length, bodies.length + 4);
  });
}

Deno.test("sandbox.fetch() accepts a body of 1,000 levels", async () => {
  const caller = new Caller();
  const id = await caller.start();
  const details = `{"schema_name":"x","status":"active","agent_instance_id":"${id}","payload":${
    nested(998)
  }}`;
  const { status } = await caller.send("POST", "/api/v1/agent_spans", `{"details":${details}}`);
  const { json } = await caller.get(`agent_spans?agent_instance_id=${id}`);
  assertEquals([status, json.summaries.length], [200, 1]);
});

/** Returns the rows of a page's tables that have an operation: its method, its path and the whole row. */
async function operationsOf(page: string): Promise<{ method: string; path: string; row: string }[]> {
  const text = await Deno.readTextFile(new URL(`../../docs/${page}`, import.meta.url));
  const rows = text.matchAll(/^\|.* `?(GET|POST|PUT|DELETE) `?(?:\/api\/v1\/|\/)([\w{}/]+)`.*$/gm);
  return Array.from(
    rows,
    ([row, method, path]) => ({ method: method!, path: path!.replace("{id}", "x"), row }),
  );
}

for (const page of ["api.md", "admin.md"]) {
  Deno.test(`sandbox.fetch() has every operation of docs/${page}, with the scope of its token`, async () => {
    const operations = await operationsOf(page);
    assertGreater(operations.length, 25);
    const caller = new Caller();
    const deployed = new Caller(new PrefactorSandbox({ deployment: {} }));
    for (const { method, path, row } of operations) {
      const send = (caller: Caller) =>
        caller.send(method, `/api/v1/${path}`, method === "GET" ? undefined : {});
      const { status, json } = await send(caller);
      const isKnown = status !== 405 && !json.message?.startsWith("There is no path");
      assertEquals([method, path, isKnown], [method, path, true]);
      const allowsDeployment = row.includes("deployment |") || row.includes("each operation");
      assertEquals([path, (await send(deployed)).status === 401], [path, !allowsDeployment]);
    }
  });
}
