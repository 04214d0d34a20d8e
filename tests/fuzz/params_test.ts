import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { type HttpRequestOptions, PrefactorClientError, type PrefactorHttpClient } from "../../mod.ts";
import { json, makeClient, ok, outcome, type Sent, TOKEN } from "../helpers.ts";
import { createSpan, finishInstance, finishSpan, register, start } from "./models.ts";
import type { Kind } from "./oracle.ts";
import { anything, fc, property, some } from "./setup.ts";

const INSTANCE = {
  type: "agent_instance",
  status: "active",
  inserted_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
  ...Object.fromEntries(
    ["id", "account_id", "agent_id", "agent_version_id", "environment_id"].map((name) => [name, "x"]),
  ),
};
const SPAN = { type: "agent_span", id: "s", agent_instance_id: "i", schema_name: "n", status: "active" };

/** An endpoint method with its params and its request body. */
interface Endpoint {
  readonly kind: Kind;
  readonly details: object;
  call(client: PrefactorHttpClient, params: never): Promise<unknown>;
  /** Returns the body that contains the fields. */
  body(fields: Record<string, unknown>): Record<string, unknown>;
}

const same = (fields: Record<string, unknown>) => fields;

const ENDPOINTS: Record<string, Endpoint> = {
  "agentInstances.register": {
    kind: register,
    details: INSTANCE,
    call: (client, params) => client.agentInstances.register(params),
    body: (fields) => ({ update_current_version: true, ...fields }),
  },
  "agentInstances.start": {
    kind: start,
    details: INSTANCE,
    call: (client, params) => client.agentInstances.start("i", params),
    body: same,
  },
  "agentInstances.finish": {
    kind: finishInstance,
    details: INSTANCE,
    call: (client, params) => client.agentInstances.finish("i", params),
    body: same,
  },
  "agentSpans.create": {
    kind: createSpan,
    details: SPAN,
    call: (client, params) => client.agentSpans.create(params),
    body: (fields) => ({ details: { payload: {}, ...fields } }),
  },
  "agentSpans.finish": {
    kind: finishSpan,
    details: SPAN,
    call: (client, params) => client.agentSpans.finish("s", params),
    body: same,
  },
};

/** Returns the params as sent in the body: without the key and missing fields, and with dates as strings. */
function fieldsOf(params: object): Record<string, unknown> {
  const { idempotency_key: _, ...fields } = params as Record<string, unknown>;
  const present = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  return JSON.parse(JSON.stringify(Object.fromEntries(present)));
}

async function run(
  { call, details }: Endpoint,
  params: unknown,
): Promise<{ error: unknown; sent: Sent[] }> {
  const { client, sent } = makeClient(() => json({ status: "success", details }), { maxRetries: 0 });
  const { error } = await outcome(call(client, params as never));
  return { error, sent };
}

/** Valid and invalid keys. */
const keys = fc.oneof(
  fc.constantFrom(null, undefined, "", "x".repeat(64), "x".repeat(65)),
  fc.stringMatching(/^[!-~]{1,64}$/),
  fc.string(),
);

for (const [name, endpoint] of Object.entries(ENDPOINTS)) {
  property(`${name}() sends valid params and nothing else`, [
    endpoint.kind.good,
    keys,
  ], async (good, key) => {
    const params = { ...good as object, idempotency_key: key };
    const before = fc.stringify(params);
    const { error, sent } = await run(endpoint, params);
    assertStrictEquals(fc.stringify(params), before, "the params have changed");
    if (error) {
      assertInstanceOf(error, PrefactorClientError, String(error));
      assertStringIncludes(error.message, "'idempotency_key'");
      assert(!/^[!-~]{1,64}$/.test(key!), `the key ${key} is valid`);
      return assertEquals(sent.length, 0);
    }
    assert(
      key === null || key === undefined || (key.length > 0 && key.length <= 64),
      `the key ${key} is invalid`,
    );
    const { idempotency_key: sentKey, ...body } = JSON.parse(sent[0]!.body!);
    assertEquals(body, endpoint.body(fieldsOf(params)));
    assertStrictEquals(sent[0]!.headers.get("idempotency-key"), sentKey);
    if (typeof key === "string") assertStrictEquals(sentKey, key);
  });

  property(`${name}() names the first invalid field and sends nothing`, [
    fc.oneof(
      anything(),
      fc.tuple(endpoint.kind.good, fc.nat(), anything()).map(([good, at, by]) => {
        const params = { ...good as Record<string, unknown> };
        const names = Object.keys(params);
        if (names.length > 0) params[names[at % names.length]!] = by;
        return params;
      }),
    ),
  ], async (params) => {
    if (params === undefined) return; // omitted, if that is allowed
    const [field] = endpoint.kind.issues(params, "");
    const { error, sent } = await run(endpoint, params);
    if (field === undefined) {
      // Values that are not JSON and keys that are too long are rejected later.
      assert(error === undefined || error instanceof PrefactorClientError, String(error));
      return assertEquals(sent.length, error ? 0 : 1);
    }
    assertInstanceOf(error, PrefactorClientError, String(error));
    assertStringIncludes(error.message, `'${field || "params"}' must be`);
    assertEquals(sent.length, 0);
  });
}

