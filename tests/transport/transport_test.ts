import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { runInNewContext } from "node:vm";
import {
  isPrefactorHttpError,
  PrefactorApiError,
  PrefactorClientError,
  type PrefactorHttpError,
  PrefactorNetworkError,
  PrefactorResponseContractError,
  PrefactorTimeoutError,
} from "../../mod.ts";
import { failure, failureOf, json, makeClient, ok, outcome, settle, TOKEN } from "../helpers.ts";

Deno.test("fetch() is called without a this value", async (t) => {
  await t.step("the fetch of the config", async () => {
    const { client, sent } = makeClient(ok);
    await client.request("GET", "/x");
    assertStrictEquals(sent[0]!.self, undefined);
  });
  await t.step("the global fetch", async () => {
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

Deno.test("a fetch that changes its arguments does not affect other attempts", async () => {
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

Deno.test("PrefactorHttpClient.request() rejects what a stubbed fetch may resolve to by mistake", async (t) => {
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
  for (const [name, value] of cases) {
    await t.step(name, async () => {
      const { client } = makeClient(() => value as Response, { maxRetries: 0 });
      assert(isPrefactorHttpError(await failureOf(client.request("GET", "/x"))));
    });
  }
});

Deno.test("PrefactorNetworkError.cause is a copy of the error of fetch", async () => {
  const cause = new TypeError("Connection refused");
  const { client } = makeClient(() => Promise.reject(cause));
  const error = await failureOf(client.request("GET", "/x", { maxRetries: 0 }));
  assertInstanceOf(error, PrefactorNetworkError);
  const copy = error.cause as Error;
  assertEquals([copy.name, copy.message, copy.stack], [cause.name, cause.message, cause.stack]);
});

Deno.test("PrefactorHttpClient.request() rejects with PrefactorNetworkError, whatever fetch rejects with", async (t) => {
  const causes: [string, unknown][] = [
    ["undefined", undefined],
    ["null", null],
    ["a symbol", Symbol("s")],
    ["an object without a prototype", Object.create(null)],
    ["an error whose message is not a string", Object.assign(new Error(), { message: 5 })],
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

Deno.test("PrefactorHttpClient.request() rejects with PrefactorNetworkError if the connection is refused", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  const { client } = makeClient(ok, { apiUrl: `http://127.0.0.1:${port}`, fetch: undefined });
  const error = await failureOf(client.request("GET", "/x", { maxRetries: 0 }));
  assertInstanceOf(error, PrefactorNetworkError);
  assert(error.cause !== undefined);
});

Deno.test("an error of fetch whose message throws affects only its own call", async () => {
  const cause = Object.defineProperty(new Error(), "message", {
    get: () => {
      throw new RangeError("From the getter");
    },
  });
  const { client } = makeClient((_sent, index) => index === 0 ? Promise.reject(cause) : ok(), {
    maxRetries: 0,
  });
  assertInstanceOf(await failureOf(client.request("GET", "/x")), PrefactorNetworkError);
  assertEquals(await client.request("GET", "/x"), { status: "success" });
});

Deno.test("PrefactorHttpClient.request() handles errors of fetch with the token and an invalid name or stack", async (t) => {
  for (const invalid of [{ stack: 5 }, { name: 5 }, { stack: null, name: {} }]) {
    await t.step(`an error with ${Deno.inspect(invalid)}`, async () => {
      const { client } = makeClient(() => Promise.reject(Object.assign(new Error(TOKEN), invalid)));
      const error = await failureOf(client.request("GET", "/x", { maxRetries: 0 }));
      assertInstanceOf(error, PrefactorNetworkError);
    });
  }
});

Deno.test("a custom fetch that returns an unusable response makes the call reject immediately with the reason", async (t) => {
  const stream = (chunk: unknown) =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(chunk);
        controller.close();
      },
    });
  const locked = new Response("{}");
  locked.body!.getReader();
  const used = new Response("{}");
  await used.text();
  const headers = new Headers();
  const arrayBuffer = () => Promise.resolve(undefined);
  const cases: [name: string, response: unknown, problem: string][] = [
    ["undefined", undefined, "it has no status"],
    ["a plain object", {}, "it has no status"],
    ["no headers", { status: 200, ok: true, json: () => ({}) }, "it has no headers"],
    ["a used body", used, "its body has been used"],
    ["a locked body", locked, "its body has been used"],
    ["no way to read the body", { status: 200, ok: true, headers, body: {} }, "it has no arrayBuffer()"],
    [
      "chunks of strings",
      { status: 200, ok: true, headers, body: stream("{}") },
      "its body is not bytes",
    ],
    [
      "an arrayBuffer() without bytes",
      { status: 200, ok: true, headers, arrayBuffer },
      "its body is not bytes",
    ],
    [
      "no reader",
      { status: 200, ok: true, headers, body: { getReader: () => null } },
      "its body is not bytes",
    ],
    ...["status", "headers", "body"].map((name): [string, unknown, string] => [
      `a getter of ${name} that throws`,
      Object.defineProperty({ status: 200, ok: true, headers, arrayBuffer }, name, {
        get: () => {
          throw new Error("no");
        },
      }),
      "its fields cannot be read",
    ]),
  ];
  for (const [name, response, problem] of cases) {
    await t.step(name, async () => {
      const { client, sent } = makeClient(() => response as Response);
      const error = await failureOf(client.request("POST", "/x"));
      assertInstanceOf(error, PrefactorClientError);
      assert(error.message.includes(problem), error.message);
      assertEquals([sent.length, error.request?.path], [1, "/x"]);
    });
  }
});

Deno.test("a body without getReader() is read by arrayBuffer() under the same limit", async () => {
  const bytes = new TextEncoder().encode('{"status":"success"}');
  const response = (body: unknown) => ({
    status: 200,
    ok: true,
    headers: new Headers(),
    body,
    arrayBuffer: () => Promise.resolve(bytes.slice().buffer),
  });
  for (const body of [{ pipe() {} }, undefined]) {
    const { client } = makeClient(() => response(body) as unknown as Response);
    assertEquals(await client.request("GET", "/x"), { status: "success" });
    const limited = makeClient(() => response(body) as unknown as Response, { maxResponseBytes: 5 }).client;
    assertInstanceOf(await failureOf(limited.request("GET", "/x")), PrefactorResponseContractError);
  }
});

Deno.test("PrefactorHttpClient.request() rejects immediately if there is no fetch", async () => {
  const { client } = makeClient(ok, { fetch: undefined });
  const { fetch } = globalThis;
  Reflect.set(globalThis, "fetch", undefined);
  const error = await failureOf(client.request("GET", "/x"));
  Reflect.set(globalThis, "fetch", fetch);
  assertInstanceOf(error, PrefactorClientError);
  assertStringIncludes(error.message, "'fetch' must be a function, but is undefined");
});

Deno.test("a response of a custom fetch may have a Map or an object with get() as its headers", async (t) => {
  const kinds = [
    ["an empty Map", new Map()],
    ["a Map with a length", new Map([["content-length", "5"]])],
    ["get()", { get: () => undefined }],
  ] as const;
  for (const [name, headers] of kinds) {
    for (const [status, expected] of [[200, undefined], [302, "redirect"], [404, "unknown"]] as const) {
      await t.step(`${name} of a ${status}`, async () => {
        const arrayBuffer = () => Promise.resolve(new TextEncoder().encode("{}").buffer);
        const response = { status, ok: status === 200, headers, arrayBuffer };
        const { client, sent } = makeClient(() => response as unknown as Response);
        const { error } = await outcome(client.request("GET", "/x"));
        assertEquals((error as PrefactorApiError | undefined)?.code, expected);
        assertEquals(sent.length, 1);
      });
    }
  }
});

/** A class of errors, whatever its constructor takes. */
// deno-lint-ignore no-explicit-any -- the only type that every constructor has
type Expected = new (...args: any[]) => PrefactorHttpError;

Deno.test("a body of a custom fetch that cannot be canceled does not affect the call", async (t) => {
  const cancels: [string, unknown][] = [
    ["is missing", undefined],
    ["returns nothing", () => {}],
    ["throws", () => {
      throw new Error("from cancel()");
    }],
    ["rejects", () => Promise.reject(new Error("from cancel()"))],
  ];
  const value = new Uint8Array(10);
  const reads: [string, status: number, read: () => Promise<unknown>, expected: Expected][] = [
    ["a timeout", 200, () => new Promise(() => {}), PrefactorTimeoutError],
    ["a body over the limit", 200, () => Promise.resolve({ value }), PrefactorResponseContractError],
    ["a body that is not bytes", 200, () => Promise.resolve({ value: "text" }), PrefactorClientError],
    ["a redirect", 302, () => new Promise(() => {}), PrefactorApiError],
  ];
  for (const [what, cancel] of cancels) {
    for (const [when, status, read, expected] of reads) {
      await t.step(`cancel() ${what} after ${when}`, async () => {
        using time = new FakeTime();
        const body = { getReader: () => ({ read, cancel }), cancel };
        const response = { status, ok: status === 200, headers: new Headers(), body } as unknown as Response;
        const { client } = makeClient(() => response, { maxResponseBytes: 5, maxRetries: 0 });
        assertInstanceOf(await failureOf(settle(time, client.request("GET", "/x"))), expected);
      });
    }
  }
});

Deno.test("PrefactorHttpClient.request() reads the chunks of another realm", async () => {
  const encode = runInNewContext("(bytes) => new Uint8Array(bytes)");
  const chunks = ['{"status":', '"success"}'].map((text) => encode([...new TextEncoder().encode(text)]));
  assertFalse(chunks[0] instanceof Uint8Array);
  const body = ReadableStream.from(chunks);
  const response = { status: 200, ok: true, headers: new Headers(), body } as unknown as Response;
  const { client } = makeClient(() => response);
  assertEquals(await client.request("GET", "/x"), { status: "success" });
});

Deno.test("maxResponseBytes limits a response of a custom fetch with a wrong Content-Length", async () => {
  const response = () =>
    new Response(JSON.stringify({ text: "x".repeat(100) }), { headers: { "content-length": "5" } });
  const { client } = makeClient(response, { maxResponseBytes: 50 });
  const error = await failureOf(client.request("GET", "/x"));
  assertInstanceOf(error, PrefactorResponseContractError);
  assertStringIncludes(error.message, "maxResponseBytes");
});
