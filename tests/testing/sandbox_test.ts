import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { PrefactorClientError } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { watchSandbox } from "../../src/testing/sandbox.ts";
import { Caller, REGISTRATION, SPAN } from "./helpers.ts";

Deno.test("sandbox.fetch() accepts a Request, a URL and options, or a string, unbound", async () => {
  const sandbox = new PrefactorSandbox();
  const { apiUrl, apiToken } = sandbox.config();
  const { fetch } = sandbox;
  const url = `${apiUrl}/api/v1/ping`;
  const headers = { authorization: `bearer ${apiToken}` };
  const requests = [
    fetch(new Request(url, { headers })),
    fetch(new Request(url), { headers }),
    fetch(new URL(url), { headers }),
    fetch(url, { headers }),
  ];
  assertEquals((await Promise.all(requests)).map(({ status }) => status), [200, 200, 200, 200]);
});

Deno.test("sandbox.config() returns the config of a client, with overrides", () => {
  const sandbox = new PrefactorSandbox({ token: "mine" });
  const config = sandbox.config({ maxRetries: 0 });
  assertEquals([config.apiToken, config.maxRetries, config.fetch], ["mine", 0, sandbox.fetch]);
});

Deno.test("PrefactorSandbox() creates a token of its own by default", async () => {
  const tokens = [new PrefactorSandbox(), new PrefactorSandbox()].map((sandbox) => sandbox.config().apiToken);
  for (const token of tokens) assertMatch(token, /^\w+\.\w+\.[\w-]+$/);
  assertNotEquals(tokens[0], tokens[1]);
  const caller = new Caller();
  assertEquals((await caller.get("ping")).status, 200);
  caller.sandbox.reset();
  assertEquals((await caller.get("ping")).status, 200);
});

Deno.test("sandbox.requests has the received requests, without the token", async () => {
  const caller = new Caller(new PrefactorSandbox({ token: "secret" }));
  await caller.send("POST", "/api/v1/secret?a=secret", { note: "a secret" }, {
    "x-key": "secret",
    "x-other": "o",
  });
  await caller.send("POST", "/api/v1/ping", "no JSON");
  const [first, second] = caller.sandbox.requests;
  assertEquals([first?.method, first?.path, first?.query], ["POST", "/api/v1/[token]", "?a=[token]"]);
  assertEquals([first?.body, first?.status, first?.fault], [{ note: "a [token]" }, 404, undefined]);
  assertEquals([first?.headers["x-key"], first?.headers["x-other"]], ["[token]", "o"]);
  assertEquals([second?.body, second?.status], ["no JSON", 405]);
  assert(!Deno.inspect(caller.sandbox.requests, { depth: 9 }).includes("secret"));
});

Deno.test("sandbox.fetch() keeps a token in a payload", async () => {
  const caller = new Caller(new PrefactorSandbox({ token: "secret" }));
  const id = await caller.start();
  const { json } = await caller.createSpan(id, { payload: { text: "secret" } });
  assertEquals(json.details.payload, { text: "secret" });
});

Deno.test("PrefactorSandbox() calls onRequest with the outcome of each request", async () => {
  const seen: unknown[] = [];
  const sandbox = new PrefactorSandbox({
    onRequest: ({ path, status, fault }) => seen.push([path, status, fault]),
  });
  const caller = new Caller(sandbox);
  sandbox.faults.next({ kind: "lose" });
  await caller.get("ping").catch(() => {});
  await caller.get("ping");
  assertEquals(seen, [["/api/v1/ping", undefined, "lose"], ["/api/v1/ping", 200, undefined]]);
});

Deno.test("sandbox.instances and sandbox.spans are snapshots, in order", async () => {
  const caller = new Caller();
  const { sandbox } = caller;
  const id = await caller.start();
  const before = sandbox.instances.get(id)!;
  for (const span of ["b", "a", "c"]) await caller.createSpan(id, { id: span });
  assertEquals([before.span_counts.total, sandbox.instances.get(id)!.span_counts.total], [0, 3]);
  assertEquals([...sandbox.spans.keys()], ["b", "a", "c"]);
});

Deno.test("sandbox.reset() removes everything except the options", async () => {
  const caller = new Caller(new PrefactorSandbox({ deployment: {} }));
  const { sandbox } = caller;
  const register = () =>
    caller.post("agent_instance/register", { agent_version: {}, agent_schema_version: {} });
  const before = (await register()).json.details;
  sandbox.faults.next({ kind: "refuse" });
  sandbox.reset();
  assertEquals([sandbox.requests.length, sandbox.instances.size, sandbox.spans.size, sandbox.agents.size], [
    0,
    0,
    0,
    0,
  ]);
  const after = (await register()).json.details;
  assertEquals([after.agent_id, after.account_id], [before.agent_id, before.account_id]);
  assert(after.id > before.id);
});

