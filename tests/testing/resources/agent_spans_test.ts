import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { Caller } from "../helpers.ts";

const AT = "2024-05-01T12:00:00.000Z";

Deno.test("sandbox.fetch() creates spans of every status and counts them", async () => {
  const caller = new Caller();
  const id = await caller.start();
  for (const status of ["pending", "active", "complete", "failed", "cancelled"]) {
    const { details } = (await caller.createSpan(id, { status })).json;
    assertEquals([status, details.started_at === null], [status, status === "pending"]);
    assertEquals([status, details.finished_at === null], [
      status,
      status === "pending" || status === "active",
    ]);
  }
  await caller.createSpan(id, { id: "s" });
  await caller.post("agent_spans/s/finish", { status: "failed" });
  assertEquals(caller.sandbox.instances.get(id)!.span_counts, {
    total: 6,
    pending: 1,
    active: 1,
    complete: 1,
    failed: 2,
    cancelled: 1,
    finished: 4,
  });
});

Deno.test("sandbox.fetch() keeps the payload and the result of a span", async () => {
  const caller = new Caller();
  const id = await caller.start({
    agent_schema_version: { span_type_schemas: [{ name: "agent:llm", params_schema: {}, title: "A call" }] },
  });
  const fields = { payload: { prompt: "hi" }, parent_span_id: "outer", started_at: AT };
  const { details } = (await caller.createSpan(id, fields)).json;
  assertEquals([details.payload, details.parent_span_id, details.started_at], [
    { prompt: "hi" },
    "outer",
    AT,
  ]);
  assertEquals([details.schema_title, details.agent_id, details.schema_mismatches], [
    "A call",
    "librarian",
    undefined,
  ]);
  const finish = { result_payload: { answer: "ho" }, timestamp: AT };
  const finished = (await caller.post(`agent_spans/${details.id}/finish`, finish)).json.details;
  assertEquals([finished.status, finished.result_payload, finished.finished_at], ["complete", {
    answer: "ho",
  }, AT]);
  assertEquals((await caller.get(`agent_spans/${details.id}`)).json.details, finished);
});

Deno.test("sandbox.fetch() rejects a span of an unknown instance", async () => {
  const { status, json } = await new Caller().createSpan("none");
  assertEquals([status, json.code], [404, "not_found"]);
});

Deno.test("sandbox.fetch() keeps a span that does not match its schema, with the mismatches", async () => {
  const caller = new Caller();
  const id = await caller.start({
    agent_schema_version: {
      span_schemas: { "agent:llm": { type: "object", required: ["model"] } },
      span_result_schemas: { "agent:llm": { properties: { tokens: { type: "integer" } } } },
    },
  });
  const mismatches = async (fields: object) =>
    (await caller.createSpan(id, fields)).json.details.schema_mismatches;
  assertEquals(await mismatches({ payload: { model: "m" }, result_payload: { tokens: 1 } }), undefined);
  assertEquals(await mismatches({ id: "s", payload: {} }), ["payload: model is required"]);
  assertEquals(await mismatches({ schema_name: "toString" }), ['schema_name: "toString" is not registered']);
  const { json } = await caller.post("agent_spans/s/finish", { result_payload: { tokens: "many" } });
  assertEquals(json.details.schema_mismatches, [
    "payload: model is required",
    "result_payload: tokens must be of type integer",
  ]);
});

Deno.test("sandbox.fetch() limits the parts of a large request in its response", async () => {
  const caller = new Caller();
  const long = "x".repeat(1_000_000);
  const schema = { properties: { list: { items: { type: "string" } }, text: { enum: [long] } } };
  const id = await caller.start({ agent_schema_version: { span_schemas: { "agent:llm": schema } } });
  const { json } = await caller.createSpan(id, { payload: { text: "", list: Array(10_000).fill(1) } });
  assertEquals(json.details.schema_mismatches.length, 100);
  assert(json.details.schema_mismatches.every((text: string) => text.length <= 1_000));
  for (
    const response of [
      await caller.get(long),
      await caller.post("agent_spans", { details: { status: long } }),
      await caller.post("bulk", { items: [{ _type: long, idempotency_key: "12345678" }] }),
      await caller.createSpan(id, { schema_name: long, payload: {} }).then(({ json }) => ({
        text: json.details.schema_mismatches.join(),
      })),
    ]
  ) {
    assert(response.text.length < 1_000, response.text.slice(0, 100));
  }
});

Deno.test("PrefactorSandbox() uses the given validator of payloads", async () => {
  const seen: unknown[] = [];
  const sandbox = new PrefactorSandbox({
    validatePayload(payload, schema) {
      seen.push([payload, schema]);
      if (payload["broken"]) throw new Error("no such keyword");
      return ["is odd"];
    },
  });
  const caller = new Caller(sandbox);
  const id = await caller.start({ agent_schema_version: { span_schemas: { "agent:llm": { $id: "x" } } } });
  const odd = (await caller.createSpan(id, { payload: { a: 1 } })).json.details;
  assertEquals(odd.schema_mismatches, ["payload: is odd"]);
  assertEquals(seen, [[{ a: 1 }, { $id: "x" }]]);
  const broken = (await caller.createSpan(id, { payload: { broken: true } })).json.details;
  assertStringIncludes(broken.schema_mismatches[0], "no such keyword");
});

