import { assert, assertEquals, assertFalse, assertInstanceOf, assertThrows, fail } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import {
  type ClientHooks,
  type HttpClientConfig,
  isPrefactorHttpError,
  PrefactorClientError,
  PrefactorHttpClient,
  PrefactorNotFoundError,
  PrefactorResponseContractError,
} from "../mod.ts";
import { type Answer, failureOf, json, makeClient, ok, settle, TOKEN } from "./helpers.ts";
import { shownTexts } from "./shown_texts.ts";

/** The length of a part of the token that must not be exposed. */
const FRAGMENT = 20;

/** The encodings in which the token could be exposed. */
const FORMS = [
  TOKEN,
  encodeURIComponent(TOKEN),
  TOKEN.replaceAll("/", "\\/"),
  TOKEN.replaceAll("/", "\\u002f").replaceAll("+", "\\u002b"),
];

const FRAGMENTS = FORMS.flatMap((form) =>
  Array.from({ length: form.length - FRAGMENT + 1 }, (_, i) => form.slice(i, i + FRAGMENT))
);

/** Finds a part of the token in the text. */
function findToken(text: string): string | undefined {
  return FRAGMENTS.find((fragment) => text.includes(fragment));
}

function assertNoToken(value: unknown): void {
  for (const text of shownTexts(value)) {
    const found = findToken(text);
    if (found) fail(`Found ${found} in ${text.slice(0, 2_000)}`);
  }
}

/** Runs a call that fails, and asserts that its error, its events and the logs do not contain the token. */
async function assertSilent(
  answer: Answer,
  call: (client: PrefactorHttpClient) => Promise<unknown> = (client) => client.request("POST", "/x"),
  overrides: Partial<HttpClientConfig> = {},
): Promise<unknown> {
  const events: unknown[] = [];
  const hooks: ClientHooks = {
    onRequest: (event) => events.push(event),
    onResponse: (event) => events.push(event),
    onRetry: (event) => events.push(event),
  };
  const methods = ["log", "info", "warn", "error", "debug"] as const;
  const logs = methods.map((method) => stub(console, method, (...args) => void events.push(args)));
  try {
    const { client } = makeClient(answer, { hooks, maxRetries: 0, ...overrides });
    const error = await failureOf(call(client));
    assert(isPrefactorHttpError(error), `Not an error of this package: ${error}`);
    assertNoToken(error);
    assertNoToken(events);
    assertNoToken(client);
    return error;
  } finally {
    logs.forEach((log) => log.restore());
  }
}

Deno.test("findToken() finds a part of the token", () => {
  assert(findToken(`Bearer ${TOKEN}`));
  assert(findToken(TOKEN.slice(30, 60)));
  assertFalse(findToken("Bearer [redacted]"));
  for (const value of [new Error("x", { cause: { [TOKEN]: 1 } }), new Map([[1, [TOKEN]]])]) {
    assertThrows(() => assertNoToken(value), Error, "Found");
  }
});

Deno.test("PrefactorHttpClient.request() redacts a token that the response echoes", async (t) => {
  const filler = "é".repeat(190 - 30);
  const cases: [string, () => Response][] = [
    ["message", () => json({ code: "c", message: `Bad token ${TOKEN}` }, 401)],
    ["code", () => json({ code: TOKEN, message: "m" }, 403)],
    ["errors, values", () => json({ errors: { a: { b: [`Bearer ${TOKEN}`, { c: TOKEN }] } } }, 422)],
    ["errors, keys", () => json({ errors: { [TOKEN]: 1, a: { [`x ${TOKEN}`]: {} } } }, 400)],
    ["message, 404", () => json({ message: TOKEN + TOKEN }, 404)],
    ["message, 500", () => json({ message: TOKEN }, 500)],
    ["x-request-id", () => json({}, 500, { "x-request-id": TOKEN })],
    ["x-request-id of a success", () => new Response("<html>", { headers: { "x-request-id": TOKEN } })],
    ["location", () => new Response(null, { status: 302, headers: { location: `/x?t=${TOKEN}` } })],
    [
      "location, cut",
      () => new Response(null, { status: 302, headers: { location: `/${"x".repeat(30)}?t=${TOKEN}` } }),
    ],
    [
      "location, encoded",
      () => new Response(null, { status: 302, headers: { location: `/x?t=${encodeURIComponent(TOKEN)}` } }),
    ],
    ["HTML", () => new Response(`<html>Authorization: Bearer ${TOKEN}</html>`, { status: 502 })],
    ["HTML, cut by the snippet", () => new Response(`${filler}${TOKEN}${filler}`, { status: 502 })],
    ["truncated JSON", () => new Response(`{"message":"${TOKEN}`, { status: 400 })],
    ["truncated JSON, slashes escaped", () => new Response(`{"message":"${FORMS[2]}`, { status: 400 })],
    ["JSON, slashes escaped", () => new Response(`{"message":"${FORMS[2]}"}`, { status: 400 })],
    ["JSON, all escaped", () => new Response(`{"message":"${FORMS[3]}"}`, { status: 400 })],
    ["text", () => new Response(TOKEN)],
    ["text that begins like JSON", () => new Response(`[1${TOKEN}`)],
    ["a JSON string", () => json(TOKEN)],
    ["a JSON array", () => json([TOKEN, { [TOKEN]: TOKEN }])],
    [
      "invalid UTF-8",
      () => new Response(new Blob([new Uint8Array([0xff]), TOKEN, new Uint8Array([0xff])]).stream()),
    ],
  ];
  for (const [name, answer] of cases) {
    await t.step(`in ${name}`, async () => {
      await assertSilent(answer);
    });
  }
});

