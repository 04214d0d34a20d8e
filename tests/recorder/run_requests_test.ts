import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { parsePfid, type PrefactorApiError, PrefactorHttpClient } from "../../mod.ts";
import { RunRecorder } from "../../src/recorder/mod.ts";
import { PrefactorSandbox } from "../../src/testing/mod.ts";
import { settle } from "../helpers.ts";
import { AGENT, isBulk, pass, RecordedRun, report, settled, startRun } from "./setup.ts";

Deno.test("RunRecorder() creates IDs in the partition of account_id if the ID of the instance is not a PFID, else in a random one", async () => {
  const partitions: number[] = [];
  const accountId = "01jzf8g3kt00000a0123456789abcdef";
  for (const account_id of [accountId, "acme", "acme"]) {
    const sandbox = new PrefactorSandbox();
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const response = await sandbox.fetch(input as string, init);
      if (!String(input).endsWith("/register")) return response;
      const { details, ...rest } = await response.json();
      return Response.json({ ...rest, details: { ...details, account_id } });
    };
    const client = new PrefactorHttpClient(sandbox.config({ fetch, maxRetries: 0 }));
    const run = new RunRecorder(client, { ...AGENT, id: "run-1" });
    const span = run.startSpan("step");
    await run.finish();
    partitions.push(parsePfid(await span.id).partition);
  }
  assertEquals(partitions[0], parsePfid(accountId).partition);
  assert(partitions[1] !== partitions[2]);
});

Deno.test("RunRecorder() ignores a 409 of the start", async () => {
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

Deno.test("RunRecorder() halves a request that is rejected as a whole, down to the failed item", async () => {
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

Deno.test("RunRecorder.finish() ignores a 409 of the finish", async () => {
  const recorded = new RecordedRun();
  const { id } = await recorded.run.ready;
  await recorded.client.agentInstances.finish(id);
  await recorded.run.finish();
  assertEquals(recorded.problems, []);
});

Deno.test("RunRecorder() reports a rejected span and sends the items after it with the same keys", async () => {
  using time = new FakeTime();
  const recorded = await startRun();
  const { run, sandbox } = recorded;
  const known = run.startSpan("step");
  await pass(time, 100);
  const id = await known.id;
  const wrong = { payload: {}, startedAt: new Date() };
  for (const page of [1, 2, 3, 4]) {
    const span = run.startSpan(page === 2 ? "" : "step", { ...wrong, payload: { page } });
    if (page === 2) span.id.catch(() => recorded.problems.push({ kind: "payload", count: 99 }));
  }
  await pass(time, 100);
  assertEquals(recorded.items.slice(1).map(({ length }) => length), [4, 2]);
  assertEquals(recorded.items[2]!.map(({ idempotency_key }) => idempotency_key), [
    recorded.items[1]![2]!.idempotency_key,
    recorded.items[1]![3]!.idempotency_key,
  ]);
  assertEquals(recorded.problemKinds, ["not_recorded", "payload × 99"]);
  assertEquals(recorded.problems[0]!.schemaName, "");
  assertEquals(recorded.payloads, [{}, { page: 1 }, { page: 3 }, { page: 4 }]);
  assertEquals(await run.finish(), report({ recorded: 4, failed: 1 }));
  assertEquals(sandbox.spans.get(id)?.status, "complete");
});

Deno.test("RunRecorder() counts spans as failed if the API does not know the type of their end", async () => {
  using time = new FakeTime();
  const sandbox = new PrefactorSandbox();
  const fetch: typeof globalThis.fetch = (input, init) => {
    const body = String(init!.body).replaceAll("agent_spans/finish", "agent_spans/unknown");
    return sandbox.fetch(input as string, { ...init, body });
  };
  const recorded = await startRun({}, { sandbox, fetch });
  const spans = [1, 2].map((page) => recorded.run.startSpan("step", { payload: { page } }));
  await pass(time, 100);
  for (const span of spans) span.finish();
  recorded.run.startSpan("step", { payload: { page: 3 } }).finish();
  assertEquals(await settle(time, recorded.run.finish()), report({ recorded: 1, failed: 2 }));
  assertEquals(recorded.spans.map(({ status }) => status), ["active", "active", "complete"]);
});
