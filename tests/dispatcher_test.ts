import {
  assert,
  assertEquals,
  assertFalse,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLess,
  assertStrictEquals,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  isPrefactorHttpError,
  PrefactorApiError,
  PrefactorNetworkError,
  PrefactorResponseContractError,
  PrefactorRetryExhaustedError,
} from "../mod.ts";
import { type Answer, failure, failureOf, inTurn, json, makeClient, ok, settle, TOKEN } from "./helpers.ts";

Deno.test("PrefactorHttpClient.request() retries network errors, timeouts and transient statuses", async (t) => {
  const broken = () =>
    new Response(new ReadableStream({ start: (controller) => controller.error(new TypeError("Reset")) }));
  const cases: [name: string, respond: () => Response | Promise<Response>][] = [
    ["a network error", () => Promise.reject(new TypeError("Refused"))],
    ["a fetch that throws a string", () => Promise.reject("Refused")],
    ["an interrupted body", broken],
    ["a timeout", () => new Promise<never>(() => {})],
    ...[429, 500, 502, 503, 504].flatMap((status) =>
      [
        [`a ${status}`, () => failure(status)],
        [`a ${status} with HTML`, () => new Response("<html>", { status })],
        [`a ${status} with an empty body`, () => new Response(null, { status })],
      ] as [string, () => Response][]
    ),
  ];
  for (const [name, respond] of cases) {
    await t.step(name, async () => {
      using time = new FakeTime();
      const { client, sent } = makeClient(inTurn(respond, respond, ok));
      assertEquals(await settle(time, client.request("POST", "/x")), { status: "success" });
      assertEquals(sent.length, 3);
      assertEquals(new Set(sent.map(({ headers }) => headers.get("idempotency-key"))).size, 1);
    });
  }
});

Deno.test("PrefactorHttpClient.request() does not retry anything else", async (t) => {
  const cases: [name: string, respond: Answer][] = [
    ...[400, 401, 403, 404, 408, 409, 410, 422, 501, 505].map((status) =>
      [`a ${status}`, () => failure(status)] as [string, Answer]
    ),
    ["a 200 with garbage", () => new Response("<html>")],
    ["a 200 with an array", () => json([])],
    ["a 501 with garbage", () => new Response("<html>", { status: 501 })],
    ["a redirect", () => new Response(null, { status: 307 })],
    ["a response over maxResponseBytes", () => new Response("x".repeat(2_000))],
  ];
  for (const [name, respond] of cases) {
    await t.step(name, async () => {
      const { client, sent } = makeClient(respond, { maxResponseBytes: 1_000 });
      const error = await failureOf(client.request("POST", "/x"));
      assertFalse(error instanceof PrefactorRetryExhaustedError);
      assert(isPrefactorHttpError(error));
      assertEquals(sent.length, 1);
    });
  }
});

Deno.test("endpoint methods do not retry a response that does not match its model", async () => {
  const { client, sent } = makeClient(() => json({ status: "success", details: {} }));
  assertInstanceOf(await failureOf(client.agentSpans.finish("s")), PrefactorResponseContractError);
  assertEquals(sent.length, 1);
});

Deno.test("retryOnStatusCodes lists the statuses that are retried", async (t) => {
  for (const [status, attempts] of [[409, 2], [599, 2], [503, 1], [429, 1]] as const) {
    await t.step(`a ${status}`, async () => {
      using time = new FakeTime();
      const { client, sent } = makeClient(() => failure(status), {
        retryOnStatusCodes: [409, 599],
        maxRetries: 1,
      });
      await failureOf(settle(time, client.request("GET", "/x")));
      assertEquals(sent.length, attempts);
    });
  }
});

Deno.test("PrefactorHttpClient.request() sends the same request at each attempt", async () => {
  using time = new FakeTime();
  const { client, sent } = makeClient(
    inTurn(() => failure(503), () => Promise.reject(new TypeError("Refused")), () => failure(429), ok),
  );
  const body = { count: 0, toJSON: () => ({ count: ++body.count }) };
  const headers = { "X-Extra": "1" };
  const call = client.request("POST", "/x", { json: body, headers, params: { at: "now" } });
  headers["X-Extra"] = "2";
  await settle(time, call);
  assertEquals(sent.length, 4);
  for (const { method, url, body, headers } of sent) {
    assertEquals([method, url, body], ["POST", "https://api.example.test/x?at=now", '{"count":1}']);
    assertEquals([...headers], [...sent[0]!.headers]);
  }
});

