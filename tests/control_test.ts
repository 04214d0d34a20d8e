import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  AgentSpanClient,
  BatchingRequester,
  type BulkItem,
  bulkItem,
  type ControlEvent,
  type HttpRequester,
  PrefactorClientError,
  PrefactorConflictError,
  PrefactorHttpClient,
  PrefactorRetryExhaustedError,
  PrefactorTerminatedError,
} from "../mod.ts";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { type Answer, failureOf, json, makeClient, outcome, TOKEN } from "./helpers.ts";

const STOP = { terminate: true, reason: "Over budget" };

/** Creates an instance as responses hold it. */
function instance(id = "i-1", fields: object = {}): object {
  return {
    type: "agent_instance",
    id,
    account_id: "ac-1",
    agent_id: "a-1",
    agent_version_id: "v-1",
    environment_id: "e-1",
    status: "active",
    inserted_at: "2024-05-06T07:08:09Z",
    updated_at: "2024-05-06T07:08:09Z",
    ...fields,
  };
}

/** Creates a span as responses hold it. */
function span(id = "s-1", agent_instance_id = "i-1"): object {
  return { type: "agent_span", id, agent_instance_id, schema_name: "agent:llm", status: "active" };
}

/** Creates the response to a successful operation. */
function success(details: object, control?: unknown): Response {
  return json({ status: "success", details, ...(control !== undefined && { control }) });
}

/** Creates an error response. */
function refusal(status: number, control?: unknown): Response {
  return json({
    status: "error",
    code: "invalid_action",
    message: "No",
    ...(control !== undefined && { control }),
  }, status);
}

/** Creates a client that records the events of `onControl`. */
function watch(answer: Answer): { client: PrefactorHttpClient; events: ControlEvent[] } {
  const events: ControlEvent[] = [];
  const { client } = makeClient(answer, {
    maxRetries: 0,
    hooks: { onControl: (event) => events.push(event) },
  });
  return { client, events };
}

function assertTerminated(signal: AbortSignal, reason: string | null = "Over budget", id = "i-1"): void {
  assert(signal.aborted);
  assertInstanceOf(signal.reason, PrefactorTerminatedError);
  const { message, agentInstanceId } = signal.reason;
  assertEquals({ message, agentInstanceId, reason: signal.reason.reason }, {
    message: `Agent instance ${id} was terminated: ${reason ?? "no reason given"}`,
    agentInstanceId: id,
    reason,
  });
}

const CREATE = { agent_instance_id: "i-1", schema_name: "agent:llm", status: "active" } as const;
const ALERT = { agent_instance_id: "i-1", name: "over_budget", severity: "info", payload: {} } as const;

