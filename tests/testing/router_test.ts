import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { Caller, REGISTRATION, SPAN } from "./helpers.ts";

const PFID = /^[0-7][0-9a-hjkmnpqrstvwxyz]{31}$/;

Deno.test("sandbox.fetch() answers a ping, and gives every answer a request id", async () => {
  const caller = new Caller();
  const first = await caller.get("ping");
  const second = await caller.get("nowhere");
  assertEquals([first.status, first.text], [200, '{"status":"success"}']);
  assertMatch(first.headers.get("x-request-id")!, PFID);
  assertNotEquals(first.headers.get("x-request-id"), second.headers.get("x-request-id"));
});

for (const authorization of ["", "Bearer wrong", "Basic abc", "Bearer"]) {
  Deno.test(`sandbox.fetch() refuses the authorization "${authorization}"`, async () => {
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
  Deno.test(`sandbox.fetch() answers ${method} ${path} with the body ${body} by ${status}`, async () => {
    const { status: actual, json } = await new Caller().send(method, path, body);
    assertEquals([actual, json.status, json.code, typeof json.message], [status, "error", code, "string"]);
  });
}

Deno.test("sandbox.fetch() names the methods that a path takes", async () => {
  const { headers } = await new Caller().send("PUT", "/api/v1/agent_spans", "{}");
  assertEquals(headers.get("allow"), "POST, GET");
});

for (
  const [path, body, errors] of [
    ["agent_instance/register", {}, {
      agent_id: "required",
      agent_version: "required",
      agent_schema_version: "required",
    }],
    ["agent_instance/register", { ...REGISTRATION, agent_id: "" }, { agent_id: "invalid" }],
    ["agent_instance/register", { ...REGISTRATION, agent_version: { name: 1 } }, {
      agent_version: { name: "invalid" },
    }],
    [
      "agent_instance/register",
      { ...REGISTRATION, agent_schema_version: { span_type_schemas: [{ name: "a" }] } },
      { agent_schema_version: { span_type_schemas: { 0: { params_schema: "required" } } } },
    ],
    ["agent_instance/register", { ...REGISTRATION, purpose: "fun", id: 5 }, {
      id: "invalid",
      purpose: "invalid",
    }],
    ["agent_instance/register", { ...REGISTRATION, idempotency_key: "k".repeat(65) }, {
      idempotency_key: "invalid",
    }],
    ["agent_spans", {}, { details: "required" }],
    ["agent_spans", SPAN, { details: "required" }],
    ["agent_spans", { details: {} }, {
      details: {
        agent_instance_id: "required",
        schema_name: "required",
        status: "required",
        payload: "required",
      },
    }],
    ["agent_spans", {
      details: { ...SPAN, agent_instance_id: "i", status: "terminated", started_at: "2024-13-01" },
    }, {
      details: { status: "invalid", started_at: "invalid" },
    }],
    ["bulk", {}, { items: "required" }],
    ["bulk", { items: [] }, { items: "required" }],
    ["bulk", { items: 1 }, { items: "invalid" }],
    ["bulk", { items: [1, { _type: "a", idempotency_key: "short" }] }, {
      items: { 0: "invalid", 1: { idempotency_key: "invalid" } },
    }],
    ["bulk", {
      items: [{ _type: "a", idempotency_key: "12345678" }, { _type: "a", idempotency_key: "12345678" }],
    }, {
      items: { 1: { idempotency_key: "taken" } },
    }],
  ] as const
) {
  Deno.test(`sandbox.fetch() refuses ${path} ${JSON.stringify(body).slice(0, 90)}`, async () => {
    const { status, json } = await new Caller().post(path, body);
    assertEquals([status, json.code, codesOf(json.errors)], [422, "validation_errors", errors]);
  });
}

/** Each error by its code alone. */
// deno-lint-ignore no-explicit-any
function codesOf(errors: any): unknown {
  if (typeof errors.code === "string" && errors.status === "error") return errors.code;
  return Object.fromEntries(Object.entries(errors).map(([field, error]) => [field, codesOf(error)]));
}

Deno.test("sandbox.fetch() registers an instance with ids that sort by time in one partition", async () => {
  const caller = new Caller();
  const ids: string[] = [];
  for (let n = 0; n < 50; n++) ids.push(await caller.register());
  assertEquals(ids, ids.toSorted());
  assertEquals(new Set(ids.map((id) => id.slice(10, 16))).size, 1);
  for (const id of ids) assertMatch(id, PFID);
  const { details } = (await caller.get(`agent_instance/${ids[0]}`)).json;
  assertEquals([details.status, details.agent_id, details.started_at], ["pending", "librarian", null]);
  assertMatch(details.environment_id, PFID);
});

Deno.test("sandbox.fetch() keeps an account's partition, from its PFID or from its name", async () => {
  const pfid = "01m80jbc5n460nkvjef71mqa676zqp0h";
  const ofPfid = await new Caller(new PrefactorSandbox({ accountId: pfid })).register();
  const ofName = () => new Caller(new PrefactorSandbox({ accountId: "acme" })).register();
  assertEquals(ofPfid.slice(10, 16), pfid.slice(10, 16));
  assertEquals((await ofName()).slice(10, 16), (await ofName()).slice(10, 16));
});

Deno.test("sandbox.fetch() takes a caller's own id once", async () => {
  const caller = new Caller();
  assertEquals(await caller.register({ id: "mine" }), "mine");
  const again = await caller.post("agent_instance/register", { ...REGISTRATION, id: "mine" });
  assertEquals([again.status, codesOf(again.json.errors)], [422, { id: "taken" }]);
  assertEquals((await caller.createSpan("mine", { id: "span" })).json.details.id, "span");
  const spanAgain = await caller.createSpan("mine", { id: "span" });
  assertEquals([spanAgain.status, codesOf(spanAgain.json.errors)], [422, { details: { id: "taken" } }]);
});

Deno.test("sandbox.fetch() reuses versions of the same content", async () => {
  const caller = new Caller();
  const versions = async (fields: object) => {
    const { details } = (await caller.get(`agent_instance/${await caller.register(fields)}`)).json;
    return [details.agent_version_id, details.agent_schema_version_id];
  };
  const schema = { span_schemas: { a: { type: "object", required: ["x"] } } };
  const schemaInOtherOrder = { span_schemas: { a: { required: ["x"], type: "object" } } };
  const first = await versions({ agent_version: { name: "n" }, agent_schema_version: schema });
  assertEquals(
    await versions({ agent_version: { name: "n" }, agent_schema_version: schemaInOtherOrder }),
    first,
  );
  const [otherVersion, sameSchema] = await versions({
    agent_version: { name: "m" },
    agent_schema_version: schema,
  });
  assertNotEquals(otherVersion, first[0]);
  assertEquals(sameSchema, first[1]);
});

Deno.test("sandbox.agents tells the current version, which a registration can leave as it is", async () => {
  const caller = new Caller();
  const { sandbox } = caller;
  const versionOf = async (fields: object) =>
    sandbox.instances.get(await caller.register(fields))!.agent_version_id;
  const current = () => sandbox.agents.get("librarian")!.current_version_id;
  await versionOf({ update_current_version: false });
  assertEquals(current(), null);
  const second = await versionOf({ agent_version: { name: "2" } });
  assertEquals(current(), second);
  await versionOf({ agent_version: { name: "3" }, update_current_version: false });
  assertEquals(current(), second);
});

Deno.test("sandbox.fetch() takes agent and environment from a deployment-scoped token, which cannot read", async () => {
  const deployment = { id: "d", agentId: "librarian", environmentId: "production" };
  const caller = new Caller(new PrefactorSandbox({ deployment }));
  const { json } = await caller.post("agent_instance/register", {
    agent_version: {},
    agent_schema_version: {},
  });
  const { id, agent_id, environment_id, agent_deployment_id } = json.details;
  assertEquals([agent_id, environment_id, agent_deployment_id], ["librarian", "production", "d"]);
  const other = await caller.post("agent_instance/register", {
    ...REGISTRATION,
    agent_id: "x",
    environment_id: "y",
  });
  assertEquals(codesOf(other.json.errors), { agent_id: "invalid", environment_id: "invalid" });
  const read = await caller.get(`agent_instance/${id}`);
  assertEquals([read.status, read.json.code], [401, "unauthorized"]);
  assertEquals((await caller.get("ping")).status, 200);
});

Deno.test("sandbox.fetch() pages through the spans of an instance", async () => {
  const caller = new Caller();
  const id = await caller.start();
  for (let n = 0; n < 5; n++) {
    await caller.createSpan(id, { id: `s${n}`, started_at: `2024-01-0${n + 1}T00:00:00Z` });
  }
  const page = async (query: string) => {
    const { json } = await caller.get(`agent_spans?agent_instance_id=${id}${query}`);
    return [json.summaries.map((span: { id: string }) => span.id), json.pagination];
  };
  const [all] = await page("");
  assertEquals(all, ["s0", "s1", "s2", "s3", "s4"]);
  assertEquals(await page("&pagination[offset]=2&pagination[page_size]=2"), [["s2", "s3"], {
    item_count: 5,
    item_start: 3,
    item_end: 4,
    page_count: 3,
    page_index: 1,
    page_offset: 2,
    page_size: 2,
    next_page_offset: 4,
    previous_page_offset: 0,
  }]);
  const [beyond, pagination] = await page("&pagination[offset]=9");
  assertEquals([beyond, pagination.item_start, pagination.next_page_offset], [[], 0, null]);
  const [within] = await page("&start_time=2024-01-02T00:00:00Z&end_time=2024-01-03T00:00:00Z");
  assertEquals(within, ["s1", "s2"]);
  for (
    const query of [
      "pagination[page_size]=101",
      "pagination[page_size]=0",
      "pagination[offset]=-1",
      "end_time=x",
    ]
  ) {
    assertEquals((await caller.get(`agent_spans?agent_instance_id=${id}&${query}`)).status, 422, query);
  }
});
