import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { type HttpRequestOptions, PrefactorClientError, VERSION } from "../../mod.ts";
import { failureOf, makeClient, ok, TOKEN } from "../helpers.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Options of `Deno.inspect` for the name of a test. */
const ONE_LINE = { breakLength: Infinity };

type InvalidArguments = [name: string, field: string, method: unknown, path: unknown, options?: unknown];

/** Returns the arguments of calls that each have an invalid value of one option. */
function invalidOptions(field: keyof HttpRequestOptions, values: readonly unknown[]): InvalidArguments[] {
  return values.map((value) => {
    const name = `a ${field} of ${Deno.inspect(value, ONE_LINE)}`;
    return [name, field, "GET", "/x", { [field]: value }];
  });
}

Deno.test("PrefactorHttpClient.request() sends the method, the path, the params and the body", async () => {
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

Deno.test("PrefactorHttpClient.request() sends an Idempotency-Key with every POST, and with other methods on request", async (t) => {
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
  for (const [method, options, expected] of cases) {
    await t.step(`a ${method} with the options ${Deno.inspect(options, ONE_LINE)}`, async () => {
      const { client, sent } = makeClient(ok);
      await client.request(method, "/x", options);
      const key = sent[0]!.headers.get("idempotency-key");
      if (expected) assertMatch(key!, expected);
      else assertEquals(key, null);
    });
  }
});

Deno.test("defaultIdempotencyKey is the prefix of each generated key", async () => {
  const { client, sent } = makeClient(ok, { defaultIdempotencyKey: "worker" });
  await client.request("POST", "/x");
  await client.request("POST", "/x");
  const [first, second] = sent.map(({ headers }) => headers.get("idempotency-key")!);
  assertMatch(first!, /^worker-[0-9a-f-]{36}$/);
  assertNotEquals(first, second);
});

Deno.test("X-Prefactor-SDK names the upstream SDK and this package", async (t) => {
  const own = `@prefactor/http@${VERSION}`;
  for (const [sdkHeader, expected] of [[undefined, own], ["my-sdk@1.2.0", `my-sdk@1.2.0 ${own}`]]) {
    await t.step(`the header "${expected}"`, async () => {
      const { client, sent } = makeClient(ok, { sdkHeader });
      await client.request("GET", "/x");
      assertEquals(sent[0]!.headers.get("x-prefactor-sdk"), expected);
    });
  }
});

Deno.test("PrefactorHttpClient.request() adds headers but does not replace Authorization", async (t) => {
  const cases: HeadersInit[] = [
    { "authorization": "Bearer other", "X-Extra": "1" },
    { "AUTHORIZATION": "Bearer other", "x-extra": "1" },
    [["Authorization", "Bearer other"], ["aUtHoRiZaTiOn", "Basic x"], ["X-Extra", "1"]],
    new Headers({ "Authorization": "Bearer other", "X-Extra": "1" }),
  ];
  for (const headers of cases) {
    await t.step(`the headers ${Deno.inspect(headers, ONE_LINE)}`, async () => {
      const { client, sent } = makeClient(ok);
      await client.request("GET", "/x", { headers });
      assertEquals(sent[0]!.headers.get("authorization"), `Bearer ${TOKEN}`);
      assertEquals(sent[0]!.headers.get("x-extra"), "1");
      assertEquals(sent[0]!.headers.get("accept"), "application/json");
    });
  }
});

Deno.test("PrefactorHttpClient.request() ignores headers that belong to the runtime", async () => {
  const { client, sent } = makeClient(ok);
  const headers = {
    "Host": "evil.test",
    "content-length": "1",
    "Transfer-Encoding": "chunked",
    "x-extra": "1",
  };
  await client.request("POST", "/x", { json: {}, headers });
  for (const name of ["host", "content-length", "transfer-encoding"]) {
    assertEquals(sent[0]!.headers.get(name), null, name);
  }
  assertEquals(sent[0]!.headers.get("x-extra"), "1");
});

Deno.test("PrefactorHttpClient.request() adds headers to one call only", async () => {
  const { client, sent } = makeClient(ok);
  await client.request("GET", "/x", { headers: { "X-Extra": "1" } });
  await client.request("GET", "/x");
  assertEquals(sent[1]!.headers.get("x-extra"), null);
});

Deno.test("PrefactorHttpClient.request() encodes params as the query", async (t) => {
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
  for (const [path, params, expected] of cases) {
    await t.step(`the params ${Deno.inspect(params, ONE_LINE)} of ${path}`, async () => {
      const { client, sent } = makeClient(ok);
      await client.request("GET", path, { params });
      assertEquals(sent[0]!.url, `https://api.example.test${expected}`);
    });
  }
});

Deno.test("PrefactorHttpClient.request() puts the base path of apiUrl before the path", async (t) => {
  for (const apiUrl of ["https://h.test/base", "https://h.test/base/", "https://h.test/base/api/v1/"]) {
    await t.step(`the apiUrl ${apiUrl}`, async () => {
      const { client, sent } = makeClient(ok, { apiUrl });
      await client.request("GET", "/api/v1/x");
      assertEquals(sent[0]!.url, "https://h.test/base/api/v1/x");
    });
  }
});

Deno.test("PrefactorHttpClient.request() rejects invalid arguments and sends nothing", async (t) => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  const cases: InvalidArguments[] = [
    ["a method in lower case", "method", "post", "/x"],
    ["a method with a line break", "method", "GET /y\r\n", "/x"],
    ["the method TRACE", "method", "TRACE", "/x"],
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
    ["dots in the path", "path", "GET", "/x/../y"],
    ["encoded dots in the path", "path", "GET", "/x/%2e%2E/y"],
    ["params that are an array", "params", "GET", "/x", { params: ["a"] }],
    ["params that are a string", "params", "GET", "/x", { params: "a=1" }],
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
          throw new Error("From toJSON");
        },
      },
    }],
    ["a function", "json", "POST", "/x", { json: () => {} }],
    ["a symbol", "json", "POST", "/x", { json: Symbol("s") }],
    ["a toJSON that returns undefined", "json", "POST", "/x", { json: { toJSON: () => undefined } }],
    ["an empty key", "idempotencyKey", "POST", "/x", { idempotencyKey: "" }],
    ["a key of 65 characters", "idempotencyKey", "POST", "/x", { idempotencyKey: "k".repeat(65) }],
    ["a key with a line break", "idempotencyKey", "POST", "/x", { idempotencyKey: "a\r\nX-Evil: 1" }],
    ["a key that is a number", "idempotencyKey", "POST", "/x", { idempotencyKey: 5 }],
    ["options that are null", "options", "POST", "/x", null],
    ...invalidOptions("signal", [null, "signal", {}, new AbortController(), 1, new EventTarget()]),
    ...invalidOptions("timeout", [0, -1, NaN, Infinity, "5", null]),
    ...invalidOptions("connectTimeout", [0, -1, NaN, Infinity, "5"]),
    ...invalidOptions("maxRetries", [-1, 1.5, NaN, Infinity, "5", null]),
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