const CALLS: readonly {
  readonly name: string;
  readonly call: (client: PrefactorHttpClient) => Promise<unknown>;
  readonly response: () => Response;
}[] = [
  {
    name: "agentSpans.create()",
    call: ({ agentSpans }) => agentSpans.create(CREATE),
    response: () => success(span(), STOP),
  },
  {
    name: "agentSpans.finish()",
    call: ({ agentSpans }) => agentSpans.finish("s-1"),
    response: () => success(span(), STOP),
  },
  {
    name: "agentSpans.get()",
    call: ({ agentSpans }) => agentSpans.get("s-1"),
    response: () => success(span(), STOP),
  },
  {
    name: "agentInstances.register()",
    call: ({ agentInstances }) => agentInstances.register({ agent_version: {}, agent_schema_version: {} }),
    response: () => success(instance(), STOP),
  },
  {
    name: "agentInstances.start()",
    call: ({ agentInstances }) => agentInstances.start("i-1"),
    response: () => success(instance(), STOP),
  },
  {
    name: "agentInstances.finish()",
    call: ({ agentInstances }) => agentInstances.finish("i-1"),
    response: () => success(instance(), STOP),
  },
  {
    name: "agentInstances.terminate()",
    call: ({ agentInstances }) => agentInstances.terminate("i-1", { reason: "Over budget" }),
    response: () => success(instance("i-1", { status: "terminated", termination_reason: "Over budget" })),
  },
  {
    name: "agentInstances.recordQuality()",
    call: ({ agentInstances }) => agentInstances.recordQuality("i-1", { name: "review", payload: null }),
    response: () => success(instance(), STOP),
  },
  {
    name: "agentInstances.get() of a terminated instance",
    call: ({ agentInstances }) => agentInstances.get("i-1"),
    response: () => success(instance("i-1", { status: "terminated", termination_reason: "Over budget" })),
  },
  {
    name: "agentInstances.show() by another identifier",
    call: ({ agentInstances }) => agentInstances.show({ external_identifier: "run-7" }),
    response: () => success(instance("i-1", { status: "terminated", termination_reason: "Over budget" })),
  },
  {
    name: "agentInstances.get() of a terminated instance whose control says otherwise",
    call: ({ agentInstances }) => agentInstances.get("i-1"),
    response: () =>
      success(instance("i-1", { status: "terminated", termination_reason: "Over budget" }), {
        terminate: false,
        reason: null,
      }),
  },
  {
    name: "agentInstances.get() with a response that is not valid",
    call: ({ agentInstances }) => agentInstances.get("i-1"),
    response: () => success({ id: 7 }, STOP),
  },
  {
    name: "agentInstances.getContext()",
    call: ({ agentInstances }) => agentInstances.getContext("i-1"),
    response: () => json({ agent_context: { body: "" }, control: STOP }),
  },
  {
    name: "agentSpans.list()",
    call: ({ agentSpans }) => agentSpans.list({ agent_instance_id: "i-1" }),
    response: () => json({ summaries: [], control: STOP }),
  },
  {
    name: "agentSpans.listAll()",
    call: ({ agentSpans }) => agentSpans.listAll({ agent_instance_id: "i-1" }).next(),
    response: () => json({ summaries: [], control: STOP }),
  },
  {
    name: "alerts.raise()",
    call: ({ alerts }) => alerts.raise(ALERT),
    response: () => success({ id: "al-1" }, STOP),
  },
  {
    name: "an error of agentSpans.create()",
    call: ({ agentSpans }) => agentSpans.create(CREATE),
    response: () => refusal(422, STOP),
  },
  {
    name: "an error of agentInstances.start()",
    call: ({ agentInstances }) => agentInstances.start("i-1"),
    response: () => refusal(409, STOP),
  },
  {
    name: "an error of agentInstances.finish()",
    call: ({ agentInstances }) => agentInstances.finish("i-1"),
    response: () => refusal(409, STOP),
  },
  {
    name: "client.request()",
    call: (client) => client.request("POST", "/api/v1/agent_spans", { json: {} }),
    response: () => success(span(), STOP),
  },
  {
    name: "client.send()",
    call: (client) => client.send("GET", "/api/v1/agent_instance/i-1"),
    response: () => success(instance("i-1", { status: "terminated", termination_reason: "Over budget" })),
  },
  {
    name: "a bulk output",
    call: ({ bulk }) =>
      bulk.execute({ items: [{ ...bulkItem("agent_spans/create", CREATE), idempotency_key: "create-1" }] }),
    response: () => json({ outputs: { "create-1": { status: "success", details: span(), control: STOP } } }),
  },
  {
    name: "an error in a bulk output",
    call: ({ bulk }) =>
      bulk.execute({ items: [{ ...CREATE, _type: "agent_spans/create", idempotency_key: "create-1" }] }),
    response: () =>
      json({
        outputs: { "create-1": { status: "error", code: "invalid_action", message: "No", control: STOP } },
      }),
  },
  {
    name: "an output of an instance in executeAll()",
    call: ({ bulk }) =>
      bulk.executeAll([{
        _type: "agent_instances/start",
        idempotency_key: "start-01",
        agent_instance_id: "i-1",
      }]),
    response: () =>
      json({ outputs: { "start-01": { status: "success", details: { id: "i-1" }, control: STOP } } }),
  },
  {
    name: "an error in an output of executeAll()",
    call: ({ bulk }) =>
      bulk.executeAll([{ ...bulkItem("agent_spans/create", CREATE), idempotency_key: "create-1" }]),
    response: () =>
      json({
        outputs: { "create-1": { status: "error", code: "invalid_action", message: "No", control: STOP } },
      }),
  },
];

for (const { name, call, response } of CALLS) {
  Deno.test(`terminationSignal() aborts because of ${name}, which onControl sees once`, async () => {
    const { client, events } = watch(response);
    const signal = client.terminationSignal("i-1");
    const other = client.terminationSignal("i-2");
    assertFalse(signal.aborted);
    await outcome(call(client));
    assertTerminated(signal);
    assertFalse(other.aborted);
    assertEquals(events, [{ agentInstanceId: "i-1", ...STOP }]);
  });
}

