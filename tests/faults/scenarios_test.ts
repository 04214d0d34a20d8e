import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertMatch,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { PrefactorNetworkError } from "../../mod.ts";
import { failureOf } from "../helpers.ts";
import {
  assertSameBytes,
  CONFIG,
  forbidUnhandledRejections,
  lastFailureOf,
  makeCaller,
  SLACK,
  timed,
} from "./caller.ts";
import { rawResponse, RawServer, reply, SUCCESS } from "./raw_server.ts";
import { type Scenario, SCENARIOS } from "./scenarios.ts";

const healthy = reply(rawResponse(200, {}, SUCCESS));

/** Returns a body that differs each time it is serialised, with characters of one to four bytes. */
function makeBody(): object {
  let written = 0;
  return { toJSON: () => ({ written: ++written, text: 'a"\\\n é \u2028 → 𝄞' }) };
}

function assertFacts(value: object, { facts = {} }: Scenario): void {
  for (const [name, fact] of Object.entries(facts)) {
    assert(Object.is((value as Record<string, unknown>)[name], fact), `${name} differs`);
  }
}

function assertError(error: unknown, scenario: Scenario): void {
  const { error: kind, says } = scenario;
  assert(error instanceof Error, `Not an error: ${Deno.inspect(error)}`);
  assertStrictEquals(error.constructor, kind, `${error.name}: ${error.message}`);
  assertFacts(error, scenario);
  const cause = error.cause as { message?: string; cause?: unknown } | undefined;
  if (says) assertStringIncludes(`${error.message} ${cause?.message} ${Deno.inspect(cause?.cause)}`, says);
}

/** Returns the longest time that the attempts may take, in ms. */
function longest({ config = {} }: Scenario, attempts: number): number {
  const { requestTimeout = 0 } = config;
  return attempts * (requestTimeout + CONFIG.maxRetryDelay) + SLACK;
}

/** Runs the scenario on the first `times` connections and responds normally on later ones. */
function startServer({ play }: Scenario, times: number): Promise<RawServer> {
  return RawServer.start((connection, index) => (index < times ? play : healthy)(connection, index));
}

for (const scenario of SCENARIOS) {
  const { name, error: kind, retried = false, config = {} } = scenario;
  const attempts = retried ? CONFIG.maxRetries + 1 : 1;

  Deno.test(`PrefactorHttpClient.request() ${kind ? "rejects" : "resolves"} after ${name}`, async () => {
    await using _rejections = forbidUnhandledRejections();
    await using server = await startServer(scenario, attempts);
    const { client, sent } = makeCaller(server.url, config);
    const call = client.request("POST", "/api/v1/x", { json: makeBody() });
    if (kind) {
      const { value: { error, exhausted }, ms } = await timed(lastFailureOf(call));
      assertError(error, scenario);
      assertEquals(exhausted, retried ? attempts : undefined);
      assertLess(ms, longest(scenario, attempts));
    } else {
      assertFacts(await call, scenario);
    }
    assertEquals([sent.length, server.connections], [attempts, attempts]);
    assertSameBytes(sent, server.requests);
    assert(await server.idle(SLACK), "The client keeps a connection open");

    // the next call is not affected
    assertEquals(await client.request("GET", "/api/v1/x"), { status: "success" });
    await client.close();
  });

  if (!retried) continue;

  Deno.test(`PrefactorHttpClient.request() retries after ${name}`, async () => {
    await using _rejections = forbidUnhandledRejections();
    await using server = await startServer(scenario, 1);
    const { client, sent } = makeCaller(server.url, config);
    const call = client.request("POST", "/api/v1/x", { json: makeBody() });
    assertEquals(await call, { status: "success" });
    assertEquals(sent.length, 2);
    assertSameBytes(sent, server.requests);
    await client.close();
  });

  Deno.test(`PrefactorHttpClient.request() without retries rejects with the unwrapped error after ${name}`, async () => {
    await using _rejections = forbidUnhandledRejections();
    await using server = await startServer(scenario, 1);
    const { client, sent } = makeCaller(server.url, { ...config, maxRetries: 0 });
    assertError(await failureOf(client.request("POST", "/api/v1/x", { json: makeBody() })), scenario);
    assertEquals(sent.length, 1);
    await client.close();
  });
}

Deno.test("PrefactorHttpClient.request() rejects after a refused connection", async () => {
  await using _rejections = forbidUnhandledRejections();
  const server = await RawServer.start(healthy);
  const { url } = server;
  await server[Symbol.asyncDispose]();
  const { client, sent } = makeCaller(url);
  const call = lastFailureOf(client.request("POST", "/api/v1/x", { json: makeBody() }));
  const { value: { error, exhausted }, ms } = await timed(call);
  assertInstanceOf(error, PrefactorNetworkError);
  assertMatch(Deno.inspect(error.cause), /refused/i);
  assertEquals([exhausted, sent.length], [3, 3]);
  assertSameBytes(sent, []);
  assertLess(ms, 3 * CONFIG.maxRetryDelay + SLACK);
  await client.close();
});

Deno.test("PrefactorHttpClient.request() rejects if the server does not support TLS", async () => {
  await using _rejections = forbidUnhandledRejections();
  await using server = await RawServer.start(healthy);
  const { client, sent } = makeCaller(server.url.replace("http:", "https:"), { connectTimeout: 500 });
  const { error, exhausted } = await lastFailureOf(client.request("POST", "/api/v1/x", { json: makeBody() }));
  assertInstanceOf(error, PrefactorNetworkError);
  assertEquals([exhausted, sent.length], [3, 3]);
  assertSameBytes(sent, []);
  await client.close();
});
