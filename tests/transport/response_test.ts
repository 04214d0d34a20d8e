import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  PrefactorApiError,
  PrefactorAuthError,
  PrefactorConflictError,
  PrefactorNotFoundError,
  PrefactorResponseContractError,
  PrefactorRetryExhaustedError,
  PrefactorValidationError,
} from "../../mod.ts";
import { failure, failureOf, json, makeClient, settle, turn } from "../helpers.ts";

const DEEP = "[".repeat(100_000) + "]".repeat(100_000);

Deno.test("PrefactorHttpClient.request() resolves to the JSON object of the response", async () => {
  const body = { status: "success", more: { deep: [1, null, "ü"] }, __proto__x: 1 };
  const { client } = makeClient(() => json(body));
  assertEquals<unknown>(await client.request("GET", "/x"), body);
});

Deno.test("PrefactorHttpClient.request() accepts every 2xx with a JSON object", async (t) => {
  for (let status = 200; status < 300; status++) {
    if ([204, 205].includes(status)) continue;
    await t.step(`a ${status}`, async () => {
      const { client } = makeClient(() => json({ status }, status));
      assertEquals(await client.request("GET", "/x"), { status });
    });
  }
});

Deno.test("PrefactorHttpClient.request() resolves to {} for a response without content", async (t) => {
  const cases: [method: string, status: number, body: string | null][] = [
    ["GET", 204, null],
    ["POST", 204, null],
    ["POST", 205, null],
    ["DELETE", 200, ""],
    ["DELETE", 202, null],
    ["DELETE", 204, null],
  ];
  for (const [method, status, body] of cases) {
    await t.step(`a ${status} to a ${method}`, async () => {
      const { client } = makeClient(() => new Response(body, { status }));
      assertEquals(await client.request(method, "/x"), {});
    });
  }
});

Deno.test("PrefactorHttpClient.request() rejects any other empty response", async (t) => {
  for (const [method, status] of [["GET", 200], ["POST", 201], ["PUT", 200], ["DELETE", 400]] as const) {
    await t.step(`a ${status} to a ${method}`, async () => {
      const { client, sent } = makeClient(() => new Response("", { status }));
      const error = await failureOf(client.request(method, "/x"));
      assertInstanceOf(error, PrefactorResponseContractError);
      assertEquals([error.statusCode, sent.length], [status, 1]);
    });
  }
});