Deno.test("terminationSignal() aborts because of a 409 of agentSpans.finish(), if the span was seen", async () => {
  const items: readonly BulkItem[] = [{
    ...bulkItem("agent_spans/create", CREATE),
    idempotency_key: "create-1",
  }];
  const output = () => json({ outputs: { "create-1": { status: "success", details: span() } } });
  const ways: [
    name: string,
    see: (client: PrefactorHttpClient) => Promise<unknown>,
    response: () => Response,
  ][] = [
    ["create", ({ agentSpans }) => agentSpans.create(CREATE), () => success(span())],
    ["finish", ({ agentSpans }) => agentSpans.finish("s-1"), () => success(span())],
    ["get", ({ agentSpans }) => agentSpans.get("s-1"), () => success(span())],
    ["request", (client) => client.request("GET", "/api/v1/agent_spans/s-1"), () => success(span())],
    ["bulk.execute", ({ bulk }) => bulk.execute({ items: [...items] }), output],
    ["bulk.executeAll", ({ bulk }) => bulk.executeAll(items), output],
  ];
  for (const [name, see, response] of ways) {
    const { client, events } = watch((_sent, index) => index === 0 ? response() : refusal(409, STOP));
    const signal = client.terminationSignal("i-1");
    await see(client);
    assertFalse(signal.aborted, name);
    const error = await failureOf(client.agentSpans.finish("s-1"));
    assertInstanceOf(error, PrefactorConflictError);
    assertEquals(error.control, STOP);
    assertTerminated(signal);
    assertEquals(events, [{ agentInstanceId: "i-1", ...STOP }], name);
  }
});

Deno.test("terminationSignal() aborts because of an error in the bulk output of a span that was seen", async () => {
  const { client, events } = watch((_sent, index) =>
    index === 0 ? success(span()) : json({
      outputs: { "finish-1": { status: "error", code: "invalid_action", message: "No", control: STOP } },
    })
  );
  const signal = client.terminationSignal("i-1");
  await client.agentSpans.create(CREATE);
  await client.bulk.execute({
    items: [{ _type: "agent_spans/finish", idempotency_key: "finish-1", agent_span_id: "s-1" }],
  });
  assertTerminated(signal);
  assertEquals(events, [{ agentInstanceId: "i-1", ...STOP }]);
});

Deno.test("onControl gets no ID if the client has not seen the span", async () => {
  const { client, events } = watch(() => refusal(409, STOP));
  await failureOf(client.agentSpans.finish("s-1"));
  await failureOf(client.request("POST", "/api/v1/agent_spans/s-1/finish", { json: {} }));
  assertEquals(events, [{ agentInstanceId: undefined, ...STOP }, { agentInstanceId: undefined, ...STOP }]);
});

Deno.test("terminationSignal() aborts because of an error after the last retry", async () => {
  const { client } = makeClient(() => refusal(503, STOP), { maxRetries: 1, initialRetryDelay: 1 });
  const signal = client.terminationSignal("i-1");
  assertInstanceOf(await failureOf(client.agentInstances.start("i-1")), PrefactorRetryExhaustedError);
  assertTerminated(signal);
});

Deno.test("terminationSignal() has aborted if a response came before", async () => {
  const { client } = watch(() => success(span(), STOP));
  await client.agentSpans.create(CREATE);
  assertTerminated(client.terminationSignal("i-1"));
});

Deno.test("terminationSignal() aborts only if terminate is true", async () => {
  const controls = [
    { terminate: false, reason: "Over budget" },
    { terminate: "true", reason: "Over budget" },
    { terminate: 1 },
    { reason: "Over budget" },
    {},
    null,
    "terminate",
    [STOP],
  ];
  for (const control of controls) {
    const { client } = watch(() => success(span(), control));
    const signal = client.terminationSignal("i-1");
    await client.agentSpans.create(CREATE);
    assertFalse(signal.aborted, JSON.stringify(control));
  }
});

