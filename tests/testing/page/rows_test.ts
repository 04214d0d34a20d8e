import { assertEquals } from "@std/assert";
import {
  redactRecord,
  type RequestRow,
  toRequestRow,
  toRunRow,
  toSpanRow,
  withoutToken,
} from "../../../src/testing/page/rows.ts";
import { watchSandbox } from "../../../src/testing/sandbox.ts";
import type { SandboxSpan } from "../../../src/testing/store.ts";
import { createToken } from "../../../src/testing/tokens.ts";
import { Caller } from "../helpers.ts";

/** Creates a caller whose sandbox keeps outcomes, and a function that returns the rows of its requests. */
function setUp() {
  const caller = new Caller();
  const access = watchSandbox(caller.sandbox, () => {});
  const requestRows = (): RequestRow[] =>
    [...access.store.requests.records.values()]
      .map((entry) => toRequestRow(access.store, entry, access.store.outcomes.get(entry.id)));
  return { caller, access, requestRows };
}

for (
  const [agent_version, version] of [
    [{ external_identifier: "1.4.0", name: "Librarian" }, "1.4.0"],
    [{ name: "Librarian" }, "Librarian"],
    [{}, null],
  ] as const
) {
  Deno.test(`toRunRow() names the version ${JSON.stringify(agent_version)} ${version}`, async () => {
    const { caller, access: { store } } = setUp();
    const id = await caller.start({ agent_version });
    caller.sandbox.terminate(id, "Enough");
    const instance = store.instances.get(id)!;
    const { status, inserted_at, started_at, finished_at, span_counts } = instance;
    assertEquals(toRunRow(store, instance), {
      id,
      agent_id: "librarian",
      version,
      status,
      inserted_at: inserted_at!,
      started_at: started_at!,
      finished_at: finished_at!,
      termination_reason: "Enough",
      external_identifier: null,
      span_counts: span_counts!,
    });
  });
}

const LONG = "x".repeat(300);

for (
  const [name, fields, note] of [
    ["the summary", { status: "complete", summary: "3 hits" }, "3 hits"],
    ["the start of a long summary", { status: "complete", summary: LONG }, `${"x".repeat(199)}…`],
    ["no error of a span that did not fail", { status: "complete", result_payload: { error: "Oh" } }, null],
    [
      "the error of a failed span",
      { status: "failed", result_payload: { error: "Oh" }, summary: "3 hits" },
      "Oh",
    ],
    [
      "the name and message of an error",
      { status: "failed", result_payload: { error: { name: "TypeError", message: "Oh" } } },
      "TypeError: Oh",
    ],
    ["the summary if the error has no text", {
      status: "failed",
      result_payload: { error: { code: 3 } },
      summary: "3",
    }, "3"],
    ["the summary if there is no result", { status: "failed", result_payload: null, summary: "3" }, "3"],
  ] as const
) {
  Deno.test(`toSpanRow() notes ${name}`, () => {
    assertEquals(toSpanRow(fields as object as SandboxSpan).note, note);
  });
}

Deno.test("toSpanRow() omits the payloads", async () => {
  const { caller, access: { store } } = setUp();
  const { json: { details } } = await caller.createSpan(await caller.start(), { payload: { a: 1 } });
  assertEquals(toSpanRow(store.spans.get(details.id)!), {
    id: details.id,
    run_id: details.agent_instance_id,
    parent_id: null,
    name: "agent:llm",
    title: null,
    status: "active",
    inserted_at: details.inserted_at,
    started_at: details.started_at,
    finished_at: null,
    note: null,
    mismatches: 1,
  });
});

Deno.test("toRequestRow() finds the run of a request by its path, its body, its first item or its reply", async () => {
  const { caller, requestRows } = setUp();
  const id = await caller.start();
  const { json: { details: span } } = await caller.createSpan(id);
  await caller.post(`agent_spans/${span.id}/finish`);
  const item = { _type: "agent_spans/create", idempotency_key: "key-00001", agent_instance_id: id };
  await caller.post("bulk", { items: [{ ...item, schema_name: "a", status: "active", payload: {} }] });
  await caller.get("ping");
  assertEquals(requestRows().map(({ path, run_id }) => [path.split("/").at(-1), run_id]), [
    ["register", id],
    ["start", id],
    ["agent_spans", id],
    ["finish", id],
    ["bulk", id],
    ["ping", null],
  ]);
});

Deno.test("toRequestRow() has the outcome, the fault, the key and the replays of a request", async () => {
  const { caller, requestRows } = setUp();
  const create = () => caller.post("agent", { details: { name: "A" }, idempotency_key: "key-1" });
  caller.sandbox.faults.next({ kind: "status", status: 503 });
  await create();
  await create();
  await create();
  const ping = caller.get("ping");
  assertEquals(
    requestRows().map(({ status, fault, code, idempotency_key, replays, duration }) => [
      status,
      fault,
      code,
      idempotency_key,
      replays,
      typeof duration,
    ]),
    [
      [503, "status", "sandbox_fault", "key-1", 0, "number"],
      [200, null, null, "key-1", 0, "number"],
      [200, null, null, "key-1", 1, "number"],
    ],
  );
  await ping;
});

Deno.test("toRequestRow() counts the items of a bulk request, those that failed and those that were replayed", async () => {
  const { caller, requestRows } = setUp();
  const item = (key: string, name: string) => ({
    _type: "agents/create",
    idempotency_key: key,
    details: { name },
  });
  await caller.post("bulk", { items: [item("key-00001", "A")] });
  await caller.post("bulk", {
    items: [item("key-00001", "A"), item("key-00002", "B"), item("key-00003", "")],
  });
  assertEquals(requestRows().map(({ items, failed_items, replays }) => [items, failed_items, replays]), [
    [1, 0, 0],
    [3, 1, 1],
  ]);
});

Deno.test("withoutToken() replaces the token in texts and names at any depth", () => {
  const value = { "a tok/en b": [{ c: "tok/en", d: 1, e: null }, "tok%2Fen"] };
  assertEquals(withoutToken(value, "tok/en"), {
    "a [token] b": [{ c: "[token]", d: 1, e: null }, "[token]"],
  });
});

Deno.test("withoutToken() replaces tokens that the API created", () => {
  const created = createToken();
  assertEquals(withoutToken({ token: created, [created]: 1 }, "tok/en"), { token: "[token]", "[token]": 1 });
});

Deno.test("redactRecord() keeps the fields that the sandbox sets, so that a short token cannot break them", () => {
  const record = { status: "active", span_counts: { active: 1 }, name: "an agent", labels: { a: "b" } };
  assertEquals(
    redactRecord(record, "a"),
    {
      status: "active",
      span_counts: { active: 1 },
      name: "[token]n [token]gent",
      labels: { "[token]": "b" },
    } as object as typeof record,
  );
});
