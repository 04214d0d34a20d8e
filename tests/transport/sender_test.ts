import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { PrefactorHttpClient } from "../../mod.ts";
import { ok, recordFetch, TOKEN } from "../helpers.ts";

/** What a server received: the method, the path, and the values of the headers that may change. */
type Received = [method: string, path: string, key: string | null, extra: string | null];

function serve(): AsyncDisposable & { readonly client: PrefactorHttpClient; readonly received: Received[] } {
  const received: Received[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { method, url, headers } = request;
    const { n } = method === "GET" ? {} : await request.json();
    received.push([
      method,
      new URL(url).pathname,
      headers.get("idempotency-key"),
      headers.get("x-extra"),
    ]);
    const isOwn = headers.get("authorization") === `Bearer ${TOKEN}` &&
      headers.get("content-type") === "application/json" && headers.get("accept") === "application/json";
    return Response.json({ status: isOwn ? "success" : "the headers of the client are missing", n });
  });
  const client = new PrefactorHttpClient({
    apiUrl: `http://127.0.0.1:${server.addr.port}`,
    apiToken: TOKEN,
  });
  return {
    client,
    received,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.shutdown();
    },
  };
}

Deno.test("requests to a URL differ in their method, key, body and added headers", async () => {
  await using api = serve();
  const { client, received } = api;
  const calls: [string, Parameters<PrefactorHttpClient["request"]>[2]][] = [
    ["POST", { idempotencyKey: "a" }],
    ["POST", { idempotencyKey: "b" }],
    ["POST", { idempotencyKey: "c" }],
    ["POST", { idempotencyKey: null }],
    ["PUT", {}],
    ["PUT", { idempotencyKey: "d" }],
    ["POST", { idempotencyKey: "e", headers: { "X-Extra": "1" } }],
    ["POST", { idempotencyKey: "f" }],
    ["GET", {}],
  ];
  for (const [n, [method, options]] of calls.entries()) {
    const body = await client.request(method, "/x", { ...options, ...(method !== "GET" && { json: { n } }) });
    assertEquals(body, method === "GET" ? { status: "success" } : { status: "success", n });
  }
  assertEquals(received, [
    ["POST", "/x", "a", null],
    ["POST", "/x", "b", null],
    ["POST", "/x", "c", null],
    ["POST", "/x", null, null],
    ["PUT", "/x", null, null],
    ["PUT", "/x", "d", null],
    ["POST", "/x", "e", "1"],
    ["POST", "/x", "f", null],
    ["GET", "/x", null, null],
  ]);
});

Deno.test("each of many URLs gets its own requests", async () => {
  await using api = serve();
  const { client, received } = api;
  const expected: Received[] = [];
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < 200; n++) {
      const idempotencyKey = `${round}-${n}`;
      await client.request("POST", `/x/${n}`, { json: { n }, idempotencyKey });
      expected.push(["POST", `/x/${n}`, idempotencyKey, null]);
    }
  }
  assertEquals(received, expected);
});

Deno.test("a stub of globalThis.fetch gets a URL and plain headers, even after many requests", async () => {
  await using api = serve();
  const { client, received } = api;
  for (let n = 0; n < 3; n++) await client.request("POST", "/x", { json: { n } });
  const { fetch, sent } = recordFetch(ok);
  {
    using _stub = stub(globalThis, "fetch", fetch);
    await client.request("POST", "/x", { json: {}, idempotencyKey: "stubbed" });
  }
  await client.request("POST", "/x", { json: {}, idempotencyKey: "restored" });
  const [{ url, init }] = sent as [typeof sent[number]];
  assertEquals(new URL(url).pathname, "/x");
  assertEquals(init.method, "POST");
  assertEquals(init.redirect, "manual");
  assertEquals((init.headers as Record<string, string>)["Idempotency-Key"], "stubbed");
  assertEquals(received.at(-1), ["POST", "/x", "restored", null]);
});
