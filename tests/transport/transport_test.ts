import {
  assert,
  assertEquals,
  assertFalse,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import {
  type HttpRequestOptions,
  isPrefactorHttpError,
  PrefactorApiError,
  PrefactorAuthError,
  PrefactorClientError,
  PrefactorNetworkError,
  PrefactorNotFoundError,
  PrefactorResponseContractError,
  PrefactorRetryExhaustedError,
  PrefactorValidationError,
  VERSION,
} from "../../mod.ts";
import {
  type Answer,
  failure,
  failureOf,
  inTurn,
  json,
  makeClient,
  ok,
  settle,
  TOKEN,
  turn,
} from "../helpers.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function firstLine(value: unknown): string {
  return Deno.inspect(value).split("\n")[0]!.slice(0, 80);
}

// what is sent

Deno.test("PrefactorHttpClient.request() sends what it is given", async () => {
  const { client, sent } = makeClient(ok);
  await client.request("POST", "/api/v1/x", { json: { a: [1, "é", null] }, params: { q: "1" } });
  const [request] = sent;
  assertEquals(request!.method, "POST");
  assertEquals(request!.url, "https://api.example.test/api/v1/x?q=1");
  assertEquals(request!.body, '{"a":[1,"é",null]}');
  assertEquals(request!.init.redirect, "manual");
  assertInstanceOf(request!.init.signal, AbortSignal);
  const { "idempotency-key": key, ...headers } = Object.fromEntries(request!.headers);
  assertEquals(headers, {
    "accept": "application/json",
    "authorization": `Bearer ${TOKEN}`,
    "content-type": "application/json",
    "x-prefactor-sdk": `@prefactor/http@${VERSION}`,
  });
  assertMatch(key!, UUID);
});

Deno.test("PrefactorHttpClient.request() gives back the JSON object that came", async () => {
  const answer = { status: "success", more: { deep: [1, null, "ü"] }, __proto__x: 1 };
  const { client } = makeClient(() => json(answer));
  assertEquals<unknown>(await client.request("GET", "/x"), answer);
});

Deno.test("PrefactorHttpClient.request() takes every 2xx with a JSON object", async (t) => {
  for (let status = 200; status < 300; status++) {
    if ([204, 205].includes(status)) continue;
    await t.step(String(status), async () => {
      const { client } = makeClient(() => json({ status }, status));
      assertEquals(await client.request("GET", "/x"), { status });
    });
  }
});