Deno.test("bulk and endpoint methods send the same key at each attempt", async () => {
  using time = new FakeTime();
  const { client, sent } = makeClient(() => failure(503), { maxRetries: 2 });
  const items = [{ _type: "agent_spans/finish", idempotency_key: "finish-0001" }];
  await failureOf(settle(time, client.bulk.execute({ items })));
  await failureOf(settle(time, client.agentSpans.finish("s", { idempotency_key: "mine" })));
  const keys = sent.map(({ headers }) => headers.get("idempotency-key"));
  assertEquals(new Set(keys.slice(0, 3)).size, 1);
  assertEquals(keys.slice(3), ["mine", "mine", "mine"]);
  assertEquals(new Set(sent.slice(0, 3).map(({ body }) => body)).size, 1);
});

Deno.test("PrefactorHttpClient.request() waits as long as Retry-After says", async (t) => {
  const date = (ms: number) => new Date(Date.now() + ms).toUTCString();
  const cases: [string, () => HeadersInit, number, number, number | undefined][] = [
    ["a number of seconds", () => ({ "retry-after": "7" }), 7_000, 7_701, 7_000],
    ["a delay as long as maxRetryDelay", () => ({ "retry-after": "60" }), 60_000, 60_001, 60_000],
    ["a delay less than the backoff", () => ({ "retry-after": "0.1" }), 500, 1_000, 100],
    ["a delay of 0", () => ({ "retry-after": "0" }), 500, 1_000, 0],
    ["a date", () => ({ "retry-after": date(8_000), date: date(0) }), 8_000, 8_801, 8_000],
    [
      "a date by a server whose clock is ahead",
      () => ({ "retry-after": date(98_000), date: date(90_000) }),
      8_000,
      8_801,
      8_000,
    ],
    ["a date in the past", () => ({ "retry-after": date(-8_000) }), 500, 1_000, 0],
    ["a number of milliseconds", () => ({ "retry-after-ms": "2500" }), 2_500, 2_751, 2_500],
    ["a negative delay", () => ({ "retry-after": "-5" }), 500, 1_000, undefined],
    ["a text", () => ({ "retry-after": "soon" }), 500, 1_000, undefined],
    ["a text that Date.parse accepts", () => ({ "retry-after": "2099" + "x" }), 500, 1_000, undefined],
    ["no header", () => ({}), 500, 1_000, undefined],
  ];
  for (const [name, headers, least, most, retryAfter] of cases) {
    for (const body of [undefined, "<html>"]) {
      await t.step(`for ${name}${body ? ", with a body that is not JSON" : ""}`, async () => {
        using time = new FakeTime(new Date("2026-01-01T00:00:00Z"));
        const at: number[] = [];
        const { client } = makeClient(() => {
          at.push(Date.now());
          return body === undefined
            ? failure(503, headers())
            : new Response(body, { status: 503, headers: headers() });
        }, { maxRetries: 1 });
        const error = await failureOf(settle(time, client.request("GET", "/x")));
        assertInstanceOf(error, PrefactorRetryExhaustedError);
        assertEquals((error.lastError as PrefactorApiError).retryAfter, retryAfter);
        assertGreaterOrEqual(at[1]! - at[0]!, least);
        assertLess(at[1]! - at[0]!, most + 1);
      });
    }
  }
});

