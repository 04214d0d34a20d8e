import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorHttpClient, PrefactorTerminatedError } from "../../mod.ts";
import { recordRun } from "../../src/recorder/mod.ts";
import { PrefactorSandbox } from "../../src/testing/mod.ts";
import { countListeners, failureOf, settle } from "../helpers.ts";
import { AGENT, pass, RecordedRun, settled } from "./setup.ts";

function terminate({ sandbox }: RecordedRun): void {
  sandbox.terminate([...sandbox.instances.keys()].at(-1)!, "Over budget");
}

/** The number of times that the recorder asked for the run. */
const asked = ({ sandbox }: RecordedRun) => sandbox.requests.filter(({ method }) => method === "GET").length;

function assertTerminated({ run, sandbox }: RecordedRun): void {
  assert(run.signal.aborted);
  const { reason } = run.signal;
  assertInstanceOf(reason, PrefactorTerminatedError);
  assertEquals([reason.agentInstanceId, reason.reason], [
    [...sandbox.instances.keys()].at(-1),
    "Over budget",
  ]);
}

Deno.test("RunRecorder.signal aborts when a response to the spans says that the run is terminated", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun();
  await settled();
  const { signal } = recorded.run;
  const span = recorded.run.startSpan("step");
  await pass(time, 100);
  assertEquals(signal.aborted, false);
  terminate(recorded);
  span.finish();
  await pass(time, 100);
  assertTerminated(recorded);
  assertStrictEquals(recorded.run.signal, signal);
  await recorded.run.finish();
});

Deno.test("RunRecorder.signal stops the work of a terminated run, and recordRun() rejects with the reason", async () => {
  using time = new FakeTime();
  const sandbox = new PrefactorSandbox();
  const client = new PrefactorHttpClient(sandbox.config());
  const recorded = recordRun(client, AGENT, async ({ signal }) => {
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  }, { onProblem: () => {} });
  const failure = failureOf(recorded);
  await pass(time, 100);
  sandbox.terminate([...sandbox.instances.keys()][0]!, "Over budget");
  await pass(time, 31_000, 1_000);
  assertInstanceOf(await failure, PrefactorTerminatedError);
  assertEquals([...sandbox.instances.values()].map(({ status }) => status), ["terminated"]);
});

Deno.test("RunRecorder() asks at each terminationPoll without responses whether the run is terminated", async () => {
  using time = new FakeTime();
  for (const terminationPoll of [undefined, 5_000]) {
    const interval = terminationPoll ?? 30_000;
    const recorded = new RecordedRun({ terminationPoll });
    await settled();
    await pass(time, interval - 100, 1_000);
    assertEquals(asked(recorded), 0);
    await pass(time, 200);
    assertEquals(asked(recorded), 1);
    await pass(time, 2 * interval, 1_000);
    assertEquals(asked(recorded), 3);
    terminate(recorded);
    await pass(time, interval, 1_000);
    assertTerminated(recorded);
    await pass(time, 3 * interval, 1_000);
    assertEquals(asked(recorded), 4);
    await recorded.run.finish();
  }
});

Deno.test("RunRecorder() does not ask while responses arrive", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun({ terminationPoll: 5_000 });
  await settled();
  for (let count = 0; count < 5; count++) {
    recorded.run.startSpan("step");
    await pass(time, 4_000, 500);
  }
  assertEquals(asked(recorded), 0);
  await pass(time, 2_000);
  assertEquals(asked(recorded), 1);
  await recorded.run.finish();
});

Deno.test("RunRecorder() does not ask with a terminationPoll of null", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun({ terminationPoll: null });
  await pass(time, 100_000, 10_000);
  assertEquals(asked(recorded), 0);
  await recorded.run.finish();
});

Deno.test("RunRecorder() stops asking at the first 401 or 403, but not after another error", async () => {
  using time = new FakeTime();
  for (const status of [401, 403, 404, 500]) {
    const recorded = new RecordedRun({ terminationPoll: 5_000 }, { maxRetries: 3 });
    await settled();
    recorded.sandbox.faults.next({ kind: "status", status }, { match: ({ method }) => method === "GET" });
    await pass(time, 21_000, 500);
    assertEquals(asked(recorded), status < 404 ? 1 : 4, `${status}`);
    assertEquals(recorded.problems, []);
    await recorded.run.finish();
  }
});

Deno.test("RunRecorder.finish() stops asking and removes the listener", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun({ terminationPoll: 5_000 });
  const { id } = await recorded.run.ready;
  const signal = recorded.client.terminationSignal(id);
  assertEquals(countListeners(signal)(), 1);
  recorded.sandbox.faults.next({ kind: "hang" }, { match: ({ method }) => method === "GET" });
  await pass(time, 6_000, 1_000);
  await recorded.run.finish();
  assertEquals(countListeners(signal)(), 0);
  await pass(time, 60_000, 10_000);
  assertEquals(asked(recorded), 1);
  await settle(time, recorded.client.close());
});

Deno.test("RunRecorder.signal aborts if the run is terminated before its first span", async () => {
  const recorded = new RecordedRun();
  recorded.sandbox.faults.next({ kind: "delay", ms: 20 }, { match: ({ path }) => path.endsWith("/start") });
  await recorded.run.ready;
  terminate(recorded);
  recorded.run.startSpan("step");
  await recorded.run.flush();
  assertTerminated(recorded);
  await recorded.run.finish();
});

Deno.test("RunRecorder.signal aborts if the API refuses a request as a whole because the run is terminated", async () => {
  const sandbox = new PrefactorSandbox();
  const control = { terminate: true, reason: "Over budget" };
  const fetch: typeof globalThis.fetch = async (input, init) =>
    String(input).endsWith("/bulk")
      ? Response.json({ status: "error", code: "invalid_action", message: "No", control }, { status: 409 })
      : await sandbox.fetch(input as string, init);
  const recorded = new RecordedRun({}, { sandbox, fetch });
  recorded.run.startSpan("step");
  await recorded.run.finish();
  assertTerminated(recorded);
});
