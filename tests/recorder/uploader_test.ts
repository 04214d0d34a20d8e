import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  PrefactorApiError,
  PrefactorAuthError,
  PrefactorClientError,
  PrefactorNetworkError,
} from "../../mod.ts";
import { recordRun } from "../../src/recorder/mod.ts";
import type { Fault } from "../../src/testing/mod.ts";
import { failureOf, settle } from "../helpers.ts";
import { AGENT, isBulk, pass, RecordedRun, report, settled } from "./setup.ts";

const TRANSIENT: readonly Fault[] = [
  { kind: "refuse" },
  { kind: "lose" },
  { kind: "cut" },
  { kind: "garbage" },
  { kind: "status", status: 500 },
  { kind: "status", status: 503 },
  { kind: "status", status: 429 },
];

Deno.test("RunRecorder() retries a transient failure with the same keys after 1 s, then 2, 4, … up to 60 s", async () => {
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

Deno.test("RunRecorder() retries every kind of transient failure of every request", async () => {
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

Deno.test("RunRecorder() never retries before the Retry-After of the response", async () => {
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

Deno.test("RunRecorder() reports each outage once", async () => {
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

Deno.test("RunRecorder.flush() ends the wait before a retry, and the delays start again at 1 s", async () => {
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

Deno.test("RunRecorder() stops recording after a permanent failure and drops the rest, and the program goes on", async () => {
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
    // An instance that was never started stays pending, for the same reason.
    const notFinished = recorded.problems.filter(({ kind }) => kind === "not_finished");
    assertEquals(
      notFinished.map(({ error }) => error),
      path === "/start" ? [recorded.problems[0]!.error] : [],
    );
  }
});

Deno.test("RunRecorder() stops recording if the client is closed", async () => {
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

Deno.test("RunRecorder.ready rejects if the run cannot be registered or started", async () => {
  for (const path of ["/register", "/start"]) {
    const recorded = new RecordedRun();
    recorded.sandbox.faults.next({ kind: "status", status: 401 }, {
      match: (request) => request.path.endsWith(path),
    });
    assertInstanceOf(await failureOf(recorded.run.ready), PrefactorAuthError);
    await recorded.run.finish();
  }
});

Deno.test("RunRecorder() calls waitUntil when there is something to send, and recordRun() then does not wait", async () => {
  using time = new FakeTime();
  const promises: { isSettled: boolean }[] = [];
  const waitUntil = (promise: Promise<void>) => {
    const entry = { isSettled: false };
    promises.push(entry);
    promise.then(() => entry.isSettled = true);
  };
  const recorded = new RecordedRun({ waitUntil });
  assertEquals(promises.length, 1);
  await settled();
  assertEquals(promises.map(({ isSettled }) => isSettled), [true]);
  const span = recorded.run.startSpan("step");
  recorded.run.startSpan("step");
  assertEquals(promises.map(({ isSettled }) => isSettled), [true, false]);
  await pass(time, 100);
  assertEquals(promises.map(({ isSettled }) => isSettled), [true, true]);
  span.finish();
  recorded.run.finish();
  assertEquals(promises.map(({ isSettled }) => isSettled), [true, true, false]);
  await pass(time, 100);
  assertEquals(promises.map(({ isSettled }) => isSettled), [true, true, true]);

  const { sandbox, client } = recorded;
  sandbox.faults.next({ kind: "delay", ms: 1_000 }, { times: 3 });
  promises.length = 0;
  assertEquals(await recordRun(client, AGENT, (run) => run.span("step", () => 7), { waitUntil }), 7);
  assertEquals(promises.map(({ isSettled }) => isSettled), [false]);
  await pass(time, 4_000);
  assertEquals(promises.map(({ isSettled }) => isSettled), [true]);
  assertEquals([...sandbox.instances.values()].map(({ status }) => status), ["complete", "complete"]);
});

Deno.test("RunRecorder() ignores errors of waitUntil, and its promises never reject", async () => {
  const failures = [
    () => {
      throw new Error("Illegal invocation");
    },
    () => Promise.reject(new Error("Illegal invocation")),
  ];
  for (const fail of failures) {
    const promises: Promise<void>[] = [];
    const recorded = new RecordedRun({
      waitUntil: (promise) => {
        promises.push(promise);
        return fail();
      },
    });
    recorded.sandbox.faults.next({ kind: "status", status: 401 });
    recorded.run.startSpan("step");
    await recorded.run.finish();
    await Promise.all(promises);
    assert(promises.length > 0);
  }
});