Deno.test("terminationSignal() has a reason that is null if there is none", async () => {
  for (
    const control of [{ terminate: true }, { terminate: true, reason: null }, { terminate: true, reason: 7 }]
  ) {
    const { client, events } = watch(() => success(span(), control));
    await client.agentSpans.create(CREATE);
    assertTerminated(client.terminationSignal("i-1"), null);
    assertEquals(events, [{ agentInstanceId: "i-1", terminate: true, reason: null }]);
  }
  const { client } = watch(() => success(instance("i-1", { status: "terminated" })));
  await client.agentInstances.get("i-1");
  assertTerminated(client.terminationSignal("i-1"), null);
});

Deno.test("terminationSignal() keeps its first reason, and onControl sees every response", async () => {
  const { client, events } = watch((_sent, index) => success(span(), { ...STOP, reason: `${index}` }));
  const signal = client.terminationSignal("i-1");
  await client.agentSpans.create(CREATE);
  await client.agentSpans.finish("s-1");
  assertTerminated(signal, "0");
  assertEquals(events.map(({ reason }) => reason), ["0", "1"]);
});

Deno.test("onControl sees a control that does not terminate", async () => {
  const { client, events } = watch(() => success(span(), { terminate: false }));
  await client.agentSpans.create(CREATE);
  assertEquals(events, [{ agentInstanceId: "i-1", terminate: false, reason: null }]);
});

Deno.test("onControl is not called for a response without control", async () => {
  const { client, events } = watch((_sent, index) => index === 0 ? success(span()) : refusal(409));
  await client.agentSpans.create(CREATE);
  await failureOf(client.agentSpans.finish("s-1"));
  assertEquals(events, []);
});

Deno.test("an onControl that throws or rejects affects neither the call nor the signal", async () => {
  const { client } = makeClient(() => success(span(), STOP), {
    hooks: {
      onControl: () => {
        throw new Error("boom");
      },
    },
  });
  await client.agentSpans.create(CREATE);
  assertTerminated(client.terminationSignal("i-1"));
});

Deno.test("terminationSignal() returns the same signal for the same ID", async () => {
  const { client } = watch(() => success(span(), STOP));
  const signal = client.terminationSignal("i-1");
  assertStrictEquals(client.terminationSignal("i-1"), signal);
  await client.agentSpans.create(CREATE);
  assertStrictEquals(client.terminationSignal("i-1"), signal);
});

Deno.test("terminationSignal() rejects an ID that is not a string", () => {
  const { client } = watch(() => success(span()));
  const table: [id: unknown, shown: string][] = [[undefined, "undefined"], [7, "7"], [{}, "an object"]];
  for (const [id, shown] of table) {
    const error = assertThrows(() => client.terminationSignal(id as string), PrefactorClientError);
    assertEquals(
      error.message,
      `Cannot get the termination signal: 'agentInstanceId' must be a string, but is ${shown}`,
    );
  }
});

Deno.test("terminationSignal() is released when the instance has been finished", async () => {
  const finish = ({ agentInstances }: PrefactorHttpClient) => agentInstances.finish("i-1");
  const item = bulkItem("agent_instances/finish", { agent_instance_id: "i-1", idempotency_key: "finish-1" });
  const conflict = { status: "error", code: "invalid_action", message: "No" };
  const ways: [
    name: string,
    end: (client: PrefactorHttpClient) => Promise<unknown>,
    response: () => Response,
  ][] = [
    ["finish", finish, () => success(instance())],
    ["a 409 of finish", finish, () => refusal(409)],
    ["a 409 of finish with control", finish, () => refusal(409, STOP)],
    [
      "bulk.execute",
      ({ bulk }) => bulk.execute({ items: [item] }),
      () => json({ outputs: { "finish-1": { status: "success" } } }),
    ],
    [
      "bulk.executeAll",
      ({ bulk }) => bulk.executeAll([item]),
      () => json({ outputs: { "finish-1": { status: "success" } } }),
    ],
    [
      "a conflict in bulk",
      ({ bulk }) => bulk.execute({ items: [item] }),
      () => json({ outputs: { "finish-1": conflict } }),
    ],
  ];
  for (const [name, end, response] of ways) {
    const { client } = watch(response);
    const signal = client.terminationSignal("i-1");
    await outcome(end(client));
    const next = client.terminationSignal("i-1");
    assert(next !== signal, name);
    assertFalse(next.aborted, name);
  }
});

