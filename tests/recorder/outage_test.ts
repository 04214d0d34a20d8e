import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  PrefactorApiError,
  PrefactorAuthError,
  PrefactorClientError,
  PrefactorHttpClient,
  PrefactorNetworkError,
} from "../../mod.ts";
import { RunRecorder } from "../../src/recorder/mod.ts";
import { type Fault, PrefactorSandbox, type SandboxRequest } from "../../src/testing/mod.ts";
import { failureOf, settle } from "../helpers.ts";
import { pass, RecordedRun, report, settled } from "./setup.ts";

const TRANSIENT: readonly Fault[] = [
  { kind: "refuse" },
  { kind: "lose" },
  { kind: "cut" },
  { kind: "garbage" },
  { kind: "status", status: 500 },
  { kind: "status", status: 503 },
  { kind: "status", status: 429 },
];

const isBulk = ({ path }: SandboxRequest) => path === "/api/v1/bulk";

Deno.test("a transient failure is tried again with the same keys after 1 s, then 2, 4, … up to 60 s", async () => {
  using time = new FakeTime();
  const times: number[] = [];
  const recorded: RecordedRun = new RecordedRun({}, {
    hooks: { onRequest: ({ path }) => path.endsWith("/bulk") && times.push(time.now - time.start) },
  });
  await settled();
  recorded.sandbox.faults.next({ kind: "refuse" }, { times: Infinity, match: isBulk });
  const span = recorded.run.startSpan("step", { payload: { page: 1 } });
  await pass(time, 100);
  await pass(time, 1_000 * (1 + 2 + 4 + 8 + 16 + 32 + 60 + 60), 500);
  const gaps = times.slice(1).map((at, index) => at - times[index]!);
  assertEquals(gaps.map((gap) => gap / 1_000), [1, 2, 4, 8, 16, 32, 60, 60]);
  assertEquals(new Set(recorded.items.map((items) => JSON.stringify(items))).size, 1);
  assertEquals(recorded.problemKinds, ["not_recorded"]);
  assertInstanceOf(recorded.problems[0]!.error, PrefactorNetworkError);
  recorded.sandbox.faults.clear();
  await pass(time, 60_000, 10_000);
  assertEquals(recorded.payloads, [{ page: 1 }]);
  span.finish();
  assertEquals(await recorded.run.finish(), report({ recorded: 1 }));
});

Deno.test("every kind of transient failure is tried again, of every request", async () => {
  using time = new FakeTime();
  for (const fault of TRANSIENT) {
    for (const path of ["/register", "/start", "/bulk", "/finish"]) {
      const recorded: RecordedRun = new RecordedRun();
      recorded.sandbox.faults.next(fault, { match: (request) => request.path.endsWith(path) });
      recorded.run.startSpan("step", { payload: { page: 1 } }).finish();
      const counts = await settle(time, recorded.run.finish());
      assertEquals(counts, report({ recorded: 1 }), `${fault.kind} ${path}`);
      assertEquals(recorded.paths.length, 5);
      assertEquals([...recorded.sandbox.instances.values()].map(({ status }) => status), ["complete"]);
      assertEquals(recorded.payloads, [{ page: 1 }]);
      const kind = { "/bulk": "not_recorded", "/finish": "not_finished" }[path] ?? "not_registered";
      assertEquals(recorded.problemKinds, [kind]);
    }
  }
});

Deno.test("a retry never comes before the Retry-After of the response", async () => {
  using time = new FakeTime();
  const times: number[] = [];
  const recorded: RecordedRun = new RecordedRun({}, {
    maxRetryDelay: 1_000,
    hooks: { onRequest: ({ path }) => path.endsWith("/bulk") && times.push(time.now - time.start) },
  });
  await settled();
  recorded.sandbox.faults.next({ kind: "status", status: 429, retryAfter: 20 });
  recorded.run.startSpan("step");
  await pass(time, 5_000);
  const flush = recorded.run.flush();
  await pass(time, 14_000);
  assertEquals(times.length, 1);
  await settle(time, flush);
  assert(times.length === 2 && times[1]! >= 20_100, `${times}`);
  await settle(time, recorded.run.finish());
});

Deno.test("an outage is reported once, and the next one again", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun();
  await settled();
  for (const page of [1, 2]) {
    recorded.sandbox.faults.next({ kind: "status", status: 503 }, { times: 3, match: isBulk });
    recorded.run.startSpan("step", { payload: { page } });
    await pass(time, 10_000);
    assertEquals(recorded.problemKinds, Array(page).fill("not_recorded"));
  }
  await recorded.run.finish();
});

Deno.test("flush() waits for no backoff, and begins the delays anew", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun();
  await settled();
  recorded.sandbox.faults.next({ kind: "refuse" }, { times: 6, match: isBulk });
  recorded.run.startSpan("step");
  await pass(time, 33_000, 500);
  assertEquals(recorded.bulkRequests.length, 6);
  const flushed = recorded.run.flush();
  await settled();
  assertEquals(recorded.bulkRequests.length, 7);
  assertEquals(await flushed, report({ recorded: 1 }));
  await recorded.run.finish();

  const down = new RecordedRun();
  await settled();
  down.sandbox.faults.next({ kind: "refuse" }, { times: 8, match: isBulk });
  down.run.startSpan("step");
  await pass(time, 33_000, 500);
  assertEquals(down.bulkRequests.length, 6);
  const counts = await settle(time, down.run.flush());
  assertEquals([counts, down.bulkRequests.length], [report({ recorded: 1 }), 9]);
  await down.run.finish();
});