Deno.test("sandbox.fetch() returns pages of the spans of an instance", async () => {
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
    page_index: 2,
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

Deno.test("sandbox.fetch() redacts and discards the sensitive values of a span", async () => {
  const caller = new Caller();
  const id = await caller.start();
  const name = { $sensitive: "string", value: "Ada" };
  const wiped = { $sensitive: "string", value: null };
  await caller.createSpan(id, { id: "s", payload: { name }, sensitive_encoding: true });
  await caller.createSpan(id, { id: "plain", payload: { name } });
  const finish = { result_payload: { names: [name] } };
  for (const span of ["s", "plain"]) await caller.post(`agent_spans/${span}/finish`, finish);
  const payloads = async (path: string) => {
    const { payload, result_payload } = (await caller.get(`agent_spans/${path}`)).json.details;
    return [payload, result_payload];
  };
  assertEquals(await payloads("s"), [{ name }, { names: [name] }]);
  assertEquals(await payloads("s?redacted=true"), [{ name: wiped }, { names: [wiped] }]);
  assertEquals(await payloads("plain?redacted=true"), [{ name }, { names: [name] }]);
  assertEquals((await caller.get("agent_spans/s?redacted=yes")).status, 422);
  assertEquals((await caller.post("agent_spans/s/discard_sensitive")).json.details.payload, { name: wiped });
  assertEquals(await payloads("s"), [{ name: wiped }, { names: [wiped] }]);
  assertEquals((await caller.post("agent_spans/none/discard_sensitive")).status, 404);
});

Deno.test("sandbox.fetch() lists the spans of an agent", async () => {
  const caller = new Caller();
  for (const agent_id of ["a", "b", "a"]) await caller.createSpan(await caller.start({ agent_id }));
  const list = async (query: string) => (await caller.get(`agent_spans?${query}`)).json;
  assertEquals((await list("agent_id=a")).pagination.item_count, 2);
  assertEquals((await list("agent_id=none")).pagination.item_count, 0);
  assertEquals((await list("")).code, "validation_errors");
  assertEquals((await list("agent_id=a&agent_instance_id=b")).code, "validation_errors");
});

const TEMPLATE = 'LLM {{ model }}{% if tokens %}: {{ tokens }} tokens{% endif %} {{ who | default: "?" }}';

/** Starts an instance whose type `agent:llm` has a template. */
function startWithTemplate(caller: Caller, template: string = TEMPLATE): Promise<string> {
  return caller.start({
    agent_schema_version: { span_type_schemas: [{ name: "agent:llm", params_schema: {}, template }] },
  });
}

Deno.test("sandbox.fetch() renders the template of a span from its payload and its result", async () => {
  const caller = new Caller();
  const id = await startWithTemplate(caller);
  const created = await caller.createSpan(id, { id: "s", payload: { model: "small", who: "a" } });
  assertEquals(created.json.details.summary, "LLM small a");
  const finish = { result_payload: { tokens: 7, who: "b" } };
  const finished = await caller.post("agent_spans/s/finish", finish);
  assertEquals(finished.json.details.summary, "LLM small: 7 tokens b");
  const other = await caller.createSpan(id, { schema_name: "other" });
  assertEquals(other.json.details.summary, null);
  const invalid = await caller.createSpan(await startWithTemplate(caller, "{{ model"));
  assertEquals(invalid.json.details.summary, null);
});

Deno.test("sandbox.fetch() lists summaries of spans on request only", async () => {
  const caller = new Caller();
  const id = await startWithTemplate(caller, "a {{ model }}");
  await caller.createSpan(id, { payload: { model: "small" } });
  const list = async (query: string) =>
    // deno-lint-ignore no-explicit-any
    (await caller.get(`agent_spans?agent_instance_id=${id}${query}`)).json.summaries?.map((s: any) =>
      s.summary
    );
  assertEquals(await list(""), [null]);
  assertEquals(await list("&include_summaries=false"), [null]);
  assertEquals(await list("&include_summaries=true"), ["a small"]);
  assertEquals(await list("&include_summaries=yes"), undefined);
});

Deno.test("sandbox.fetch() renders the template again without sensitive values", async () => {
  const caller = new Caller();
  const id = await startWithTemplate(caller, "{{ model }} for {{ who.value }}");
  const payload = { model: "small", who: { $sensitive: "string", value: "Ada" } };
  const { details } = (await caller.createSpan(id, { id: "s", payload, sensitive_encoding: true })).json;
  assertEquals(details.summary, "small for Ada");
  assertEquals((await caller.get("agent_spans/s?redacted=true")).json.details.summary, "small for ");
  assertEquals((await caller.post("agent_spans/s/discard_sensitive")).json.details.summary, "small for ");
  assertEquals(caller.sandbox.spans.get("s")?.summary, "small for ");
});

Deno.test("sandbox.fetch() fills in the data risk, the purpose and the size of a span", async () => {
  const caller = new Caller();
  const id = await caller.start();
  const { details } = (await caller.createSpan(id, { payload: { a: "é" } })).json;
  assertEquals([details.purpose, details.data_risk], ["activity", null]);
  assertEquals(details.payload_byte_size_estimate, '[{"a":"é"},null]'.length);
  assertEquals(caller.sandbox.instances.get(id)?.last_activity_span_at, details.inserted_at);
});