Deno.test("terminationSignal() is kept if the instance has not been finished", async () => {
  const item = bulkItem("agent_instances/finish", { agent_instance_id: "i-1", idempotency_key: "finish-1" });
  const invalid = { status: "error", code: "validation_errors", message: "No" };
  const ways: [
    name: string,
    call: (client: PrefactorHttpClient) => Promise<unknown>,
    response: () => Response,
  ][] = [
    ["a 422 of finish", ({ agentInstances }) => agentInstances.finish("i-1"), () => refusal(422)],
    ["a 503 of finish", ({ agentInstances }) => agentInstances.finish("i-1"), () => refusal(503)],
    ["no response", ({ agentInstances }) => agentInstances.finish("i-1"), () => {
      throw new TypeError("refused");
    }],
    [
      "a finish of another",
      ({ agentInstances }) => agentInstances.finish("i-2"),
      () => success(instance("i-2")),
    ],
    ["a 409 of start", ({ agentInstances }) => agentInstances.start("i-1"), () => refusal(409)],
    ["a finish of a span", ({ agentSpans }) => agentSpans.finish("s-1"), () => success(span())],
    [
      "an error in bulk",
      ({ bulk }) => bulk.execute({ items: [item] }),
      () => json({ outputs: { "finish-1": invalid } }),
    ],
    ["no output in bulk", ({ bulk }) => bulk.execute({ items: [item] }), () => json({ outputs: {} })],
  ];
  for (const [name, call, response] of ways) {
    const { client } = watch(response);
    const signal = client.terminationSignal("i-1");
    await outcome(call(client));
    assertStrictEquals(client.terminationSignal("i-1"), signal, name);
  }
});

Deno.test("terminationSignal() is released when the client is closed", async () => {
  const { client } = watch(() => success(span(), STOP));
  await client.agentSpans.create(CREATE);
  assert(client.terminationSignal("i-1").aborted);
  await client.close();
  assertFalse(client.terminationSignal("i-1").aborted);
});

Deno.test("terminationSignal() aborts even if the items of the bulk request have changed since the call", async () => {
  const outputs = { "key-00001": { status: "success", control: STOP } };
  const { client } = watch(() => json({ status: "success", outputs }));
  const items = [bulkItem("agent_spans/create", { ...CREATE, idempotency_key: "key-00001" })];
  const executed = client.bulk.execute({ items });
  items.length = 0;
  assertEquals<unknown>((await executed).outputs, outputs);
  assert(client.terminationSignal("i-1").aborted);
});

Deno.test("terminationSignal() does not show the token and bounds a long reason", async () => {
  const { client, events } = watch(() =>
    success(span(), { terminate: true, reason: `${TOKEN} ${"x".repeat(100_000)}` })
  );
  await client.agentSpans.create(CREATE);
  const { reason } = client.terminationSignal("i-1");
  assertFalse(Deno.inspect([reason, events], { strAbbreviateSize: 1e6 }).includes(TOKEN));
  assert(reason.reason.startsWith("[redacted] xxx"));
  assert(reason.message.length < 10_000);
});

Deno.test("terminationSignal() does not show the token in the ID of an instance", async () => {
  const { client, events } = watch(() => success(instance(`i-${TOKEN}`), STOP));
  await client.agentInstances.register({ agent_version: {}, agent_schema_version: {} });
  const { reason } = client.terminationSignal(`i-${TOKEN}`);
  assertEquals(events.map(({ agentInstanceId }) => agentInstanceId), ["i-[redacted]"]);
  assertFalse(Deno.inspect(reason).includes(TOKEN));
  assertEquals(reason.agentInstanceId, "i-[redacted]");
});

Deno.test("a client remembers the last 10,000 terminated instances", () => {
  const { client } = watch(() => success(span()));
  for (let index = 0; index <= 10_000; index++) {
    client.observeControl({ agentInstanceId: `i-${index}`, control: STOP });
  }
  assert(client.terminationSignal("i-1").aborted);
  assert(client.terminationSignal("i-10000").aborted);
  assertFalse(client.terminationSignal("i-0").aborted);
});

Deno.test("a client remembers the last 10,000 spans", async () => {
  const { client, events } = watch(() => refusal(409, STOP));
  for (let index = 0; index <= 10_000; index++) {
    client.observeControl({ agentInstanceId: `instance of s-${index}`, agentSpanId: `s-${index}` });
  }
  for (const id of ["s-0", "s-1", "s-10000"]) await failureOf(client.agentSpans.finish(id));
  assertEquals(events.map(({ agentInstanceId }) => agentInstanceId), [
    undefined,
    "instance of s-1",
    "instance of s-10000",
  ]);
});