Deno.test("PrefactorHttpClient.request() fails immediately if Retry-After is longer than maxRetryDelay", async (t) => {
  for (const text of ["61", "99999999999999999999", "9".repeat(400), "Fri, 31 Dec 9999 23:59:59 GMT"]) {
    await t.step(`a Retry-After of ${text.slice(0, 30)}`, async () => {
      using time = new FakeTime(new Date("2026-01-01T00:00:00Z"));
      const { client, sent } = makeClient(() => failure(429, { "retry-after": text }));
      const error = await failureOf(client.request("GET", "/x"));
      assertInstanceOf(error, PrefactorRetryExhaustedError);
      assertInstanceOf(error.lastError, PrefactorApiError);
      assert(error.lastError.retryAfter! > 60_000);
      assertEquals([error.attempts, sent.length], [1, 1]);
      assertFalse(time.next());
    });
  }
});

Deno.test("maxRetries of a call replaces maxRetries of the config", async (t) => {
  for (const [config, call, attempts] of [[3, 0, 1], [0, 2, 3], [1, undefined, 2]] as const) {
    await t.step(`${call} in place of ${config}`, async () => {
      using time = new FakeTime();
      const { client, sent } = makeClient(() => failure(503), { maxRetries: config });
      const error = await failureOf(settle(time, client.request("GET", "/x", { maxRetries: call })));
      assertEquals(sent.length, attempts);
      if (attempts === 1) assertInstanceOf(error, PrefactorApiError);
      else assertInstanceOf(error, PrefactorRetryExhaustedError);
    });
  }
});

Deno.test("PrefactorHttpClient.request() rejects with the error itself if maxRetries is 0", async (t) => {
  const cases: [name: string, respond: Answer, kind: new (...args: never[]) => Error][] = [
    ["a 503", () => failure(503), PrefactorApiError],
    ["a 503 with Retry-After", () => failure(503, { "retry-after": "9999" }), PrefactorApiError],
    ["a 502 with HTML", () => new Response("<html>", { status: 502 }), PrefactorResponseContractError],
    ["a network error", () => Promise.reject(new TypeError("Refused")), PrefactorNetworkError],
  ];
  for (const [name, respond, kind] of cases) {
    await t.step(name, async () => {
      const { client } = makeClient(respond, { maxRetries: 0 });
      const error = await failureOf(client.request("GET", "/x"));
      assertStrictEquals((error as Error).constructor, kind);
    });
  }
});

Deno.test("PrefactorRetryExhaustedError holds the number of attempts and the last error", async () => {
  using time = new FakeTime();
  const { client } = makeClient(inTurn(() => failure(500), () => failure(502), () => failure(504)), {
    maxRetries: 2,
  });
  const error = await failureOf(settle(time, client.request("GET", "/x")));
  assertInstanceOf(error, PrefactorRetryExhaustedError);
  assertInstanceOf(error.lastError, PrefactorApiError);
  assertStrictEquals(error.cause, error.lastError);
  assertEquals([error.attempts, error.lastError.statusCode], [3, 504]);
});

Deno.test("a POST or PATCH without a key is retried only if it cannot have been carried out", async (t) => {
  const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const cases: [name: string, respond: Answer, isRetried: boolean][] = [
    ["a refused connection", () => Promise.reject(new TypeError("fetch failed", { cause: refused })), true],
    ["a 429", () => failure(429), true],
    ["a 503", () => failure(503), true],
    ["a 503 with HTML", () => new Response("<html>", { status: 503 }), true],
    ["a 500", () => failure(500), false],
    ["a 502", () => failure(502), false],
    ["a 504", () => failure(504), false],
    ["a reset connection", () => Promise.reject(new TypeError("connection reset")), false],
    ["a timeout", () => new Promise<never>(() => {}), false],
  ];
  for (const [name, respond, isRetried] of cases) {
    for (const [method, key] of [["POST", null], ["PATCH", undefined]] as const) {
      await t.step(`a ${method} after ${name}`, async () => {
        using time = new FakeTime();
        const { client, sent } = makeClient(respond);
        const error = await failureOf(settle(time, client.request(method, "/x", { idempotencyKey: key })));
        assertEquals(
          [sent.length, error instanceof PrefactorRetryExhaustedError],
          isRetried ? [4, true] : [1, false],
        );
      });
    }
  }
});