Deno.test("isResponseSecret keeps the body of a response out of errors", async (t) => {
  const secret = "eyJzZWNyZXQi.c2VjcmV0";
  const cases: [string, () => Response][] = [
    ["an error", () => json({ token: secret, code: "invalid_action", message: "Already used" }, 409)],
    ["no JSON object", () => json(secret)],
    ["JSON that was cut off", () => new Response(`{"token":"${secret}"`)],
    ["text", () => new Response(secret, { status: 500 })],
  ];
  for (const [name, answer] of cases) {
    await t.step(name, async () => {
      const options = { isResponseSecret: true };
      const error = await assertSilent(answer, (client) => client.request("POST", "/x", options));
      assertEquals((error as { body?: unknown }).body, undefined);
      for (const text of shownTexts(error)) assertFalse(text.includes(secret), text);
    });
  }
});

Deno.test("endpoint methods redact a token in a response that does not match its model", async (t) => {
  const span = { type: "agent_span", id: "s", agent_instance_id: "i", schema_name: "n", status: "active" };
  const cases: [string, () => Response][] = [
    ["the invalid field", () => json({ status: "success", details: { ...span, id: { [TOKEN]: TOKEN } } })],
    [
      "the text of the invalid field",
      () => json({ status: "success", details: { ...span, started_at: TOKEN } }),
    ],
    ["another field", () => json({ status: "success", details: { ...span, id: 1, summary: TOKEN } })],
    ["a key", () => json({ status: "success", details: { ...span, id: 1, [TOKEN]: TOKEN } })],
  ];
  for (const [name, answer] of cases) {
    await t.step(name, async () => {
      const error = await assertSilent(answer, (client) => client.agentSpans.finish("s"));
      assertInstanceOf(error, PrefactorResponseContractError);
    });
  }
  await t.step("a bulk output", async () => {
    const items = [{ _type: "agent_spans/finish", idempotency_key: "finish-0001" }];
    await assertSilent(
      () => json({ status: "success", outputs: { [TOKEN]: { status: TOKEN } } }),
      (client) => client.bulk.execute({ items }),
    );
  });
});

Deno.test("endpoint methods redact a token in a body that is nested too deep to search", async () => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  const { client } = makeClient(() =>
    new Response(`{"status":"success","echo":"${TOKEN}","details":${deep}}`)
  );
  const error = await failureOf(client.agentSpans.finish("s"));
  assertInstanceOf(error, PrefactorResponseContractError);
  const body = error.body as { echo?: unknown } | undefined;
  assertFalse(findToken(`${error.message} ${error.stack} ${body?.echo}`));
});

Deno.test("a token of digits is redacted in numbers", async (t) => {
  const apiToken = "12345678901234";
  const echo = { status: "success", echo: `Bearer ${apiToken}`, details: { id: Number(apiToken) } };
  await t.step("a success that does not match its model", async () => {
    const { client } = makeClient(() => json(echo), { apiToken });
    const error = await failureOf(client.agentSpans.finish("s"));
    assertInstanceOf(error, PrefactorResponseContractError);
    for (const text of shownTexts(error)) assertFalse(text.includes(apiToken), text);
  });
  await t.step("an error", async () => {
    const { client } = makeClient(() => json(echo, 404), { apiToken });
    const error = await failureOf(client.agentSpans.finish("s"));
    assertInstanceOf(error, PrefactorNotFoundError);
    for (const text of shownTexts(error)) assertFalse(text.includes(apiToken), text);
  });
});

