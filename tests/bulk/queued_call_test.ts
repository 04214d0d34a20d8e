import { assertEquals, assertInstanceOf, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import {
  type HttpRequester,
  type HttpRequestOptions,
  type JsonObject,
  PrefactorNetworkError,
  PrefactorNotFoundError,
} from "../../mod.ts";
import { QueuedCall } from "../../src/bulk/queued_call.ts";
import { countListeners, failureOf } from "../helpers.ts";

const REQUESTER: HttpRequester = { request: () => Promise.reject(new Error("Not called")) };
const PATH = "/api/v1/agent_spans/span%2F1/finish";
const KEY = "key-00001";

function queue(options: HttpRequestOptions = {}, path = PATH, method = "POST"): QueuedCall {
  return new QueuedCall(REQUESTER, method, path, {
    json: { idempotency_key: KEY, status: "failed" },
    ...options,
  });
}

Deno.test("QueuedCall.item is the call as an item of a bulk request", () => {
  const { item, options } = queue();
  assertEquals([item?.type, item?.key, item?.bytes], ["agent_spans/finish", KEY, item?.json.length]);
  assertEquals(JSON.parse(item!.json), {
    _type: "agent_spans/finish",
    agent_span_id: "span/1",
    idempotency_key: KEY,
    status: "failed",
  });
  assertEquals(JSON.parse(JSON.stringify(options.json)), { idempotency_key: KEY, status: "failed" });
  assertEquals(options.idempotencyKey, KEY);
});

for (
  const [name, call] of [
    ["another method", () => queue({}, PATH, "PUT")],
    ["another path", () => queue({}, "/api/v1/agent_spans/s/other")],
    ["a query", () => queue({}, `${PATH}?a=1`)],
    ["a path that cannot be decoded", () => queue({}, "/api/v1/agent_spans/%E0/finish")],
    ["an option of its own", () => queue({ timeout: 5 })],
    ["no key", () => queue({ json: {} })],
    ["two keys", () => queue({ idempotencyKey: "key-00002" })],
    ["a field _type", () => queue({ json: { idempotency_key: KEY, _type: "x" } })],
    ["a body that JSON cannot hold", () => queue({ json: { idempotency_key: KEY, a: 1n } })],
  ] as const
) {
  Deno.test(`QueuedCall.item is undefined for a call with ${name}`, () => {
    assertEquals(call().item, undefined);
  });
}

Deno.test("QueuedCall settles once", async () => {
  const call = queue();
  const [first, second] = [{ body: { status: "success" } }, { body: {} }];
  call.resolve(first);
  call.resolve(second);
  call.reject(new Error("Too late"));
  assertStrictEquals(await call.response, first);
  assertEquals(call.isSettled, true);
});

Deno.test("QueuedCall rejects with the reason of its signal, and removes its listener when it settles", async () => {
  const controller = new AbortController();
  const listeners = countListeners(controller.signal);
  const settled = queue({ signal: controller.signal });
  const aborted = queue({ signal: controller.signal });
  settled.resolve({ body: {} });
  assertEquals(listeners(), 1);
  controller.abort("stop");
  assertEquals([await settled.response, await failureOf(aborted.response)], [{ body: {} }, "stop"]);
  assertEquals(await failureOf(queue({ signal: controller.signal }).response), "stop");
  assertEquals(listeners(), 0);
});

Deno.test("QueuedCall.settle() resolves to a successful output, or rejects with the error of a failed one", async () => {
  const response = { body: { outputs: {} }, requestId: "r-1" };
  const success: JsonObject & { status: "success" } = { status: "success", details: { id: "s-1" } };
  const call = queue();
  call.settle(success, response);
  assertEquals(await call.response, { ...response, body: success });

  const failed = queue();
  failed.settle({ status: "error", code: "not_found", message: "No such span" }, response);
  const error = await failureOf(failed.response);
  assertInstanceOf(error, PrefactorNotFoundError);
  assertEquals([error.requestId, error.request], ["r-1", {
    method: "POST",
    path: PATH,
    idempotencyKey: KEY,
  }]);
});

Deno.test("QueuedCall.rejectWithCopy() rejects each call with a separate error", async () => {
  const request = { method: "POST", path: "/api/v1/bulk" };
  const cause = new TypeError("Refused");
  const shared = new PrefactorNetworkError("Failed", { request, cause });
  const call = queue();
  call.rejectWithCopy(shared);
  const error = await failureOf(call.response);
  assertInstanceOf(error, PrefactorNetworkError);
  assertNotStrictEquals(error, shared);
  assertEquals([error.message, error.request?.path, shared.request], ["Failed", PATH, request]);
  assertStrictEquals(error.cause, cause);

  const other = queue();
  other.rejectWithCopy("stop");
  assertEquals(await failureOf(other.response), "stop");
});
