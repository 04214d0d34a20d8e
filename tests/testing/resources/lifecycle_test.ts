import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { ErrorReply } from "../../../src/testing/replies.ts";
import { changesOfFinish, invalidAction, timestampOf } from "../../../src/testing/resources/lifecycle.ts";

const TIME = "2024-05-06T07:08:09.000Z";

Deno.test("invalidAction() creates a 409 that names the status", () => {
  const { status, code, message } = invalidAction("start", "span", "failed");
  assertEquals([status, code, message], [
    409,
    "invalid_action",
    'Cannot start the span: its status is "failed"',
  ]);
});

Deno.test("timestampOf() defaults to the current time", () => {
  using _time = new FakeTime(TIME);
  assertEquals(timestampOf({ timestamp: "2020-01-01T00:00:00Z" }), "2020-01-01T00:00:00Z");
  assertEquals([timestampOf({}), timestampOf({ timestamp: null })], [TIME, TIME]);
});

for (
  const [status, from, changes] of [
    [undefined, "active", { status: "complete", finished_at: TIME }],
    [null, "active", { status: "complete", finished_at: TIME }],
    ["failed", "active", { status: "failed", finished_at: TIME }],
    ["cancelled", "pending", { status: "cancelled", finished_at: TIME, started_at: TIME }],
  ] as const
) {
  Deno.test(`changesOfFinish() finishes with the status ${status} if the current one is ${from}`, () => {
    assertEquals(changesOfFinish({ status, timestamp: TIME }, "span", from), changes);
  });
}

for (
  const [status, from, action] of [
    ["complete", "pending", "finish"],
    ["failed", "complete", "finish"],
    ["cancelled", "active", "cancel"],
    ["cancelled", "terminated", "cancel"],
  ] as const
) {
  Deno.test(`changesOfFinish() rejects the status ${status} if the current one is ${from}`, () => {
    const error = assertThrows(() => changesOfFinish({ status }, "instance", from), ErrorReply);
    assertEquals(error.message, `Cannot ${action} the instance: its status is "${from}"`);
  });
}