Deno.test("GET, PUT, DELETE and whatever carries a key is retried", async (t) => {
  const cases: [method: string, key?: string][] = [["GET"], ["PUT"], ["DELETE"], ["POST"], [
    "PATCH",
    "key-1",
  ]];
  for (const [method, idempotencyKey] of cases) {
    await t.step(`a ${method}`, async () => {
      using time = new FakeTime();
      const { client, sent } = makeClient(() => Promise.reject(new TypeError("connection reset")));
      await failureOf(settle(time, client.request(method, "/x", { idempotencyKey })));
      assertEquals(sent.length, 4);
    });
  }
});

Deno.test("an untrusted certificate is not retried", async () => {
  const cause = Object.assign(new Error("self-signed certificate"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  const { client, sent } = makeClient(() => Promise.reject(new TypeError("fetch failed", { cause })));
  const error = await failureOf(client.request("GET", "/x"));
  assertInstanceOf(error, PrefactorNetworkError);
  assertEquals([error.message, sent.length], ["GET /x failed: self-signed certificate", 1]);
});

Deno.test("a 404 to a DELETE that was retried means that it is done", async () => {
  using time = new FakeTime();
  const { client, sent } = makeClient(inTurn(() => failure(503), () => failure(404)));
  assertEquals(await settle(time, client.request("DELETE", "/x")), {});
  assertEquals(sent.length, 2);
  const { client: once } = makeClient(() => failure(404));
  assertInstanceOf(await failureOf(once.request("DELETE", "/x")), PrefactorApiError);
  const { client: get } = makeClient(inTurn(() => failure(503), () => failure(404)));
  assertInstanceOf(await failureOf(settle(time, get.request("GET", "/x"))), PrefactorApiError);
});

Deno.test("PrefactorRetryExhaustedError has the errors of the last ten attempts, of which the last keeps its body", async () => {
  using time = new FakeTime();
  const { client } = makeClient((_sent, index) => json({ code: `c${index}`, message: "m" }, 503), {
    maxRetries: 12,
  });
  const error = await failureOf(settle(time, client.request("POST", "/x", { idempotencyKey: "key-1" })));
  assertInstanceOf(error, PrefactorRetryExhaustedError);
  const failures = error.failures as PrefactorApiError[];
  assertEquals([error.attempts, failures.length], [13, 10]);
  assertEquals(failures.map(({ code }) => code), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((n) => `c${n}`));
  assertEquals(failures.filter(({ body }) => body !== undefined), [error.lastError]);
  assertEquals(error.request, { method: "POST", path: "/x", idempotencyKey: "key-1" });
});

Deno.test("the stack of an error leads to the line of the caller", async () => {
  using time = new FakeTime();
  async function callOfTheUser(answer: Answer): Promise<unknown> {
    const { client } = makeClient(answer, { maxRetries: 1, totalTimeout: 20_000 });
    try {
      return await client.agentSpans.finish("s-1");
    } catch (error) {
      return error;
    }
  }
  const hang = () => new Promise<never>(() => {});
  for (
    const answer of [hang, () => failure(404), () => failure(503), () => Promise.reject(new Error("m")), ok]
  ) {
    const error = await settle(time, callOfTheUser(answer)) as Error;
    assert(isPrefactorHttpError(error));
    assert(error.stack!.includes("callOfTheUser"), error.stack);
    assert(error.stack!.startsWith(`${error.name}: ${error.message}`), error.stack);
  }
});

Deno.test("a token in a path is in no message and no hook event", async () => {
  using time = new FakeTime();
  const events: unknown[] = [];
  const watch = (event: unknown) => events.push(event);
  const hooks = { onRequest: watch, onResponse: watch, onError: watch, onRetry: watch };
  const { client } = makeClient(() => new Promise<never>(() => {}), { hooks, totalTimeout: 40_000 });
  const error = await failureOf(settle(time, client.request("GET", `/x/${TOKEN}`)));
  const { client: failing } = makeClient(() => failure(404), { hooks });
  const other = await failureOf(failing.request("GET", `/x/${TOKEN}`));
  for (const value of [error, other, ...events]) {
    assertFalse(Deno.inspect(value, { depth: 9 }).includes(TOKEN));
  }
});