property("AgentSpanClient.finish() keeps an ID in one path segment or rejects it", [
  fc.oneof(
    fc.constantFrom(".", "..", "...", "%2e%2e"),
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."./\\%2eE?#&=@: \r\n\t\0é\ud800\udc00".split("")), maxLength: 6 }),
  ),
], async (id) => {
  const { client, sent } = makeClient(() => json({ status: "success", details: SPAN }));
  const { error } = await outcome(client.agentSpans.finish(id));
  if (id === "" || id === "." || id === ".." || !id.isWellFormed()) {
    assertInstanceOf(error, PrefactorClientError, String(error));
    return assertEquals(sent.length, 0);
  }
  assertStrictEquals(error, undefined);
  const { origin, pathname, search, hash } = new URL(sent[0]!.url);
  assertEquals([origin, search, hash], ["https://api.example.test", "", ""]);
  const segments = pathname.split("/");
  assertEquals([segments.length, segments[5]], [6, "finish"]);
  assertStrictEquals(decodeURIComponent(segments[4]!), id);
});

const scalars = fc.oneof(fc.string({ unit: "binary" }), fc.boolean(), fc.double());

property("PrefactorHttpClient.request() keeps params in the query or rejects them", [
  fc.dictionary(
    fc.string(),
    fc.oneof(scalars, fc.array(scalars, { maxLength: 3 }), fc.constantFrom(null, undefined)),
  ),
], async (params) => {
  const { client, sent } = makeClient(ok);
  const pairs = Object.entries(params).flatMap(([name, value]) =>
    [value].flat().filter((item) => item !== null && item !== undefined).map((item) => [name, item] as const)
  );
  const { error } = await outcome(client.request("GET", "/x", { params }));
  if (pairs.some(([, item]) => typeof item === "number" && !Number.isFinite(item))) {
    return assertInstanceOf(error, PrefactorClientError, String(error));
  }
  assertStrictEquals(error, undefined);
  const { pathname, searchParams, hash } = new URL(sent[0]!.url);
  assertEquals([pathname, hash], ["/x", ""]);
  assertEquals([...searchParams], pairs.map(([name, item]) => [name, String(item).toWellFormed()]));
});

property("PrefactorHttpClient.request() keeps a path below apiUrl or rejects it", [
  fc.oneof(
    fc.webPath(),
    fc.string({ unit: "binary" }).map((text) => `/${text}`),
    fc.array(
      fc.constantFrom(...[
        "/",
        "\\",
        ".",
        "..",
        "%2e",
        "%2E",
        "a",
        "?",
        "#",
        "@",
        ":",
        "%",
        " ",
        "\t",
        "\0",
        "\x01",
        "\x1f",
        "\x7f",
      ]),
    )
      .map((parts) => `/${parts.join("")}`),
  ),
], async (path) => {
  const { client, sent } = makeClient(ok, { apiUrl: "https://api.example.test/base" });
  const { error } = await outcome(client.request("GET", path));
  if (error) return assertInstanceOf(error, PrefactorClientError, String(error));
  const { origin, pathname, hash } = new URL(sent[0]!.url);
  assertEquals([origin, hash], ["https://api.example.test", ""]);
  const [written] = path.split("?") as [string];
  assertEquals(pathname.split("/").length, `/base${written}`.split("/").length, path);
  assert(pathname.startsWith("/base/"), pathname);
});

property("PrefactorHttpClient.request() sends any options or rejects them", [
  some({
    headers: fc.oneof(
      anything(),
      fc.dictionary(fc.string({ unit: "binary-ascii" }), fc.string({ unit: "binary" })),
      fc.array(
        fc.tuple(fc.constantFrom("authorization", "AUTHORIZATION", "Authorization ", "x-a"), fc.string()),
        { maxLength: 3 },
      ),
    ),
    idempotencyKey: fc.oneof(keys, anything()),
    json: anything(),
    maxRetries: fc.oneof(fc.integer({ min: -1, max: 3 }), anything()),
    params: anything(),
    signal: anything(),
    timeout: fc.oneof(fc.double(), anything()),
    connectTimeout: fc.oneof(fc.double(), anything()),
  }, 2),
], async (options) => {
  const before = fc.stringify(options);
  const { client, sent } = makeClient(ok);
  const call = client.request("POST", "/x", options as HttpRequestOptions);
  const { error } = await outcome(call);
  assertStrictEquals(fc.stringify(options), before, "the options have changed");
  assertEquals(sent.length, error ? 0 : 1);
  if (error) assertInstanceOf(error, PrefactorClientError, String(error));
  else assertStrictEquals(sent[0]!.headers.get("authorization"), `Bearer ${TOKEN}`);
});