Deno.test("PrefactorHttpClient.request() rejects a response that is not a JSON object", async (t) => {
  const cases: [string, BodyInit | null][] = [
    ["nothing", null],
    ["an empty string", ""],
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
      await t.step(`a ${status} with ${name}`, async () => {
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

Deno.test("PrefactorHttpClient.request() accepts a U+FFFD that is part of the JSON text", async (t) => {
  const text = JSON.stringify({ text: "a \ufffd, \u00e9 and \ud83d\udc1f" });
  const length = String(new TextEncoder().encode(text).byteLength);
  for (const headers of [{}, { "content-length": length }]) {
    await t.step(`with the headers ${JSON.stringify(headers)}`, async () => {
      const { client } = makeClient(() => new Response(text, { headers }));
      assertEquals(await client.request("GET", "/x"), JSON.parse(text));
    });
  }
});

Deno.test("PrefactorResponseContractError.bodySnippet is the beginning of the body", async (t) => {
  for (const [body, expected] of [["<html>", "<html>"], ["x".repeat(500), "x".repeat(200)], ["[1]", "[1]"]]) {
    await t.step(`the body ${body!.slice(0, 10)} of ${body!.length} characters`, async () => {
      const { client } = makeClient(() => new Response(body));
      const error = await failureOf(client.request("GET", "/x"));
      assertInstanceOf(error, PrefactorResponseContractError);
      assertEquals(error.bodySnippet, expected);
    });
  }
});

Deno.test("PrefactorHttpClient.request() handles deeply nested responses", async (t) => {
  const deepObject = `{"status":"error","code":"deep","message":"Too deep","errors":{"a":${DEEP}}}`;
  await t.step("a 200", async () => {
    const { client } = makeClient(() => new Response(deepObject));
    assertEquals((await client.request("GET", "/x"))["code"], "deep");
  });
  const cases = [[404, PrefactorNotFoundError], [422, PrefactorValidationError], [409, PrefactorApiError]];
  for (const [status, kind] of cases as [number, typeof PrefactorApiError][]) {
    await t.step(`a ${status}`, async () => {
      const { client } = makeClient(() => new Response(deepObject, { status }));
      const error = await failureOf(client.request("GET", "/x"));
      assertInstanceOf(error, kind);
      assertEquals(error.code, "deep");
      JSON.stringify(error);
      Deno.inspect(error, { depth: 10 });
    });
  }
  await t.step("a 200 that does not match its model", async () => {
    const { client } = makeClient(() => new Response(`{"status":"success","details":${DEEP}}`));
    const error = await failureOf(client.agentSpans.finish("s"));
    assertInstanceOf(error, PrefactorResponseContractError);
    assertEquals(error.path, "details");
    JSON.stringify(error);
    Deno.inspect(error, { depth: 10 });
  });
});

Deno.test("PrefactorHttpClient.request() fills in what an error response lacks", async (t) => {
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
    await t.step(`the response ${JSON.stringify(body)}`, async () => {
      const { client } = makeClient(() => json(body, 422, { "x-request-id": "r-1" }));
      const error = await failureOf(client.request("GET", "/x"));
      assertInstanceOf(error, PrefactorValidationError);
      const expected = `GET /x failed with 422 ${code}: ${message} (request r-1)`;
      assertEquals([error.code, error.message, error.requestId], [code, expected, "r-1"]);
      assertEquals<object>(error.errors, errors);
    });
  }
});

Deno.test("PrefactorHttpClient.request() rejects with the error class of the status", async (t) => {
  const retried = new Set([429, 500, 502, 503, 504]);
  const kinds = new Map<number, typeof PrefactorApiError>([
    [400, PrefactorValidationError as unknown as typeof PrefactorApiError],
    [422, PrefactorValidationError as unknown as typeof PrefactorApiError],
    [401, PrefactorAuthError],
    [403, PrefactorAuthError],
    [404, PrefactorNotFoundError],
    [409, PrefactorConflictError],
  ]);
  for (let status = 300; status < 600; status++) {
    await t.step(`a ${status}`, async () => {
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

Deno.test("maxResponseBytes limits the size of a response", async (t) => {
  const chunk = new TextEncoder().encode(`{"a":"${"x".repeat(92)}"}`);
  assertEquals(chunk.length, 100);
  function streamOf(chunks: number, onCancel: () => void): ReadableStream<Uint8Array> {
    let enqueued = 0;
    return new ReadableStream({
      pull(controller) {
        if (enqueued++ === chunks) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: onCancel,
    });
  }
  const cases: [string, number, (onCancel: () => void) => Response, boolean][] = [
    ["as long as the limit", 100, () => new Response(chunk), true],
    ["one byte too long", 99, () => new Response(chunk), false],
    ["with content-length", 99, () => new Response(chunk, { headers: { "content-length": "100" } }), false],
    ["in chunks", 250, (onCancel) => new Response(streamOf(10, onCancel)), false],
    ["an endless body", 10_000, (onCancel) => new Response(streamOf(Infinity, onCancel)), false],
  ];
  for (const [name, maxResponseBytes, respond, fits] of cases) {
    await t.step(name, async () => {
      let cancelled = 0;
      const { client, sent } = makeClient(() => respond(() => cancelled++), { maxResponseBytes });
      const call = client.request("GET", "/x");
      if (fits) return assertEquals(Object.keys(await call), ["a"]);
      const error = await failureOf(call);
      assertInstanceOf(error, PrefactorResponseContractError);
      assertStringIncludes(error.message, "maxResponseBytes");
      assertEquals([error.statusCode, sent.length], [200, 1]);
      await turn();
      if (name === "in chunks" || name === "an endless body") assertEquals(cancelled, 1);
    });
  }
});

Deno.test("maxResponseBytes defaults to 16 MiB", async () => {
  const limit = 16 * 1024 * 1024;
  const { client } = makeClient((_sent, index) => {
    const padding = " ".repeat(limit - 2 + index);
    return new Response(`{${padding}}`);
  });
  assertEquals(await client.request("GET", "/x"), {});
  assertInstanceOf(await failureOf(client.request("GET", "/x")), PrefactorResponseContractError);
});

Deno.test("PrefactorHttpClient.request() reads every body to its end or cancels it", async (t) => {
  const cases: [string, number, boolean][] = [
    ["a success", 200, false],
    ["an error", 404, false],
    ["a redirect", 302, true],
  ];
  for (const [name, status, cancels] of cases) {
    await t.step(`the body of ${name}`, async () => {
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