function withProperty(key: PropertyKey, value: unknown): Error {
  return Object.assign(new TypeError("Failed"), { [key]: value });
}

Deno.test("PrefactorHttpClient.request() redacts a token in the error of fetch", async (t) => {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const url = `https://h.test/?t=${TOKEN}`;
  const renamed = new TypeError("Failed");
  renamed.name = `Error of ${TOKEN}`;
  const restacked = new TypeError("Failed");
  restacked.stack = `TypeError: Failed ${TOKEN}`;
  const cyclic: Record<string, unknown> = { token: TOKEN };
  cyclic["self"] = cyclic;
  const cases: [string, unknown][] = [
    ["message", new TypeError(`Bad header Bearer ${TOKEN}`)],
    ["name", renamed],
    ["stack", restacked],
    ["cause", new TypeError("Failed", { cause: new Error(TOKEN) })],
    [
      "cause of the cause",
      new TypeError("Failed", { cause: new Error("Why", { cause: { deep: [{ t: TOKEN }] } }) }),
    ],
    ["AggregateError", new AggregateError([new Error(TOKEN)], "Failed")],
    ["own property", withProperty("config", { headers })],
    ["own symbol", withProperty(Symbol("config"), { headers })],
    ["own key", withProperty(TOKEN, 1)],
    ["hidden property", Object.defineProperty(new TypeError("Failed"), "hidden", { value: headers })],
    ["Request", withProperty("request", new Request("https://h.test", { headers }))],
    ["Headers", withProperty("headers", new Headers(headers))],
    ["Response", withProperty("response", new Response(null, { headers }))],
    ["Map", withProperty("headers", new Map(Object.entries(headers)))],
    ["Set", withProperty("tokens", new Set([TOKEN]))],
    ["URL", withProperty("url", new URL(url))],
    ["URLSearchParams", withProperty("query", new URL(url).searchParams)],
    ["a function's property", withProperty("retry", Object.assign(() => {}, { headers }))],
    ["a cycle", withProperty("context", cyclic)],
    ["a string", `Failed with Bearer ${TOKEN}`],
    ["an object", { headers }],
    ["an array", [TOKEN]],
    ["a DOMException", new DOMException(`Bad header ${TOKEN}`, "NetworkError")],
    ["an own toString", Object.assign(new TypeError("Failed"), { toString: () => TOKEN })],
    ["an own toJSON", Object.assign(new TypeError("Failed"), { toJSON: () => TOKEN })],
  ];
  for (const [name, cause] of cases) {
    await t.step(`in ${name}`, async () => {
      await assertSilent(() => Promise.reject(cause));
    });
  }
});

Deno.test("retries and hook events do not contain the token", async () => {
  using time = new FakeTime();
  await assertSilent(
    (_sent, index) => index === 1 ? Promise.reject(new TypeError(TOKEN)) : json({ message: TOKEN }, 503),
    (client) => settle(time, client.request("POST", "/x")),
    { maxRetries: 2 },
  );
});

Deno.test("PrefactorHttpClient.request() redacts a token in the error of a body", async () => {
  await assertSilent(() =>
    new Response(new ReadableStream({ start: (controller) => controller.error(new TypeError(TOKEN)) }))
  );
});

Deno.test("PrefactorHttpClient.request() redacts a token in an invalid argument", async (t) => {
  const bad = `${TOKEN}\r\n→`;
  const cases: [string, (client: PrefactorHttpClient) => Promise<unknown>][] = [
    ["method", (client) => client.request(TOKEN, "/x")],
    ["path", (client) => client.request("GET", TOKEN)],
    ["headers", (client) => client.request("GET", "/x", { headers: { "x-extra": bad } })],
    ["header name", (client) => client.request("GET", "/x", { headers: { [bad]: "1" } })],
    ["idempotencyKey", (client) => client.request("POST", "/x", { idempotencyKey: TOKEN })],
    ["timeout", (client) => client.request("GET", "/x", { timeout: TOKEN as unknown as number })],
    ["param", (client) => client.request("GET", "/x", { params: { [TOKEN]: NaN } })],
    ["toJSON", (client) => {
      const toJSON = (): never => {
        throw new Error(TOKEN);
      };
      return client.request("POST", "/x", { json: { toJSON } });
    }],
    ["bulk key", (client) => client.bulk.execute({ items: [{ _type: "t", idempotency_key: TOKEN }] })],
    ["timestamp", (client) => client.agentSpans.finish("s", { timestamp: TOKEN })],
  ];
  for (const [name, call] of cases) {
    await t.step(`in ${name}`, async () => {
      await assertSilent(ok, call);
    });
  }
});