Deno.test("a permanent failure ends recording but not the run, and the rest is dropped and counted", async () => {
  using time = new FakeTime();
  const table: [status: number, path: string, kind: string, recorded: number][] = [
    [401, "/register", "not_registered", 0],
    [403, "/register", "not_registered", 0],
    [404, "/register", "not_registered", 0],
    [422, "/start", "not_registered", 0],
    [401, "/bulk", "not_recorded", 1],
    [403, "/bulk", "not_recorded", 1],
  ];
  for (const [status, path, kind, count] of table) {
    const recorded = new RecordedRun({ terminationPoll: null });
    if (count > 0) {
      recorded.run.startSpan("step", { payload: { page: 0 } }).finish();
      await pass(time, 200);
    }
    recorded.sandbox.faults.next({ kind: "status", status }, {
      match: (request) => request.path.endsWith(path),
    });
    const spans = [1, 2, 3].map((page) => recorded.run.startSpan("step", { payload: { page } }));
    await pass(time, 500);
    const sent = recorded.sandbox.requests.length;
    for (const span of spans) span.finish();
    assertEquals(await recorded.run.span("step", () => "result"), "result");
    await pass(time, 60_000, 10_000);
    assertEquals(recorded.sandbox.requests.length, sent);
    assertEquals(recorded.problems[0]!.kind, kind);
    assertInstanceOf(recorded.problems[0]!.error, PrefactorApiError);
    assertEquals(recorded.problemKinds.slice(1), ["dropped × 3", "dropped"]);
    assertEquals(await recorded.run.flush(), report({ recorded: count, dropped: 4 }));
    assertStrictEquals(await failureOf(spans[0]!.id), recorded.problems[0]!.error);
    assertEquals(await recorded.run.finish(), report({ recorded: count, dropped: 4 }));
    const instances = [...recorded.sandbox.instances.values()].map(({ status }) => status);
    const last = { "/register": [], "/start": ["pending"] }[path] ?? ["complete"];
    assertEquals(instances, last);
    assertEquals(
      recorded.problems.some(({ kind }) => kind === "not_finished"),
      path === "/start",
    );
  }
});

Deno.test("a closed client ends recording", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun();
  await settled();
  const open = recorded.run.startSpan("step");
  await pass(time, 100);
  recorded.run.startSpan("step");
  await recorded.client.close();
  await pass(time, 100);
  assertInstanceOf(recorded.problems[0]!.error, PrefactorClientError);
  open.finish();
  assertEquals(await recorded.run.finish(), report({ dropped: 2 }));
  assertEquals(recorded.problems.map(({ kind }) => kind), [
    "not_recorded",
    "dropped",
    "not_finished",
    "dropped",
  ]);
});

Deno.test("ready rejects if the run cannot be registered or started", async () => {
  for (const path of ["/register", "/start"]) {
    const recorded = new RecordedRun();
    recorded.sandbox.faults.next({ kind: "status", status: 401 }, {
      match: (request) => request.path.endsWith(path),
    });
    assertInstanceOf(await failureOf(recorded.run.ready), PrefactorAuthError);
    await recorded.run.finish();
  }
});

Deno.test("a 409 of the start is no problem", async () => {
  const recorded = new RecordedRun();
  recorded.sandbox.faults.next({ kind: "status", status: 409 }, {
    match: ({ path }) => path.endsWith("/start"),
  });
  const { id } = await recorded.run.ready;
  assertEquals(recorded.sandbox.instances.get(id)?.status, "pending");
  recorded.run.startSpan("step").finish();
  assertEquals(await recorded.run.flush(), report({ recorded: 1 }));
  assertEquals(recorded.problems, []);
  await recorded.run.finish();
});

Deno.test("params that the client rejects are a problem, and do not make the program fail", async () => {
  for (const params of [null, {}, { agent_version: 1 }, { agent_version: { n: 1n } }]) {
    const client = new PrefactorHttpClient(new PrefactorSandbox().config());
    const kinds: string[] = [];
    const run = new RunRecorder(client, params as never, { onProblem: ({ kind }) => kinds.push(kind) });
    assertEquals(await run.span("step", () => 1), 1);
    assertEquals(await run.finish(), report({ dropped: 1 }));
    assertEquals(kinds, ["not_registered", "dropped"]);
    assertInstanceOf(await failureOf(run.ready), PrefactorClientError);
  }
});

Deno.test("any other refusal of a whole request halves it, down to the one item that has then failed", async () => {
  using time = new FakeTime();
  for (const status of [400, 404, 405, 409, 413, 422]) {
    const recorded = new RecordedRun();
    await settled();
    recorded.sandbox.faults.next({ kind: "status", status }, {
      times: Infinity,
      match: (request) => isBulk(request) && JSON.stringify(request.body).includes("poison"),
    });
    for (let page = 0; page < 40; page++) {
      recorded.run.startSpan("step", { payload: page === 17 ? { poison: true } : { page } });
    }
    assertEquals(await settle(time, recorded.run.flush()), report({ recorded: 39, failed: 1 }));
    assertEquals(recorded.problemKinds, ["not_recorded"]);
    assertEquals((recorded.problems[0]!.error as PrefactorApiError).statusCode, status);
    assertEquals(recorded.payloads.map((payload) => (payload as { page: number }).page), [
      ...[...Array(40).keys()].filter((page) => page !== 17),
    ]);
    assert(recorded.bulkRequests.length < 16, `${recorded.bulkRequests.length}`);
    await recorded.run.finish();
  }
});
