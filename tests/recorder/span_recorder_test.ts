import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { isPfid, parsePfid } from "../../mod.ts";
import { failureOf } from "../helpers.ts";
import { pass, RecordedRun } from "./setup.ts";

Deno.test("span() rejects with what the step throws, and records a failed span with the error", async () => {
  const thrown: [thrown: unknown, error: { name: string; message: string }][] = [
    [new RangeError("Too far"), { name: "RangeError", message: "Too far" }],
    [new DOMException("Stopped", "AbortError"), { name: "AbortError", message: "Stopped" }],
    ["just a text", { name: "string", message: "just a text" }],
    [undefined, { name: "undefined", message: "undefined" }],
  ];
  for (const [error, recorded] of thrown) {
    const { run, client, ...all } = new RecordedRun();
    const throwing = run.span("step", () => {
      throw error;
    });
    assertStrictEquals(await failureOf(throwing), error);
    assertStrictEquals(await failureOf(run.span("step", () => Promise.reject(error))), error);
    const withResult = run.span("step", (span) => {
      span.setResult({ tries: 3 });
      throw error;
    });
    assertStrictEquals(await failureOf(withResult), error);
    await run.finish();
    const spans = [...all.sandbox.spans.values()];
    assertEquals(spans.map(({ status }) => status), ["failed", "failed", "failed"]);
    assertEquals(spans.map(({ result_payload }) => result_payload), [
      { error: recorded },
      { error: recorded },
      { tries: 3 },
    ]);
    await client.close();
  }
});

Deno.test("span() records an error that throws when it is read", async () => {
  const recorded = new RecordedRun();
  const { run } = recorded;
  const trap = Object.defineProperty(new Error("x"), "name", {
    get: () => {
      throw new Error("trap");
    },
  });
  assertStrictEquals(await failureOf(run.span("step", () => Promise.reject(trap))), trap);
  await run.finish();
  assertEquals(recorded.spans.map(({ result_payload }) => result_payload), [
    { error: { name: "Error", message: "x" } },
  ]);
});

Deno.test("span() accepts a step without options, and with undefined ones", async () => {
  const recorded = new RecordedRun();
  const { run } = recorded;
  assertEquals(await run.span("step", () => 1), 1);
  assertEquals(await run.span("step", undefined, (span) => span.span("step", () => 2)), 2);
  await run.finish();
  assertEquals(recorded.payloads, [{}, {}, {}]);
});

Deno.test("startSpan() records steps that are not a single function", async () => {
  using _time = new FakeTime("2024-05-06T07:08:09.000Z");
  const recorded = new RecordedRun();
  const { run } = recorded;
  const outer = run.startSpan("step", { startedAt: new Date("2024-05-06T07:00:00Z"), payload: { a: 1 } });
  const inner = outer.startSpan("step", { startedAt: "2024-05-06T07:01:00Z", sensitiveEncoding: true });
  inner.finish({ status: "failed", result: { b: 2 } });
  inner.finish({ status: "complete", result: { b: 3 } });
  {
    using _disposed = outer.startSpan("step");
  }
  outer.setResult({ c: 3 });
  outer.finish();
  outer.finish({ status: "failed" });
  await run.finish();
  assertEquals(
    recorded.spans.map(({ status, started_at, result_payload }) => [status, started_at, result_payload]),
    [
      ["complete", "2024-05-06T07:00:00.000Z", { c: 3 }],
      ["failed", "2024-05-06T07:01:00Z", { b: 2 }],
      ["complete", "2024-05-06T07:08:09.000Z", null],
    ],
  );
  const [outerId] = recorded.spans.map(({ id }) => id);
  assertEquals(recorded.spans.map(({ parent_span_id }) => parent_span_id), [null, outerId, outerId]);
  assertEquals(
    recorded.items.flat().map(({ details }) => (details as Record<string, unknown>)["sensitive_encoding"]),
    [
      undefined,
      true,
      undefined,
    ],
  );
});

Deno.test("SpanRecorder.id resolves when the start is recorded, to an ID in the partition of the account", async () => {
  using time = new FakeTime();
  const recorded = new RecordedRun();
  const outer = recorded.run.startSpan("step");
  const inner = outer.startSpan("step");
  let id: string | undefined;
  inner.id.then((value) => id = value);
  assertStrictEquals(inner.id, inner.id);
  await pass(time, 0);
  assertEquals(recorded.spans.map(({ id }) => id), [await outer.id, await inner.id]);
  assertEquals(id, await inner.id);
  for (const span of recorded.spans) {
    assert(isPfid(span.id));
    assertEquals(parsePfid(span.id).partition, parsePfid(span.agent_instance_id).partition);
  }
  await recorded.run.finish();
});