Deno.test("sandbox.terminate() rejects an instance that is not active and an empty reason", async () => {
  const caller = new Caller();
  const { sandbox } = caller;
  const pending = await caller.register();
  const active = await caller.start();
  const action = "Cannot terminate the agent instance";
  for (
    const [id, reason, message] of [
      ["none", "why", `${action}: 'instanceId' must be the ID of an agent instance, but is "none"`],
      [pending, "why", `${action}: 'status' must be "active", but is "pending"`],
      [active, "", `${action}: 'reason' must be a non-empty string, but is ""`],
    ] as const
  ) {
    const error = assertThrows(() => sandbox.terminate(id, reason), PrefactorClientError);
    assertEquals(error.message, message);
  }
});

for (
  const [options, message] of [
    [{ maxRecords: 0 }, "'maxRecords' must be an integer >= 1, but is 0"],
    [{ maxBytes: 0 }, "'maxBytes' must be an integer >= 1, but is 0"],
    [{ maxRecords: 1.5 }, "'maxRecords' must be an integer >= 1, but is 1.5"],
    [{ token: "" }, "'token' must be a non-empty string, but is \"\""],
    [{ accountId: "" }, "'accountId' must be a non-empty string, but is \"\""],
  ] as const
) {
  Deno.test(`PrefactorSandbox() rejects ${JSON.stringify(options)}`, () => {
    const error = assertThrows(() => new PrefactorSandbox(options), PrefactorClientError);
    assertEquals(error.message, `Cannot create the sandbox: ${message}`);
  });
}

Deno.test("PrefactorSandbox() keeps to maxRecords and drops ended spans before open ones", async () => {
  const caller = new Caller(new PrefactorSandbox({ maxRecords: 3 }));
  const { sandbox } = caller;
  const id = await caller.start();
  for (const span of ["root", "a", "b"]) await caller.createSpan(id, { id: span });
  await caller.post("agent_spans/b/finish");
  await caller.post("agent_spans/a/finish");
  await caller.createSpan(id, { id: "c" });
  assertEquals([...sandbox.spans.keys()], ["root", "a", "c"]);
  await caller.createSpan(id, { id: "d" });
  await caller.createSpan(id, { id: "e" });
  assertEquals([...sandbox.spans.keys()], ["c", "d", "e"]);
  const { json } = await caller.get(`agent_spans?agent_instance_id=${id}`);
  assertEquals(json.pagination.item_count, 3);
  assertEquals(sandbox.instances.get(id)!.span_counts.total, 6);
  assertEquals(sandbox.requests.length, 3);
});

Deno.test("PrefactorSandbox() drops an instance with its spans, and the oldest replies to keys", async () => {
  const caller = new Caller(new PrefactorSandbox({ maxRecords: 2 }));
  const first = await caller.start();
  await caller.createSpan(first, { id: "s" });
  const key = { "idempotency-key": "key" };
  const { json } = await caller.post("agent_instance/register", REGISTRATION, key);
  for (let n = 0; n < 3; n++) {
    await caller.post("agent_instance/register", REGISTRATION, { "idempotency-key": `${n}` });
  }
  assertEquals([caller.sandbox.instances.size, caller.sandbox.spans.size], [2, 0]);
  assertEquals((await caller.post("agent_spans/s/finish")).status, 404);
  const again = await caller.post("agent_instance/register", REGISTRATION, key);
  assertNotEquals(again.json.details.id, json.details.id);
});

Deno.test("PrefactorSandbox() finds a long-lived span after many short ones", async () => {
  const caller = new Caller(new PrefactorSandbox({ maxRecords: 10 }));
  const id = await caller.start();
  await caller.createSpan(id, { id: "root" });
  for (let n = 0; n < 200; n++) {
    await caller.createSpan(id, { id: `s${n}` });
    await caller.post(`agent_spans/s${n}/finish`);
  }
  assertEquals((await caller.post("agent_spans/root/finish")).status, 200);
  assertEquals(caller.sandbox.spans.size, 10);
});

/** The length of everything that a sandbox shows, as JSON. */
function lengthOf({ requests, instances, spans, agents, alerts }: PrefactorSandbox): number {
  const records = [instances, spans, agents, alerts].flatMap((records) => [...records.values()]);
  return JSON.stringify([requests, records]).length;
}

