import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  cutResponse,
  deadResponse,
  garbageResponse,
  isFromServer,
  never,
  respond,
  wait,
} from "../../src/testing/responses.ts";
import { countListeners, failureOf } from "../helpers.ts";

Deno.test("respond() creates a JSON response with the ID of the request and the headers that have a value", async () => {
  const response = respond("r-1", { status: 422, body: { status: "error" } }, {
    allow: "GET",
    vary: undefined,
  });
  assertEquals(response.status, 422);
  assertEquals([...response.headers], [
    ["allow", "GET"],
    ["content-type", "application/json; charset=utf-8"],
    ["x-request-id", "r-1"],
  ]);
  assertEquals(await response.json(), { status: "error" });
});

Deno.test("respond() omits the body if the status allows none", () => {
  for (const status of [204, 205, 304]) {
    assertEquals(respond("r-1", { status, body: {} }, {}).body, null, String(status));
  }
});

Deno.test("garbageResponse() is successful and not JSON", async () => {
  const response = garbageResponse("r-1");
  assertEquals([response.status, response.headers.get("x-request-id")], [200, "r-1"]);
  await assertRejects(() => response.json(), SyntaxError);
});

Deno.test("deadResponse() fails before its first byte, and cutResponse() after half of its length", async () => {
  await assertRejects(() => deadResponse().text(), TypeError);
  const response = cutResponse("r-1", { status: 201, body: { a: "12" } });
  assertEquals([response.status, response.headers.get("content-length")], [201, "10"]);
  const reader = response.body!.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), '{"a":');
  await assertRejects(() => reader.read(), TypeError);
});

Deno.test("isFromServer() recognizes what servers pass as the second argument", () => {
  const fromServers = [{ remoteAddr: {} }, { requestIP() {} }, { incoming: {} }];
  assertEquals(fromServers.map(isFromServer), [true, true, true]);
  assertEquals([undefined, {}, { method: "POST" }].map(isFromServer), [false, false, false]);
});

Deno.test("wait() resolves after the time, and removes its listener", async () => {
  using time = new FakeTime();
  const { signal } = new AbortController();
  const listeners = countListeners(signal);
  let isOver = false;
  const waiting = wait(50, signal).then(() => isOver = true);
  await time.tickAsync(49);
  assertEquals([isOver, listeners()], [false, 1]);
  await time.tickAsync(1);
  assertEquals([await waiting, listeners()], [true, 0]);
});

for (
  const [name, start] of [["wait", (signal: AbortSignal) => wait(50, signal)], ["never", never]] as const
) {
  Deno.test(`${name}() rejects with the reason of the signal, even if it aborted before`, async () => {
    const controller = new AbortController();
    const waiting = failureOf(start(controller.signal));
    controller.abort("stop");
    assertEquals(await waiting, "stop");
    assertEquals(await failureOf(start(controller.signal)), "stop");
  });
}