Deno.test("PrefactorHttpClient() redacts a token in an invalid config", async (t) => {
  const cases: Record<string, unknown>[] = [
    { apiToken: `${TOKEN}\n` },
    { apiToken: `${TOKEN}→` },
    { apiToken: [TOKEN] },
    { apiUrl: TOKEN },
    { apiUrl: `https://user:${TOKEN}@h.test` },
    { apiUrl: `https://h.test/?token=${TOKEN}` },
    { apiUrl: `https://h.test/#${encodeURIComponent(TOKEN)}` },
    { defaultIdempotencyKey: TOKEN },
    { sdkHeader: `${TOKEN}\n` },
    { requestTimeout: TOKEN },
    { maxRetries: TOKEN },
    { retryOnStatusCodes: [TOKEN] },
    { retryOnStatusCodes: TOKEN },
    { fetch: TOKEN },
    { hooks: TOKEN },
    { hooks: { onRequest: TOKEN } },
  ];
  for (const overrides of cases) {
    await t.step(
      Object.entries(overrides).map(([name, value]) => `in ${name}, of type ${typeof value}`).join(),
      () => {
        const config = { apiUrl: "https://h.test", apiToken: TOKEN, ...overrides } as HttpClientConfig;
        const error = assertThrows(() => new PrefactorHttpClient(config), PrefactorClientError);
        assertNoToken(error);
      },
    );
  }
});

Deno.test("PrefactorHttpClient does not expose its token", () => {
  const { client } = makeClient(ok, { sdkHeader: "my-sdk@1", hooks: { onRequest: () => {} } });
  for (const value of [client, client.agentInstances, client.agentSpans, client.bulk, [client]]) {
    assertNoToken(value);
  }
});

Deno.test("IDs and params are encoded in the URL", async (t) => {
  const hostile = [
    "../../admin",
    "a/b",
    "a?b=c",
    "a#b",
    "a\r\nX-Evil: 1",
    "a b",
    "%2e%2e",
    "a\\b",
    "ü",
    "\0",
  ];
  const path = /^\/api\/v1\/agent_spans\/[^/?#\s\\]+\/finish$/;
  for (const id of hostile) {
    await t.step(`the ID ${JSON.stringify(id)}`, async () => {
      const { client, sent } = makeClient(() => json({}));
      await client.agentSpans.finish(id).catch(() => {});
      const url = new URL(sent[0]!.url);
      assert(path.test(url.pathname), url.pathname);
      assertEquals(decodeURIComponent(url.pathname.split("/")[4]!), id);
      assertEquals([url.search, url.hash, url.host], ["", "", "api.example.test"]);
    });
    await t.step(`the param ${JSON.stringify(id)}`, async () => {
      const { client, sent } = makeClient(ok);
      await client.request("GET", "/x", { params: { [id]: id } });
      const url = new URL(sent[0]!.url);
      assertEquals([...url.searchParams], [[id, id]]);
      assertEquals([url.pathname, url.hash], ["/x", ""]);
    });
  }
});

Deno.test("PrefactorHttpClient rejects text that could break out of a header or a URL", async (t) => {
  for (const text of ["a\r\nX-Evil: 1", "a\n", "a\rb", "a\0b", "→", " a", ""]) {
    await t.step(`the idempotency_key ${JSON.stringify(text)}`, async () => {
      const { client, sent } = makeClient(ok);
      const error = await failureOf(client.agentSpans.finish("s", { idempotency_key: text }));
      assertInstanceOf(error, PrefactorClientError);
      assertEquals(sent.length, 0);
    });
  }
  const configs: Partial<HttpClientConfig>[] = [
    { apiUrl: "https://h.test\r\n" },
    { apiUrl: "https://h.test/\r\nX-Evil: 1" },
    { apiUrl: "https://h\n.test" },
    { apiUrl: " https://h.test" },
    { apiUrl: "javascript:alert(1)" },
    { apiUrl: "https://h.test\\@evil.test" },
    { apiUrl: "https://a:b@h.test" },
    { apiToken: "token\r\nX-Evil: 1" },
    { apiToken: "token\n" },
    { sdkHeader: "sdk\r\nX-Evil: 1" },
    { defaultIdempotencyKey: "a\r\nb" },
  ];
  for (const overrides of configs) {
    await t.step(`the config ${JSON.stringify(overrides)}`, () => {
      assertThrows(() => makeClient(ok, overrides), PrefactorClientError, Object.keys(overrides)[0]);
    });
  }
});