Deno.test("a client keeps the signal of a long run while 10,001 short ones come and go", () => {
  const { client } = watch(() => success(span()));
  const signal = client.terminationSignal("long");
  for (let index = 0; index <= 10_000; index++) {
    client.terminationSignal(`short-${index}`);
    client.observeControl({ agentInstanceId: `short-${index}`, finished: true });
  }
  assertStrictEquals(client.terminationSignal("long"), signal);
});

Deno.test("endpoint classes on a client or a wrapper of it report each response once", async () => {
  const wrap = (client: PrefactorHttpClient): HttpRequester => ({
    request: (method, path, options) => client.request(method, path, { ...options, maxRetries: 0 }),
    send: (method, path, options) => client.send(method, path, { ...options, maxRetries: 0 }),
    observeControl: (observation) => client.observeControl(observation),
  });
  const forward = (client: PrefactorHttpClient): HttpRequester => ({
    request: (method, path, options) => client.request(method, path, options),
  });
  for (const requesterOf of [(client: PrefactorHttpClient) => client, wrap, forward]) {
    for (const response of [() => success(span(), STOP), () => refusal(409, STOP)]) {
      const { client, events } = watch(response);
      const signal = client.terminationSignal("i-1");
      await outcome(new AgentSpanClient(requesterOf(client)).create(CREATE));
      const isKnown = requesterOf !== forward || response().ok;
      assertEquals(events, [{ agentInstanceId: isKnown ? "i-1" : undefined, ...STOP }]);
      assertEquals(signal.aborted, isKnown);
    }
  }
});

Deno.test("onControl sees each response to a call through a BatchingRequester once", async () => {
  const response: Answer = ({ url, body }) => {
    if (!url.endsWith("/bulk")) return success(span(), STOP);
    const output = { status: "success", details: span(), control: STOP };
    const items: BulkItem[] = JSON.parse(body!).items;
    return json({ outputs: Object.fromEntries(items.map((item) => [item.idempotency_key, output])) });
  };
  const calls: [name: string, events: number, call: (batching: BatchingRequester) => Promise<unknown>][] = [
    ["a read", 1, (batching) => new AgentSpanClient(batching).get("s-1")],
    ["a single call", 1, (batching) => new AgentSpanClient(batching).create(CREATE)],
    ["a call with options", 1, (batching) => new AgentSpanClient(batching).create(CREATE, { maxRetries: 1 })],
    ["two calls", 2, (batching) => {
      const spans = new AgentSpanClient(batching);
      return Promise.all([spans.create(CREATE), spans.finish("s-1")]);
    }],
    ["a plain request", 1, (batching) => batching.request("GET", "/api/v1/agent_spans/s-1")],
  ];
  for (const [name, count, call] of calls) {
    const { client, events } = watch(response);
    await call(new BatchingRequester(client));
    assertEquals(events, Array(count).fill({ agentInstanceId: "i-1", ...STOP }), name);
    assertTerminated(client.terminationSignal("i-1"));
  }
});

Deno.test("a requester without observeControl gets no options that it was not given", async () => {
  const seen: unknown[] = [];
  const requester: HttpRequester = {
    request: (_method, _path, options) => {
      seen.push(Reflect.ownKeys(options ?? {}));
      return Promise.resolve({ details: span() as { id: string } });
    },
  };
  await new AgentSpanClient(requester).get("s-1", {}, { maxRetries: 0 });
  assertEquals(seen, [["maxRetries", "params"]]);
});

Deno.test("terminationSignal() stops the work of an agent when a person terminates its run in the sandbox", async () => {
  const sandbox = new PrefactorSandbox();
  await using client = new PrefactorHttpClient(sandbox.config());
  const { id } = await client.agentInstances.register({
    agent_id: "librarian",
    agent_version: {},
    agent_schema_version: { span_schemas: { "agent:llm": { type: "object" } } },
  });
  await client.agentInstances.start(id);
  const { id: spanId } = await client.agentSpans.create({ ...CREATE, agent_instance_id: id });
  const signal = client.terminationSignal(id);
  sandbox.terminate(id, "Over budget");
  await client.agentSpans.finish(spanId);
  assertTerminated(signal, "Over budget", id);
});