Deno.test("all attempts send the same", async () => {
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

Deno.test("all attempts of a bulk request and of an endpoint carry the same key", async () => {
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

Deno.test("a fetch that changes its init changes no other attempt", async () => {
  using time = new FakeTime();
  const { client, sent } = makeClient(({ init }, index) => {
    if (init.headers && !(init.headers instanceof Headers)) {
      Object.assign(init.headers, { "X-Extra": "1", "Idempotency-Key": "other" });
    }
    init.method = "DELETE";
    return index === 0 ? failure(503) : ok();
  });
  await settle(time, client.request("POST", "/x"));
  assertEquals([...sent[1]!.headers], [...sent[0]!.headers]);
  assertEquals(sent[1]!.method, "POST");
});

Deno.test("Idempotency-Key goes with every POST and with nothing else unless given", async (t) => {
  const cases: [string, HttpRequestOptions, RegExp | null][] = [
    ["POST", {}, UUID],
    ["POST", { idempotencyKey: undefined }, UUID],
    ["POST", { idempotencyKey: "mine" }, /^mine$/],
    ["POST", { idempotencyKey: "k".repeat(64) }, /^k{64}$/],
    ["POST", { idempotencyKey: null }, null],
    ["GET", {}, null],
    ["PUT", {}, null],
    ["PATCH", {}, null],
    ["DELETE", {}, null],
    ["PUT", { idempotencyKey: "mine" }, /^mine$/],
  ];
  for (const [method, options, wanted] of cases) {
    await t.step(`${method} ${Deno.inspect(options)}`, async () => {
      const { client, sent } = makeClient(ok);
      await client.request(method, "/x", options);
      const key = sent[0]!.headers.get("idempotency-key");
      if (wanted) assertMatch(key!, wanted);
      else assertEquals(key, null);
    });
  }
});

Deno.test("defaultIdempotencyKey stands before the generated keys, which differ", async () => {
  const { client, sent } = makeClient(ok, { defaultIdempotencyKey: "worker" });
  await client.request("POST", "/x");
  await client.request("POST", "/x");
  const [first, second] = sent.map(({ headers }) => headers.get("idempotency-key")!);
  assertMatch(first!, /^worker-[0-9a-f-]{36}$/);
  assertNotEquals(first, second);
});

Deno.test("X-Prefactor-SDK names this package, behind the upstream SDK", async (t) => {
  const own = `@prefactor/http@${VERSION}`;
  for (const [sdkHeader, wanted] of [[undefined, own], ["my-sdk@1.2.0", `my-sdk@1.2.0 ${own}`]]) {
    await t.step(wanted!, async () => {
      const { client, sent } = makeClient(ok, { sdkHeader });
      await client.request("GET", "/x");
      assertEquals(sent[0]!.headers.get("x-prefactor-sdk"), wanted);
    });
  }
});

Deno.test("fetch is called unbound", async (t) => {
  await t.step("config.fetch", async () => {
    const { client, sent } = makeClient(ok);
    await client.request("GET", "/x");
    assertStrictEquals(sent[0]!.self, undefined);
  });
  await t.step("globalThis.fetch", async () => {
    let self: unknown = "not called";
    using _stub = stub(globalThis, "fetch", function (this: unknown) {
      self = this;
      return Promise.resolve(ok());
    });
    await makeClient(ok, { fetch: undefined }).client.request("GET", "/x");
    assert(self === undefined || self === globalThis);
  });
});

Deno.test("globalThis.fetch is looked up at each call", async () => {
  const { client } = makeClient(ok, { fetch: undefined });
  for (const n of [1, 2]) {
    using _stub = stub(globalThis, "fetch", () => Promise.resolve(json({ n })));
    assertEquals(await client.request("GET", "/x"), { n });
  }
});

Deno.test("headers are added to the request but cannot replace Authorization", async (t) => {
  const cases: HeadersInit[] = [
    { "authorization": "Bearer other", "X-Extra": "1" },
    { "AUTHORIZATION": "Bearer other", "x-extra": "1" },
    [["Authorization", "Bearer other"], ["aUtHoRiZaTiOn", "Basic x"], ["X-Extra", "1"]],
    new Headers({ "Authorization": "Bearer other", "X-Extra": "1" }),
  ];
  for (const headers of cases) {
    await t.step(Deno.inspect(headers), async () => {
      const { client, sent } = makeClient(ok);
      await client.request("GET", "/x", { headers });
      assertEquals(sent[0]!.headers.get("authorization"), `Bearer ${TOKEN}`);
      assertEquals(sent[0]!.headers.get("x-extra"), "1");
      assertEquals(sent[0]!.headers.get("accept"), "application/json");
    });
  }
});

Deno.test("headers go with one call only", async () => {
  const { client, sent } = makeClient(ok);
  await client.request("GET", "/x", { headers: { "X-Extra": "1" } });
  await client.request("GET", "/x");
  assertEquals(sent[1]!.headers.get("x-extra"), null);
});

Deno.test("params become the query", async (t) => {
  const cases: [string, HttpRequestOptions["params"], string][] = [
    ["/x", { a: "1", b: 2, c: true, d: false }, "/x?a=1&b=2&c=true&d=false"],
    ["/x", { a: undefined, b: null, c: "" }, "/x?c="],
    ["/x", { a: undefined }, "/x"],
    ["/x", {}, "/x"],
    ["/x?z=0", { a: "1" }, "/x?z=0&a=1"],
    ["/x?z=0", {}, "/x?z=0"],
    ["/x", { "a&b": "c=d&e#f?g/h" }, "/x?a%26b=c%3Dd%26e%23f%3Fg%2Fh"],
    ["/x", { "pagination[offset]": 0 }, "/x?pagination%5Boffset%5D=0"],
    ["/x", { at: "2024-01-01T00:00:00+01:00" }, "/x?at=2024-01-01T00%3A00%3A00%2B01%3A00"],
    ["/x", { a: "é\r\n\0" }, "/x?a=%C3%A9%0D%0A%00"],
    ["/x", { a: ["1", 2] }, "/x?a=1&a=2"],
  ];
  for (const [path, params, wanted] of cases) {
    await t.step(`${path} ${Deno.inspect(params)}`, async () => {
      const { client, sent } = makeClient(ok);
      await client.request("GET", path, { params });
      assertEquals(sent[0]!.url, `https://api.example.test${wanted}`);
    });
  }
});

Deno.test("the base path of apiUrl stands before every path", async (t) => {
  for (const apiUrl of ["https://h.test/base", "https://h.test/base/", "https://h.test/base/api/v1/"]) {
    await t.step(apiUrl, async () => {
      const { client, sent } = makeClient(ok, { apiUrl });
      await client.request("GET", "/api/v1/x");
      assertEquals(sent[0]!.url, "https://h.test/base/api/v1/x");
    });
  }
});

Deno.test("PrefactorHttpClient.request() refuses wrong arguments before anything is sent", async (t) => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  const cases: [string, string, unknown, unknown, unknown?][] = [
    ["a method in lower case", "method", "post", "/x"],
    ["a method with a line break", "method", "GET /y\r\n", "/x"],
    ["TRACE", "method", "TRACE", "/x"],
    ["no method", "method", undefined, "/x"],
    ["no path", "path", "GET", undefined],
    ["an empty path", "path", "GET", ""],
    ["a relative path", "path", "GET", "x"],
    ["a URL", "path", "GET", "https://evil.test/x"],
    ["a port", "path", "GET", ":81/x"],
    ["a host", "path", "GET", "@evil.test/x"],
    ["a fragment", "path", "GET", "/x#y"],
    ["a line break", "path", "GET", "/x\r\nX-Evil: 1"],
    ["a space", "path", "GET", "/x y"],
    ["a backslash", "path", "GET", "/x\\y"],
    ["dots", "path", "GET", "/x/../y"],
    ["encoded dots", "path", "GET", "/x/%2e%2E/y"],
    ["params that are a list", "params", "GET", "/x", { params: ["a"] }],
    ["params that are text", "params", "GET", "/x", { params: "a=1" }],
    ["a param that is an object", "params.a", "GET", "/x", { params: { a: {} } }],
    ["a param that is NaN", "params.a", "GET", "/x", { params: { a: NaN } }],
    ["a header with a line break", "headers", "GET", "/x", { headers: { a: "b\r\nX-Evil: 1" } }],
    ["a header name with a space", "headers", "GET", "/x", { headers: { "a b": "c" } }],
    ["a header beyond Latin-1", "headers", "GET", "/x", { headers: { a: "→" } }],
    ["headers that are a number", "headers", "GET", "/x", { headers: 5 }],
    ["a cycle", "JSON", "POST", "/x", { json: cycle }],
    ["a bigint", "JSON", "POST", "/x", { json: { n: 1n } }],
    ["a toJSON that throws", "JSON", "POST", "/x", {
      json: {
        toJSON(): never {
          throw new Error("A toJSON's own");
        },
      },
    }],
    ["a function", "json", "POST", "/x", { json: () => {} }],
    ["a symbol", "json", "POST", "/x", { json: Symbol("s") }],
    ["a toJSON that gives nothing", "json", "POST", "/x", { json: { toJSON: () => undefined } }],
    ["an empty key", "idempotencyKey", "POST", "/x", { idempotencyKey: "" }],
    ["a key of 65 characters", "idempotencyKey", "POST", "/x", { idempotencyKey: "k".repeat(65) }],
    ["a key with a line break", "idempotencyKey", "POST", "/x", { idempotencyKey: "a\r\nX-Evil: 1" }],
    ["a key that is a number", "idempotencyKey", "POST", "/x", { idempotencyKey: 5 }],
    ["options that are null", "options", "POST", "/x", null],
  ];
  for (const [name, field, method, path, options] of cases) {
    await t.step(name, async () => {
      const { client, sent } = makeClient(ok);
      const args = [method, path, options] as [string, string, HttpRequestOptions];
      const error = await failureOf(client.request(...args));
      assertInstanceOf(error, PrefactorClientError);
      assertStringIncludes(error.message, field);
      if (field === "JSON") assert(error.cause !== undefined);
      assertEquals(sent.length, 0);
    });
  }
});

// what comes back

const DEEP = "[".repeat(100_000) + "]".repeat(100_000);

Deno.test("an answer that is no JSON object is a PrefactorResponseContractError", async (t) => {
  const cases: [string, BodyInit | null][] = [
    ["nothing", null],
    ["an empty text", ""],
    ["HTML", "<!doctype html><h1>Bad gateway</h1>"],
    ["truncated JSON", '{"status":"success","det'],
    ["two objects", "{}{}"],
    ["an array", "[{}]"],
    ["null", "null"],
    ["a number", "42"],
    ["a string", '"text"'],
    ["true", "true"],
    ["deep nesting", DEEP],
    ["deep nesting, truncated", DEEP.slice(0, 150_000)],
    ["invalid UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ["UTF-16", new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00])],
  ];
  for (const status of [200, 201, 400, 404, 501]) {
    for (const [name, body] of cases) {
      await t.step(`${status}, ${name}`, async () => {
        const { client, sent } = makeClient(
          () => new Response(body, { status, headers: { "x-request-id": "r-1", "retry-after": "7" } }),
        );
        const error = await failureOf(client.request("GET", "/x"));
        assertInstanceOf(error, PrefactorResponseContractError);
        assertEquals([error.statusCode, error.requestId, error.retryAfter], [status, "r-1", 7_000]);
        assert(error.bodySnippet === undefined || error.bodySnippet.length <= 200);
        assertEquals(sent.length, 1);
        JSON.stringify(error);
        Deno.inspect(error, { depth: 10 });
      });
    }
  }
});

Deno.test("a U+FFFD that was sent as one is a success", async (t) => {
  const text = JSON.stringify({ text: "a \ufffd, \u00e9 and \ud83d\udc1f" });
  const length = String(new TextEncoder().encode(text).byteLength);
  for (const headers of [{}, { "content-length": length }]) {
    await t.step(JSON.stringify(headers), async () => {
      const { client } = makeClient(() => new Response(text, { headers }));
      assertEquals(await client.request("GET", "/x"), JSON.parse(text));
    });
  }
});

Deno.test("bodySnippet is the beginning of the body", async (t) => {
  for (const [body, wanted] of [["<html>", "<html>"], ["x".repeat(500), "x".repeat(200)], ["[1]", "[1]"]]) {
    await t.step(wanted!, async () => {
      const { client } = makeClient(() => new Response(body));
      const error = await failureOf(client.request("GET", "/x"));
      assertInstanceOf(error, PrefactorResponseContractError);
      assertEquals(error.bodySnippet, wanted);
    });
  }
});

Deno.test("a body deep below an object is a success, and harms no error", async (t) => {
  const deepObject = `{"status":"error","code":"deep","message":"Too deep","errors":{"a":${DEEP}}}`;
  await t.step("200", async () => {
    const { client } = makeClient(() => new Response(deepObject));
    assertEquals((await client.request("GET", "/x"))["code"], "deep");
  });
  const cases = [[404, PrefactorNotFoundError], [422, PrefactorValidationError], [409, PrefactorApiError]];
  for (const [status, kind] of cases as [number, typeof PrefactorApiError][]) {
    await t.step(String(status), async () => {
      const { client } = makeClient(() => new Response(deepObject, { status }));
      const error = await failureOf(client.request("GET", "/x"));
      assertInstanceOf(error, kind);
      assertEquals(error.code, "deep");
      JSON.stringify(error);
      Deno.inspect(error, { depth: 10 });
    });
  }
  await t.step("200 that breaks a model", async () => {
    const { client } = makeClient(() => new Response(`{"status":"success","details":${DEEP}}`));
    const error = await failureOf(client.agentSpans.finish("s"));
    assertInstanceOf(error, PrefactorResponseContractError);
    assertEquals(error.path, "details");
    JSON.stringify(error);
    Deno.inspect(error, { depth: 10 });
  });
});

Deno.test("PrefactorHttpClient.request() resolves to {} for a response that has no content", async (t) => {
  const cases: [method: string, status: number, body: string | null][] = [
    ["GET", 204, null],
    ["POST", 204, null],
    ["POST", 205, null],
    ["DELETE", 200, ""],
    ["DELETE", 202, null],
    ["DELETE", 204, null],
  ];
  for (const [method, status, body] of cases) {
    await t.step(`${method} ${status}`, async () => {
      const { client } = makeClient(() => new Response(body, { status }));
      assertEquals(await client.request(method, "/x"), {});
    });
  }
});

Deno.test("PrefactorHttpClient.request() refuses any other empty response", async (t) => {
  for (const [method, status] of [["GET", 200], ["POST", 201], ["PUT", 200], ["DELETE", 400]] as const) {
    await t.step(`${method} ${status}`, async () => {
      const { client, sent } = makeClient(() => new Response("", { status }));
      const error = await failureOf(client.request(method, "/x"));
      assertInstanceOf(error, PrefactorResponseContractError);
      assertEquals([error.statusCode, sent.length], [status, 1]);
    });
  }
});

Deno.test("an error body may lack what it should have", async (t) => {
  const cases: [Record<string, unknown>, string, string, object][] = [
    [{}, "unknown", "HTTP 422", {}],
    [{ code: 5, message: {} }, "unknown", "HTTP 422", {}],
    [{ code: null, message: null, errors: null }, "unknown", "HTTP 422", {}],
    [{ code: "c", message: ["m"], errors: [1] }, "c", "HTTP 422", {}],
    [{ code: ["c"], message: "m", errors: "e" }, "unknown", "m", {}],
    [{ code: "c", message: "m", errors: { a: { code: 1 } } }, "c", "m", { a: { code: 1 } }],
    [{ status: "success", code: "c", message: "m" }, "c", "m", {}],
  ];
  for (const [body, code, message, errors] of cases) {
    await t.step(JSON.stringify(body), async () => {
      const { client } = makeClient(() => json(body, 422, { "x-request-id": "r-1" }));
      const error = await failureOf(client.request("GET", "/x"));
      assertInstanceOf(error, PrefactorValidationError);
      assertEquals([error.code, error.message, error.requestId], [code, message, "r-1"]);
      assertEquals<object>(error.errors, errors);
    });
  }
});

Deno.test("every status from 300 to 599 ends in its class, retried or not", async (t) => {
  const retried = new Set([429, 500, 502, 503, 504]);
  const kinds = new Map<number, typeof PrefactorApiError>([
    [400, PrefactorValidationError as unknown as typeof PrefactorApiError],
    [422, PrefactorValidationError as unknown as typeof PrefactorApiError],
    [401, PrefactorAuthError],
    [403, PrefactorAuthError],
    [404, PrefactorNotFoundError],
  ]);
  for (let status = 300; status < 600; status++) {
    await t.step(String(status), async () => {
      using time = new FakeTime();
      const noBody = status === 304;
      const { client, sent } = makeClient(() => noBody ? new Response(null, { status }) : failure(status), {
        maxRetries: 1,
      });
      const error = await failureOf(settle(time, client.request("GET", "/x")));
      assertEquals(error instanceof PrefactorRetryExhaustedError, retried.has(status));
      assertEquals(sent.length, retried.has(status) ? 2 : 1);
      const last = error instanceof PrefactorRetryExhaustedError ? error.lastError : error;
      assertInstanceOf(last, PrefactorApiError);
      assertStrictEquals(last.constructor, kinds.get(status) ?? PrefactorApiError);
      assertEquals(last.statusCode, status);
      assertEquals(last.code, status < 400 ? "redirect" : "some_code");
    });
  }
});

Deno.test("a redirect is never followed", async (t) => {
  let followed = 0;
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, ({ url }) => {
    const { pathname, searchParams } = new URL(url);
    if (pathname !== "/x") {
      followed++;
      return ok();
    }
    const location = searchParams.get("to");
    const status = Number(searchParams.get("status"));
    return new Response("moved", { status, headers: location === null ? {} : { location } });
  });
  const apiUrl = `http://127.0.0.1:${server.addr.port}`;
  const { client } = makeClient(ok, { apiUrl, fetch: undefined });
  for (const status of [301, 302, 303, 307, 308]) {
    for (const to of ["/y", `${apiUrl}/y`, "http://localhost:9/y", null]) {
      await t.step(`${status} to ${to?.replace(/:\d+/, "")}`, async () => {
        const error = await failureOf(client.request("POST", "/x", { params: { status, to }, json: {} }));
        assertInstanceOf(error, PrefactorApiError);
        assertEquals([error.code, error.statusCode], ["redirect", status]);
        assertStringIncludes(error.message, to ?? "nowhere");
      });
    }
  }
  assertEquals(followed, 0);
  await client.close();
});

Deno.test("maxResponseBytes bounds what is read", async (t) => {
  const chunk = new TextEncoder().encode(`{"a":"${"x".repeat(92)}"}`);
  assertEquals(chunk.length, 100);
  function streamOf(chunks: number, onCancel: () => void): ReadableStream<Uint8Array> {
    let given = 0;
    return new ReadableStream({
      pull(controller) {
        if (given++ === chunks) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: onCancel,
    });
  }
  const cases: [string, number, (onCancel: () => void) => Response, boolean][] = [
    ["just fits", 100, () => new Response(chunk), true],
    ["one byte too long", 99, () => new Response(chunk), false],
    ["with content-length", 99, () => new Response(chunk, { headers: { "content-length": "100" } }), false],
    ["in chunks", 250, (onCancel) => new Response(streamOf(10, onCancel)), false],
    ["endless", 10_000, (onCancel) => new Response(streamOf(Infinity, onCancel)), false],
  ];
  for (const [name, maxResponseBytes, answer, fits] of cases) {
    await t.step(name, async () => {
      let cancelled = 0;
      const { client, sent } = makeClient(() => answer(() => cancelled++), { maxResponseBytes });
      const call = client.request("GET", "/x");
      if (fits) return assertEquals(Object.keys(await call), ["a"]);
      const error = await failureOf(call);
      assertInstanceOf(error, PrefactorResponseContractError);
      assertStringIncludes(error.message, "maxResponseBytes");
      assertEquals([error.statusCode, sent.length], [200, 1]);
      await turn();
      if (name === "in chunks" || name === "endless") assertEquals(cancelled, 1);
    });
  }
});

Deno.test("maxResponseBytes is 16 MiB unless told otherwise", async () => {
  const limit = 16 * 1024 * 1024;
  const { client } = makeClient((_sent, index) => {
    const padding = " ".repeat(limit - 2 + index);
    return new Response(`{${padding}}`);
  });
  assertEquals(await client.request("GET", "/x"), {});
  assertInstanceOf(await failureOf(client.request("GET", "/x")), PrefactorResponseContractError);
});

Deno.test("what a stubbed fetch gives by mistake is an error of this package", async (t) => {
  const used = ok();
  await used.text();
  const cases: [string, unknown][] = [
    ["undefined", undefined],
    ["null", null],
    ["a string", "{}"],
    ["an empty object", {}],
    ["an object like a Response", { ok: true, status: 200, json: () => Promise.resolve({}) }],
    ["a used Response", used],
    ["a body of strings", new Response(ReadableStream.from(["{}"]) as ReadableStream)],
  ];
  for (const [name, answer] of cases) {
    await t.step(name, async () => {
      const { client } = makeClient(() => answer as Response, { maxRetries: 0 });
      assert(isPrefactorHttpError(await failureOf(client.request("GET", "/x"))));
    });
  }
});

// retries

Deno.test("what may pass is retried", async (t) => {
  const broken = () =>
    new Response(new ReadableStream({ start: (controller) => controller.error(new TypeError("Reset")) }));
  const cases: [string, () => Response | Promise<Response>][] = [
    ["network error", () => Promise.reject(new TypeError("Refused"))],
    ["a fetch that throws a string", () => Promise.reject("Refused")],
    ["a body that breaks off", broken],
    ["a timeout", () => new Promise<never>(() => {})],
    ...[429, 500, 502, 503, 504].flatMap((status) =>
      [
        [`${status}`, () => failure(status)],
        [`${status} with HTML`, () => new Response("<html>", { status })],
        [`${status} with nothing`, () => new Response(null, { status })],
      ] as [string, () => Response][]
    ),
  ];
  for (const [name, answer] of cases) {
    await t.step(name, async () => {
      using time = new FakeTime();
      const { client, sent } = makeClient(inTurn(answer, answer, ok));
      assertEquals(await settle(time, client.request("POST", "/x")), { status: "success" });
      assertEquals(sent.length, 3);
      assertEquals(new Set(sent.map(({ headers }) => headers.get("idempotency-key"))).size, 1);
    });
  }
});

Deno.test("nothing else is retried", async (t) => {
  const cases: [string, Answer][] = [
    ...[400, 401, 403, 404, 408, 409, 410, 422, 501, 505].map((status) =>
      [`${status}`, () => failure(status)] as [string, Answer]
    ),
    ["200 with garbage", () => new Response("<html>")],
    ["200 with an array", () => json([])],
    ["501 with garbage", () => new Response("<html>", { status: 501 })],
    ["a redirect", () => new Response(null, { status: 307 })],
    ["too long an answer", () => new Response("x".repeat(2_000))],
  ];
  for (const [name, answer] of cases) {
    await t.step(name, async () => {
      const { client, sent } = makeClient(answer, { maxResponseBytes: 1_000 });
      const error = await failureOf(client.request("POST", "/x"));
      assertFalse(error instanceof PrefactorRetryExhaustedError);
      assert(isPrefactorHttpError(error));
      assertEquals(sent.length, 1);
    });
  }
});

Deno.test("an answer that breaks its model is not retried", async () => {
  const { client, sent } = makeClient(() => json({ status: "success", details: {} }));
  assertInstanceOf(await failureOf(client.agentSpans.finish("s")), PrefactorResponseContractError);
  assertEquals(sent.length, 1);
});

Deno.test("retryOnStatusCodes says which statuses are retried", async (t) => {
  for (const [status, attempts] of [[409, 2], [599, 2], [503, 1], [429, 1]] as const) {
    await t.step(String(status), async () => {
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

Deno.test("PrefactorNetworkError has the cause of the failure", async () => {
  const cause = new TypeError("Connection refused");
  const { client } = makeClient(() => Promise.reject(cause));
  const error = await failureOf(client.request("GET", "/x", { maxRetries: 0 }));
  assertInstanceOf(error, PrefactorNetworkError);
  assertStrictEquals(error.cause, cause);
});

Deno.test("a fetch that rejects with anything is a PrefactorNetworkError", async (t) => {
  const causes: [string, unknown][] = [
    ["undefined", undefined],
    ["null", null],
    ["a symbol", Symbol("s")],
    ["no prototype", Object.create(null)],
    ["a message that is no string", Object.assign(new Error(), { message: 5 })],
    ["a DOMException", new DOMException("Aborted", "AbortError")],
  ];
  for (const [name, cause] of causes) {
    await t.step(name, async () => {
      const { client } = makeClient(() => Promise.reject(cause));
      const error = await failureOf(client.request("GET", "/x", { maxRetries: 0 }));
      assertInstanceOf(error, PrefactorNetworkError);
      assertEquals(typeof error.message, "string");
    });
  }
});

Deno.test("a refused connection is a PrefactorNetworkError", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  const { client } = makeClient(ok, { apiUrl: `http://127.0.0.1:${port}`, fetch: undefined });
  const error = await failureOf(client.request("GET", "/x", { maxRetries: 0 }));
  assertInstanceOf(error, PrefactorNetworkError);
  assert(error.cause !== undefined);
});

Deno.test("Retry-After is honoured", async (t) => {
  const date = (ms: number) => new Date(Date.now() + ms).toUTCString();
  const cases: [string, () => HeadersInit, number, number, number | undefined][] = [
    ["seconds", () => ({ "retry-after": "7" }), 7_000, 7_001, 7_000],
    ["as long as maxRetryDelay", () => ({ "retry-after": "60" }), 60_000, 60_001, 60_000],
    ["less than the backoff", () => ({ "retry-after": "0.1" }), 500, 1_000, 100],
    ["0", () => ({ "retry-after": "0" }), 500, 1_000, 0],
    ["a date", () => ({ "retry-after": date(8_000) }), 8_000, 8_001, 8_000],
    ["a date in the past", () => ({ "retry-after": date(-8_000) }), 500, 1_000, 0],
    ["milliseconds", () => ({ "retry-after-ms": "2500" }), 2_500, 2_501, 2_500],
    ["negative", () => ({ "retry-after": "-5" }), 500, 1_000, undefined],
    ["garbage", () => ({ "retry-after": "soon" }), 500, 1_000, undefined],
    ["garbage that Date.parse takes", () => ({ "retry-after": "2099" + "x" }), 500, 1_000, undefined],
    ["nothing", () => ({}), 500, 1_000, undefined],
  ];
  for (const [name, headers, least, most, retryAfter] of cases) {
    for (const body of [undefined, "<html>"]) {
      await t.step(`${name}${body ? ", contract error" : ""}`, async () => {
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

Deno.test("a Retry-After of more than maxRetryDelay fails at once", async (t) => {
  for (const text of ["61", "99999999999999999999", "9".repeat(400), "Fri, 31 Dec 9999 23:59:59 GMT"]) {
    await t.step(text.slice(0, 30), async () => {
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

Deno.test("maxRetries of a call replaces that of the config", async (t) => {
  for (const [config, call, attempts] of [[3, 0, 1], [0, 2, 3], [1, undefined, 2]] as const) {
    await t.step(`${config}, ${call}`, async () => {
      using time = new FakeTime();
      const { client, sent } = makeClient(() => failure(503), { maxRetries: config });
      const error = await failureOf(settle(time, client.request("GET", "/x", { maxRetries: call })));
      assertEquals(sent.length, attempts);
      if (attempts === 1) assertInstanceOf(error, PrefactorApiError);
      else assertInstanceOf(error, PrefactorRetryExhaustedError);
    });
  }
});

Deno.test("maxRetries 0 throws the error itself", async (t) => {
  const cases: [Answer, new (...args: never[]) => Error][] = [
    [() => failure(503), PrefactorApiError],
    [() => failure(503, { "retry-after": "9999" }), PrefactorApiError],
    [() => new Response("<html>", { status: 502 }), PrefactorResponseContractError],
    [() => Promise.reject(new TypeError("Refused")), PrefactorNetworkError],
  ];
  for (const [answer, kind] of cases) {
    await t.step(firstLine(answer), async () => {
      const { client } = makeClient(answer, { maxRetries: 0 });
      const error = await failureOf(client.request("GET", "/x"));
      assertStrictEquals((error as Error).constructor, kind);
    });
  }
});

Deno.test("PrefactorRetryExhaustedError counts the attempts and keeps the last error", async () => {
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

Deno.test("every body is read to its end or cancelled", async (t) => {
  const cases: [string, number, boolean][] = [
    ["success", 200, false],
    ["error", 404, false],
    ["redirect", 302, true],
  ];
  for (const [name, status, cancels] of cases) {
    await t.step(name, async () => {
      let cancelled = false;
      let ended = false;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          controller.enqueue(new TextEncoder().encode("{}"));
          controller.close();
          ended = true;
        },
        cancel: () => {
          cancelled = true;
        },
      }, { highWaterMark: 0 });
      const { client } = makeClient(() => new Response(body, { status }));
      await client.request("GET", "/x").catch(() => {});
      await turn();
      assertEquals([cancelled, ended], [cancels, !cancels]);
    });
  }
});

Deno.test("a fetch that rejects with an error whose message throws harms its own call only", async () => {
  const cause = Object.defineProperty(new Error(), "message", {
    get: () => {
      throw new RangeError("A getter's own");
    },
  });
  const { client } = makeClient((_sent, index) => index === 0 ? Promise.reject(cause) : ok(), {
    maxRetries: 0,
  });
  assertInstanceOf(await failureOf(client.request("GET", "/x")), PrefactorNetworkError);
  assertEquals(await client.request("GET", "/x"), { status: "success" });
});

Deno.test("a fetch that rejects with the token and an odd name or stack harms no call", async (t) => {
  for (const odd of [{ stack: 5 }, { name: 5 }, { stack: null, name: {} }]) {
    await t.step(Deno.inspect(odd), async () => {
      const { client } = makeClient(() => Promise.reject(Object.assign(new Error(TOKEN), odd)));
      const error = await failureOf(client.request("GET", "/x", { maxRetries: 0 }));
      assertInstanceOf(error, PrefactorNetworkError);
    });
  }
});

Deno.test("an error whose last error no JSON can hold does not throw in a log", () => {
  const cycle: Record<string, unknown> = { count: 1n };
  cycle["self"] = cycle;
  const error = new PrefactorRetryExhaustedError("Gave up", cycle, 3);
  assertEquals(typeof JSON.stringify(error), "string");
  assertEquals(typeof Deno.inspect(error), "string");
});