Deno.test("PrefactorSandbox() keeps to maxBytes with large records of every kind", async () => {
  const maxBytes = 200_000;
  const text = "x".repeat(10_000);
  const large: ((caller: Caller, id: string, n: number) => Promise<unknown>)[] = [
    (caller, id) => caller.createSpan(id, { payload: { text } }),
    (caller, id) => caller.createSpan(id, { status: "complete", result_payload: { text } }),
    (caller, id, n) => caller.createSpan(id, { payload: { text }, idempotency_key: `key-${n}` }),
    (caller) => caller.post("nowhere", { text }),
    (caller) => caller.get(`ping?${text}`),
    (caller) => caller.send("GET", "/api/v1/ping", undefined, { "x-text": text }),
    (caller, _id, n) => caller.register({ agent_id: `${text}${n}` }),
    (caller, _id, n) => caller.register({ agent_version: { name: `${text}${n}` } }),
    (caller, _id, n) => caller.register({ agent_schema_version: { span_schemas: { [text + n]: {} } } }),
    (caller, id, n) => {
      const alert = { agent_instance_id: id, name: `n${n}`, severity: "info", payload: { text } };
      return caller.post("alerts/raise", alert);
    },
    (caller) => caller.post("person", { details: { name: "Ada", email: text } }),
    (caller, id, n) => {
      const item = { _type: "agent_spans/create", agent_instance_id: id, ...SPAN, payload: { text } };
      return caller.post("bulk", { items: [{ ...item, idempotency_key: `create-${n}` }] });
    },
  ];
  for (const send of large) {
    const caller = new Caller(new PrefactorSandbox({ maxBytes }));
    const id = await caller.start();
    for (let n = 0; n < 60; n++) await send(caller, id, n);
    const length = lengthOf(caller.sandbox);
    assert(length <= maxBytes, `${send}: ${length}`);
    assertEquals((await caller.get("ping")).status, 200);
  }
});

Deno.test("PrefactorSandbox() drops ended records before open ones to keep to maxBytes, oldest first", async () => {
  const caller = new Caller(new PrefactorSandbox({ maxBytes: 100_000 }));
  const { sandbox } = caller;
  const payload = { text: "x".repeat(5_000) };
  const id = await caller.start();
  for (const span of ["open-1", "open-2"]) await caller.createSpan(id, { id: span, payload });
  for (let n = 0; n < 30; n++) await caller.createSpan(id, { id: `ended-${n}`, status: "complete", payload });
  const kept = [...sandbox.spans.keys()];
  const ended = kept.slice(2);
  assertEquals(kept.slice(0, 2), ["open-1", "open-2"]);
  assertEquals(ended, Array.from({ length: ended.length }, (_, n) => `ended-${30 - ended.length + n}`));
  assert(ended.length > 0 && sandbox.requests.length < 34, `${ended.length} ended spans`);

  for (let n = 3; n < 30; n++) await caller.createSpan(id, { id: `open-${n}`, payload });
  const open = [...sandbox.spans.keys()];
  assertEquals(open, Array.from({ length: open.length }, (_, n) => `open-${30 - open.length + n}`));
  assert(open.length > 3, open.join());
  assertEquals(sandbox.instances.get(id)?.span_counts.total, 59);
});

Deno.test("PrefactorSandbox() drops a record that is larger than maxBytes", async () => {
  const caller = new Caller(new PrefactorSandbox({ maxBytes: 10_000 }));
  const created = await caller.register({ agent_version: { name: "x".repeat(20_000) } });
  assertEquals(typeof created, "string");
  assertEquals(caller.sandbox.requests, []);
});

Deno.test("watchSandbox() calls back for each change, and the sandbox keeps the outcome of each request from then on", async () => {
  const caller = new Caller();
  await caller.get("ping");
  let changes = 0;
  const access = watchSandbox(caller.sandbox, () => changes++);
  caller.sandbox.faults.next({ kind: "lose" });
  await caller.post("agent", { details: { name: "A" } }).catch(() => {});
  const [outcome, ...others] = [...access.store.outcomes.records.values()];
  assertEquals(others, []);
  assertEquals([outcome?.id, outcome?.body?.["status"]], [caller.sandbox.requests[1]?.id, "success"]);
  const before = changes;
  const { store } = access;
  caller.sandbox.reset();
  assertEquals([changes > before, access.store === store, access.store.outcomes.records.size], [
    true,
    false,
    0,
  ]);
});
