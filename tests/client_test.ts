import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PrefactorResponseContractError } from "../mod.ts";
import { failure, failureOf, inTurn, json, makeClient, ok, settle } from "./helpers.ts";

Deno.test("PrefactorHttpClient.send() resolves to the body, the status, the headers and the request ID", async () => {
  const body = { status: "success", n: 1 };
  const { client } = makeClient(() => json(body, 201, { "x-request-id": "req-1", "x-other": "2" }));
  const response = await client.send("POST", "/x");
  assertEquals(Object.keys(response).sort(), [
    "attempts",
    "body",
    "duration",
    "headers",
    "requestId",
    "statusCode",
  ]);
  assertEquals([response.statusCode, response.requestId, response.attempts], [201, "req-1", 1]);
  assertInstanceOf(response.headers, Headers);
  assertEquals(response.headers.get("x-other"), "2");
  assertEquals(response.body, body);
});

Deno.test("PrefactorHttpClient.send() counts the attempts and measures the time of all of them", async () => {
  using time = new FakeTime();
  const { client } = makeClient(inTurn(() => failure(503), () => failure(503), ok), {
    initialRetryDelay: 1_000,
    retryMultiplier: 1,
  });
  const { attempts, duration } = await settle(time, client.send("GET", "/x"));
  assertEquals(attempts, 3);
  assert(duration >= 1_000 && duration <= 2_000, `It is ${duration}`);
});

Deno.test("PrefactorHttpClient.send() leaves requestId undefined without the header", async () => {
  const { client } = makeClient(ok);
  assertStrictEquals((await client.send("GET", "/x")).requestId, undefined);
});

Deno.test("PrefactorHttpClient.request() resolves to the body of send()", async () => {
  const { client } = makeClient(() => json({ n: 1 }));
  assertEquals(await client.request("GET", "/x"), (await client.send("GET", "/x")).body);
});

Deno.test("the contract error of an endpoint method has the status and the request ID", async () => {
  const { client } = makeClient(() =>
    json({ status: "success", details: {} }, 201, { "x-request-id": "req-2" })
  );
  const error = await failureOf(client.agentSpans.finish("s-1"));
  assertInstanceOf(error, PrefactorResponseContractError);
  assertEquals([error.statusCode, error.requestId, error.path], [201, "req-2", "details.type"]);
  assertEquals([error.request?.method, error.request?.path], ["POST", "/api/v1/agent_spans/s-1/finish"]);
  assert(error.request?.idempotencyKey);
});

Deno.test("a contract error of an endpoint names the field of the whole response, however long it is", async () => {
  const details = {
    type: "agent_span",
    id: "s-1",
    payload: { text: "x".repeat(2 ** 20) },
    agent_instance_id: 5,
  };
  const { client } = makeClient(() => json({ status: "success", details }));
  const error = await failureOf(client.agentSpans.finish("s-1"));
  assertInstanceOf(error, PrefactorResponseContractError);
  assertEquals(error.path, "details.agent_instance_id");
});