Deno.test("PrefactorHttpClient.request() rejects a path that could leave the base path of apiUrl", async (t) => {
  const ends = ["", "/", "/x", "?q", "\0", "\x01", "\x1f", "\x7f", "\u0085", " ", "\n", "#", "\\"];
  const segments = ["..", ".", "%2e%2e", "%2E.", ".%2e"];
  for (const path of segments.flatMap((segment) => ends.map((end) => `/${segment}${end}`))) {
    await t.step(`the path ${JSON.stringify(path)}`, async () => {
      const { client, sent } = makeClient(ok, { apiUrl: "https://api.example.test/base" });
      const error = await failureOf(client.request("GET", path));
      assertInstanceOf(error, PrefactorClientError);
      assertStringIncludes(error.message, "'path' must be");
      assertEquals(sent.length, 0);
    });
  }
});

Deno.test("PrefactorHttpClient.request() sends dots in the query of a path as they are", async () => {
  for (const query of ["redirect=/../y", "redirect=/..", "a=/./b&c=/%2e%2E/", "a=?/../"]) {
    const { client, sent } = makeClient(ok, { apiUrl: "https://api.example.test/base" });
    await client.request("GET", `/x?${query}`, { params: { d: "/../" } });
    assertEquals(sent.map(({ url }) => url), [`https://api.example.test/base/x?${query}&d=%2F..%2F`]);
    assertEquals(new URL(sent[0]!.url).href, sent[0]!.url);
  }
});

Deno.test("PrefactorHttpClient.request() rejects an Idempotency-Key in headers", async () => {
  for (
    const headers of [
      { "Idempotency-Key": "k" },
      [["idempotency-KEY", "k"]],
      new Headers({ "idempotency-key": "k" }),
    ]
  ) {
    const { client, sent } = makeClient(ok);
    const error = await failureOf(client.request("POST", "/x", { headers }));
    assertInstanceOf(error, PrefactorClientError);
    assertStringIncludes(error.message, "must be absent (use the option 'idempotencyKey' instead)");
    assertEquals(sent.length, 0);
  }
});

Deno.test("PrefactorHttpClient.request() takes the key of a POST from json.idempotency_key", async () => {
  const json = { idempotency_key: "key-in-body" };
  const { client, sent } = makeClient(ok);
  await client.request("POST", "/x", { json });
  await client.request("POST", "/x", { json, idempotencyKey: "key-in-options" });
  await client.request("POST", "/x", { json, idempotencyKey: null });
  await client.request("PUT", "/x", { json });
  assertEquals(sent.map(({ headers }) => headers.get("idempotency-key")), [
    "key-in-body",
    "key-in-options",
    null,
    null,
  ]);
});
