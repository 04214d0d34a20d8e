import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  AgentInstanceClient,
  type AgentSpan,
  AgentSpanClient,
  BatchingRequester,
  type BulkItem,
  type ErrorEvent,
  type HttpRequester,
  type HttpRequestOptions,
  PrefactorApiError,
  PrefactorAuthError,
  PrefactorClientError,
  PrefactorHttpClient,
  PrefactorHttpError,
  PrefactorNetworkError,
  PrefactorNotFoundError,
  PrefactorResponseContractError,
  PrefactorRetryExhaustedError,
  PrefactorValidationError,
} from "../../mod.ts";
import { PrefactorSandbox } from "../../src/testing/mod.ts";
import { countListeners, failure, failureOf, json, outcome, type Sent, TOKEN, turn } from "../helpers.ts";
import { bulkApi, itemsOf, type Output } from "./bulk_api.ts";

/** The details of a finished span. */
function finished(id: unknown): Output {
  const details = {
    type: "agent_span",
    id,
    agent_instance_id: "i-1",
    schema_name: "read",
    status: "complete",
  };
  return { status: "success", details };
}

/** Creates a client of an API that finishes spans, in bulk requests and in single ones. */
function spanApi(
  outputOf: (id: string) => Output = finished,
  intercept: (sent: Sent, index: number) => Response | Promise<Response> | undefined = () => undefined,
) {
  const api = bulkApi(({ agent_span_id }: BulkItem) => outputOf(agent_span_id as string), {
    intercept: (sent, index) => intercept(sent, index) ?? (isBulk(sent) ? undefined : json(single(sent))),
  });
  const single = ({ url }: Sent) => outputOf(decodeURIComponent(/([^/]+)\/finish$/.exec(url)![1]!));
  /** The IDs in each request; a string is a single request. */
  const requests = () =>
    api.sent.map((sent) =>
      isBulk(sent)
        ? itemsOf(sent).map(({ agent_span_id }) => agent_span_id)
        : sent.url.replace(/^.*\/api\/v1/, "")
    );
  const batching = new BatchingRequester(api.client);
  return { ...api, batching, spans: new AgentSpanClient(batching), requests };
}

const isBulk = ({ url }: Sent) => url.endsWith("/api/v1/bulk");

const refused = (code: string): Output => ({ status: "error", code, message: "Refused" });

/** Creates a gate that delays a response until the test opens it. */
function gate(): { wait: Promise<undefined>; open: () => void } {
  let open!: () => void;
  const wait = new Promise<undefined>((resolve) => open = () => resolve(undefined));
  return { wait, open };
}

Deno.test("BatchingRequester() sends the calls of one turn in one bulk request", async () => {
  const { spans, sent } = spanApi();
  const results = await Promise.all([
    spans.finish("a/b", { idempotency_key: "key-00001", timestamp: new Date(0) }),
    spans.finish("c", { idempotency_key: "key-00002", result_payload: { hits: 3 } }),
  ]);
  assertEquals(results.map(({ id }) => id), ["a/b", "c"]);
  assertEquals(sent.map(itemsOf), [[
    {
      _type: "agent_spans/finish",
      agent_span_id: "a/b",
      timestamp: "1970-01-01T00:00:00.000Z",
      idempotency_key: "key-00001",
    },
    {
      _type: "agent_spans/finish",
      agent_span_id: "c",
      result_payload: { hits: 3 },
      idempotency_key: "key-00002",
    },
  ]]);
});

Deno.test("BatchingRequester() sends a single call as the plain request", async () => {
  const { client, spans, sent } = spanApi();
  const params = { idempotency_key: "key-00001", result_payload: { note: "ä" } };
  await spans.finish("a", params);
  await client.agentSpans.finish("a", params);
  const [batched, plain] = sent.map(({ url, method, body, headers }) => ({ url, method, body, headers }));
  assertEquals(batched, plain);
});

Deno.test("BatchingRequester() sends calls together that were made while a request was in flight", async () => {
  const first = gate();
  const { spans, requests } = spanApi(
    undefined,
    (_, index) => index === 0 ? first.wait.then(() => json(finished("a"))) : undefined,
  );
  const calls = [spans.finish("a")];
  await turn();
  calls.push(spans.finish("b"));
  await turn();
  calls.push(spans.finish("c"));
  await turn();
  assertEquals(requests().length, 1);
  first.open();
  await Promise.all(calls);
  assertEquals(requests(), ["/agent_spans/a/finish", ["b", "c"]]);
});

Deno.test("BatchingRequester() keeps a request within maxItems and maxBytes", async () => {
  const { client, sent } = spanApi();
  const limits = [{ maxItems: 2 }, { maxBytes: 400 }];
  for (const limit of limits) {
    sent.length = 0;
    const spans = new AgentSpanClient(new BatchingRequester(client, limit));
    await Promise.all(
      ["a", "b", "c", "d"].map((id) => spans.finish(id, { result_payload: { id: "x".repeat(50) } })),
    );
    assertEquals(sent.map((request) => itemsOf(request).length), [2, 2]);
  }
});

Deno.test("BatchingRequester() rejects invalid limits", () => {
  const { client } = spanApi();
  for (const [limits, message] of [[null, "'limits'"], [{ maxItems: 0 }, "'maxItems'"]] as const) {
    try {
      new BatchingRequester(client, limits as never);
      throw new Error("no error");
    } catch (error) {
      assertInstanceOf(error, PrefactorClientError);
      assertStringIncludes(error.message, `Cannot create the batching requester: ${message} must be`);
    }
  }
});

Deno.test("BatchingRequester() sends other requests alone and in order, and GETs at once", async () => {
  const first = gate();
  const { batching, spans, requests } = spanApi(undefined, ({ url }, index) => {
    if (index === 0) return first.wait.then(() => json(finished("a")));
    return /finish|bulk/.test(url) ? undefined : json({ status: "success" });
  });
  const calls = [spans.finish("a")];
  await turn();
  const others = [
    spans.finish("b"),
    spans.finish("c"),
    batching.request("PUT", "/api/v1/agent/x", { json: {} }),
    spans.finish("d"),
    spans.finish("e"),
    batching.request("POST", "/api/v1/alerts/raise", { json: {} }),
    batching.request("DELETE", "/api/v1/agent/x"),
  ];
  const read = await batching.request("GET", "/api/v1/ping");
  assertEquals(read, { status: "success" });
  first.open();
  await Promise.all([...calls, ...others]);
  assertEquals(requests(), [
    "/agent_spans/a/finish",
    "/ping",
    ["b", "c"],
    "/agent/x",
    ["d", "e"],
    "/alerts/raise",
    "/agent/x",
  ]);
});

Deno.test("BatchingRequester() sends calls alone that cannot be items", async () => {
  const path = "/api/v1/agent_spans/b/finish";
  const key = "key-00001";
  const table: { [reason: string]: [path: string, options: HttpRequestOptions | undefined] } = {
    "a short key": [path, { json: { idempotency_key: "short" } }],
    "no key in the body": [path, { json: {}, idempotencyKey: key }],
    "another key in the header": [path, { json: { idempotency_key: key }, idempotencyKey: "key-00002" }],
    "no key in the header": [path, { json: { idempotency_key: key }, idempotencyKey: null }],
    "a timeout of its own": [path, { json: { idempotency_key: key }, timeout: 1_000 }],
    "retries of its own": [path, { json: { idempotency_key: key }, maxRetries: 0 }],
    "headers of its own": [path, { json: { idempotency_key: key }, headers: { "x-a": "b" } }],
    "a query": [`${path}?a=b`, { json: { idempotency_key: key } }],
    "a field that names another type": [path, { json: { idempotency_key: key, _type: "x" } }],
    "no body": [path, undefined],
    "another path": ["/api/v1/agent_spans/b/discard_sensitive", { json: { idempotency_key: key } }],
  };
  for (const [reason, [path, options]] of Object.entries(table)) {
    const { batching, spans, sent } = spanApi(undefined, () => json(finished("a")));
    await Promise.all([spans.finish("a"), batching.request("POST", path, options), spans.finish("c")]);
    assertEquals(sent.map(({ url }) => new URL(url).pathname), [
      "/api/v1/agent_spans/a/finish",
      path.replace(/\?.*/, ""),
      "/api/v1/agent_spans/c/finish",
    ], reason);
  }
});

Deno.test("BatchingRequester() treats undefined options as missing", async () => {
  const { spans, requests } = spanApi();
  const options = { timeout: undefined, headers: undefined, signal: undefined };
  await Promise.all([spans.finish("a", {}, options), spans.finish("b", {}, options)]);
  assertEquals(requests(), [["a", "b"]]);
});

Deno.test("BatchingRequester() never puts two calls with the same key into one request", async () => {
  const { spans, requests } = spanApi();
  const params = { idempotency_key: "key-00001" };
  await Promise.all([
    spans.finish("a", params),
    spans.finish("b"),
    spans.finish("a", params),
    spans.finish("c"),
  ]);
  assertEquals(requests(), [["a", "b"], ["a", "c"]]);
});

Deno.test("BatchingRequester() sends the params as they were at the call", async () => {
  const { spans, sent } = spanApi();
  for (const others of [[], ["b"]]) {
    sent.length = 0;
    const result_payload = { hits: 3 };
    const calls = [spans.finish("a", { result_payload }), ...others.map((id) => spans.finish(id))];
    result_payload.hits = 4;
    await Promise.all(calls);
    assertStringIncludes(sent[0]!.body!, '"hits":3');
  }
});

Deno.test("BatchingRequester() rejects each call with the error of the same response to a single request", async () => {
  const table: [code: string, statusCode: number, type: new (...args: never[]) => PrefactorApiError][] = [
    ["validation_errors", 422, PrefactorValidationError],
    ["bad_request", 400, PrefactorValidationError],
    ["unauthorized", 401, PrefactorAuthError],
    ["bad_authtoken", 401, PrefactorAuthError],
    ["not_found", 404, PrefactorNotFoundError],
    ["invalid_action", 409, PrefactorApiError],
    ["something_else", 400, PrefactorValidationError],
  ];
  for (const [code, statusCode, type] of table) {
    const output = { ...refused(code), message: `No ${TOKEN}`, errors: { a: { message: "is wrong" } } };
    const { spans, requests } = spanApi(
      (id) => id === "b" ? output : finished(id),
      undefined,
    );
    const [a, b, c] = await Promise.all([
      outcome(spans.finish("a")),
      outcome(spans.finish("b", { idempotency_key: "key-00001" })),
      outcome(spans.finish("c")),
    ]);
    assertEquals([a.value?.id, c.value?.id], ["a", "c"]);
    assertInstanceOf(b.error, type);
    assertEquals([b.error.code, b.error.statusCode], [code, statusCode]);
    assertEquals<unknown>(b.error.request, {
      method: "POST",
      path: "/api/v1/agent_spans/b/finish",
      idempotencyKey: "key-00001",
    });
    assertEquals<unknown>(b.error.body, { ...output, message: "No [redacted]" });
    assert(!b.error.message.includes(TOKEN));
    assertStringIncludes(b.error.message, `${statusCode} ${code}`);
    assertEquals(requests(), [["a", "b", "c"], "/agent_spans/c/finish"]);
  }
});

Deno.test("BatchingRequester() gives each error the request ID of the response", async () => {
  const { spans } = spanApi(undefined, (sent) => {
    const [a, b] = itemsOf(sent).map(({ idempotency_key }) => idempotency_key);
    const outputs = { [a!]: { status: "success", details: {} }, [b!]: refused("not_found") };
    return json({ status: "success", outputs }, 200, { "x-request-id": "req-9" });
  });
  const errors = await Promise.all([failureOf(spans.finish("a")), failureOf(spans.finish("b"))]);
  assertInstanceOf(errors[0], PrefactorResponseContractError);
  assertEquals([errors[0].path, errors[0].requestId, errors[0].statusCode], ["details.type", "req-9", 200]);
  assertInstanceOf(errors[1], PrefactorNotFoundError);
  assertEquals(errors[1].requestId, "req-9");
});

Deno.test("BatchingRequester() sends at most twice as many calls after a failed item as the API processed", async () => {
  const { spans, requests } = spanApi((id) => id === "2" ? refused("not_found") : finished(id));
  const ids = Array.from({ length: 20 }, (_, index) => String(index));
  await Promise.all(ids.map((id) => outcome(spans.finish(id))));
  assertEquals(requests().map((ids) => ids.length), [20, 4, 8, 5]);
});

Deno.test("BatchingRequester() rejects each call of a failed request with a separate error", async () => {
  const table: [respond: () => Response | Promise<Response>, type: new (...args: never[]) => Error][] = [
    [() => failure(503), PrefactorApiError],
    [() => failure(401), PrefactorAuthError],
    [() => Promise.reject(new TypeError("Connection refused")), PrefactorNetworkError],
    [() => new Response("<html>"), PrefactorResponseContractError],
    [() => json({ status: "success", outputs: {} }), PrefactorResponseContractError],
  ];
  for (const [respond, type] of table) {
    const { spans, requests } = spanApi(undefined, (_, index) => index === 0 ? respond() : undefined);
    const calls = ["a", "b"].map((id) => failureOf(spans.finish(id, { idempotency_key: `key-0000${id}` })));
    const errors = await Promise.all(calls);
    assertEquals((await spans.finish("c")).id, "c");
    assertEquals(requests().length, 2);
    assert(errors[0] !== errors[1]);
    for (const [index, error] of errors.entries()) {
      assertInstanceOf(error, type);
      assertInstanceOf(error, PrefactorHttpError);
      assertEquals(error.name, type.name);
      assertEquals<unknown>(error.request, {
        method: "POST",
        path: `/api/v1/agent_spans/${"ab"[index]}/finish`,
        idempotencyKey: `key-0000${"ab"[index]}`,
      });
      assertStringIncludes(error.stack!, error.message);
      assertStringIncludes(Deno.inspect(error), error.message);
      assertEquals(JSON.parse(JSON.stringify(error)).name, type.name);
    }
    const [first, second] = errors as PrefactorHttpError[];
    assertStrictEquals(first!.cause, second!.cause);
    assertEquals(first!.message, second!.message);
  }
});

Deno.test("BatchingRequester() copies every kind of error with its fields", async () => {
  const { sent, client } = spanApi(undefined, () => failure(503, { "retry-after-ms": "2" }));
  const batching = new BatchingRequester({
    request: (method, path, options) =>
      client.request(method, path, { ...options, maxRetries: 1, headers: { "x-a": "b" } }),
  });
  const spans = new AgentSpanClient(batching);
  const errors = await Promise.all([failureOf(spans.finish("a")), failureOf(spans.finish("b"))]);
  for (const error of errors) {
    assertInstanceOf(error, PrefactorRetryExhaustedError);
    assertInstanceOf(error.lastError, PrefactorApiError);
    assertStrictEquals(error.cause, error.lastError);
    assertEquals([error.attempts, error.lastError.retryAfter], [2, 2]);
  }
  assertEquals(sent.length, 2);
});

Deno.test("BatchingRequester() fails each call of a request whose error a hook has frozen", async () => {
  const onError = ({ error }: ErrorEvent) => Object.freeze(error);
  const { client } = bulkApi(undefined, { intercept: () => failure(503), hooks: { onError } });
  const spans = new AgentSpanClient(new BatchingRequester(client));
  const errors = await Promise.all(["a", "b"].map((id) => failureOf(spans.finish(id))));
  assertEquals(errors.map((error) => (error as PrefactorApiError).request?.path), [
    "/api/v1/agent_spans/a/finish",
    "/api/v1/agent_spans/b/finish",
  ]);
  assertInstanceOf(await failureOf(spans.finish("c")), PrefactorApiError);
});

Deno.test("BatchingRequester() sends calls alone if one of them may have made the request fail", async () => {
  for (const status of [400, 404, 405, 409, 422]) {
    const { spans, requests } = spanApi(
      (id) => id === "b" ? refused("not_found") : finished(id),
      (sent, index) => index === 0 ? failure(status) : sent.url.includes("/b/") ? failure(404) : undefined,
    );
    const results = await Promise.all(["a", "b", "c"].map((id) => outcome(spans.finish(id))));
    assertEquals(results.map(({ value }) => value?.id), ["a", undefined, "c"]);
    assertInstanceOf(results[1]!.error, PrefactorNotFoundError);
    assertEquals(requests(), [
      ["a", "b", "c"],
      "/agent_spans/a/finish",
      "/agent_spans/b/finish",
      "/agent_spans/c/finish",
    ]);
    await Promise.all(["d", "e"].map((id) => spans.finish(id)));
    assertEquals(requests().at(-1), ["d", "e"]);
  }
});

Deno.test("BatchingRequester() halves its requests after a 413", async () => {
  const { spans, requests } = spanApi(
    undefined,
    (sent) => isBulk(sent) && itemsOf(sent).length > 3 ? failure(413) : undefined,
  );
  const ids = Array.from({ length: 10 }, (_, index) => String(index));
  await Promise.all(ids.map((id) => spans.finish(id)));
  assertEquals(requests().map((ids) => typeof ids === "string" ? 1 : ids.length), [10, 5, 2, 2, 2, 2, 2]);
});

Deno.test("BatchingRequester() rejects a single call that gets 413 and goes on in larger requests", async () => {
  const { spans, requests } = spanApi(
    undefined,
    ({ body }) => body!.includes("huge") ? failure(413) : undefined,
  );
  const results = ["huge", ...Array.from({ length: 6 }, (_, index) => String(index))].map((id) =>
    outcome(spans.finish(id, { result_payload: { id } }))
  );
  const [huge, ...others] = await Promise.all(results);
  assertEquals((huge!.error as PrefactorApiError).statusCode, 413);
  assert(others.every(({ value }) => value));
  assertEquals(requests().map((ids) => typeof ids === "string" ? 1 : ids.length), [7, 3, 1, 1, 2, 3]);
});

Deno.test("BatchingRequester() does not send a call that was aborted while it waited", async () => {
  const first = gate();
  const { spans, requests } = spanApi(
    undefined,
    (_, index) => index === 0 ? first.wait.then(() => json(finished("a"))) : undefined,
  );
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = countListeners(signal);
  const a = spans.finish("a");
  await turn();
  const calls = ["b", "c"].map((id) => spans.finish(id));
  const aborted = ["d", "e"].map((id) => failureOf(spans.finish(id, {}, { signal })));
  assertEquals(listeners(), 1);
  controller.abort("reason");
  assertEquals(await Promise.all(aborted), ["reason", "reason"]);
  assertEquals(listeners(), 0);
  assertEquals(await failureOf(spans.finish("f", {}, { signal })), "reason");
  first.open();
  await Promise.all([a, ...calls]);
  assertEquals(requests(), ["/agent_spans/a/finish", ["b", "c"]]);
});

Deno.test("BatchingRequester() rejects a call immediately if it is aborted after it was sent, and the request continues", async () => {
  for (const others of [[], ["b"]]) {
    const first = gate();
    const { batching, spans, sent } = spanApi(undefined, () => first.wait as Promise<never>);
    const controller = new AbortController();
    const { signal } = controller;
    const call = failureOf(spans.finish("a", {}, { signal }));
    const rest = others.map((id) => spans.finish(id));
    await turn();
    controller.abort("reason");
    assertEquals(await call, "reason");
    assertEquals(sent[0]!.signal.aborted, false);
    let flushed = false;
    const flush = batching.flush().then(() => flushed = true);
    await turn();
    assertEquals(flushed, false);
    first.open();
    await Promise.allSettled([...rest, flush]);
    assertEquals(countListeners(signal)(), 0);
  }
});

Deno.test("BatchingRequester() sends a call alone if the API does not support its type in bulk requests", async () => {
  const unknown: Output[] = [
    { ...refused("validation_errors"), errors: { _type: { code: "invalid" } } },
    { ...refused("bad_request"), message: "Unknown _type agent_spans/finish" },
  ];
  for (const output of unknown) {
    const { spans, requests } = spanApi(undefined, (sent) => {
      if (!isBulk(sent)) return undefined;
      return json({ status: "success", outputs: { [itemsOf(sent)[0]!.idempotency_key]: output } });
    });
    const finish = (ids: string[]) => Promise.all(ids.map((id) => spans.finish(id)));
    assertEquals((await finish(["a", "b"])).map(({ id }) => id), ["a", "b"]);
    await finish(["c", "d"]);
    assertEquals(requests(), [["a", "b"], ...["a", "b", "c", "d"].map((id) => `/agent_spans/${id}/finish`)]);
  }
  const { spans } = spanApi((id) =>
    id === "a" ? { ...refused("x"), message: "agent_type is missing" } : finished(id)
  );
  const [a] = await Promise.all([outcome(spans.finish("a")), spans.finish("b")]);
  assertInstanceOf(a!.error, PrefactorApiError);
});

Deno.test("BatchingRequester() rejects only the refused call if the message of its output cannot be written as text", async () => {
  const { spans } = spanApi((id) =>
    id === "a" ? { ...refused("not_found"), message: { toString: null } } : finished(id)
  );
  const [a, b] = await Promise.all(["a", "b"].map((id) => outcome(spans.finish(id))));
  assertInstanceOf(a!.error, PrefactorNotFoundError);
  assertEquals(b!.value?.id, "b");
});

Deno.test("BatchingRequester.flush() resolves when the requests of all calls made before have settled", async () => {
  const gates = [gate(), gate(), gate()];
  const { batching, spans } = spanApi(
    undefined,
    (_, index) => gates[index]!.wait.then(() => failure(401)),
  );
  await batching.flush();
  const calls = [outcome<unknown>(spans.finish("a"))];
  await turn();
  calls.push(outcome<unknown>(batching.request("PUT", "/api/v1/agent/x")));
  let flushed = false;
  const flush = batching.flush().then(() => flushed = true);
  calls.push(outcome<unknown>(spans.finish("c")));
  for (const [index, { open }] of gates.entries()) {
    await turn();
    assertEquals(flushed, index === 2);
    open();
  }
  await flush;
  await Promise.all(calls);
});

Deno.test("BatchingRequester.flush() waits for GETs too, and await using waits for all calls", async () => {
  const first = gate();
  const { client, sent } = spanApi(undefined, () => first.wait.then(() => json({ status: "success" })));
  let read = false;
  {
    await using batching = new BatchingRequester(client);
    batching.request("GET", "/api/v1/ping").then(() => read = true);
    await turn();
    first.open();
  }
  assertEquals([read, sent.length], [true, 1]);
});

Deno.test("BatchingRequester() redacts and creates keys with its client", () => {
  const client = new PrefactorHttpClient({
    apiUrl: "https://api.example.test",
    apiToken: TOKEN,
    defaultIdempotencyKey: "nightly",
  });
  const batching = new BatchingRequester(client);
  assert(batching.createIdempotencyKey().startsWith("nightly-"));
  assertEquals(batching.redact({ token: TOKEN }), { token: "[redacted]" });
  const bare = new BatchingRequester({ request: () => Promise.resolve({}) });
  assertEquals(bare.createIdempotencyKey().length, 36);
  assertEquals(bare.redact({ token: TOKEN }), { token: TOKEN });
});

Deno.test("BatchingRequester() works on a requester without send()", async () => {
  const requester: HttpRequester = {
    request: (_method, _path, options) => {
      const { items } = JSON.parse(JSON.stringify(options?.json));
      const outputs = items.map((item: BulkItem) => [item.idempotency_key, finished(item["agent_span_id"])]);
      return Promise.resolve({ status: "success", outputs: Object.fromEntries(outputs) });
    },
  };
  const batching = new BatchingRequester(requester);
  assertEquals(batching.send, undefined);
  const spans = new AgentSpanClient(batching);
  const results = await Promise.all([spans.finish("a"), spans.finish("b")]);
  assertEquals(results.map(({ id }) => id), ["a", "b"]);
});

Deno.test("BatchingRequester() gives a call that JSON cannot hold the error of the client", async () => {
  const { spans, batching, requests } = spanApi();
  const [a, b, c] = await Promise.all([
    outcome(spans.finish("a")),
    outcome(spans.finish("b", { result_payload: { n: 1n } as never })),
    outcome(
      batching.request("POST", "/api/v1/agent_spans/%/finish", { json: { idempotency_key: "key-00001" } }),
    ),
  ]);
  assertEquals(a.value?.id, "a");
  assertInstanceOf(b.error, PrefactorClientError);
  assert(c.error);
  assertEquals(requests()[0], "/agent_spans/a/finish");
});

Deno.test("BatchingRequester() rejects the calls that wait when the client is closed", async () => {
  const { client, spans, sent } = spanApi();
  const calls = ["a", "b"].map((id) => failureOf(spans.finish(id)));
  await client.close();
  for (const error of await Promise.all(calls)) assertInstanceOf(error, PrefactorClientError);
  assertEquals(sent.length, 0);
});

Deno.test("BatchingRequester() records runs in a sandbox as the client does, in order", async () => {
  const sandbox = new PrefactorSandbox();
  await using client = new PrefactorHttpClient(sandbox.config());
  await using batching = new BatchingRequester(client);
  const [instances, spans] = [new AgentInstanceClient(batching), new AgentSpanClient(batching)];
  const agent = { agent_id: "librarian", agent_version: {}, agent_schema_version: {} };
  const [run, other] = await Promise.all([instances.register(agent), instances.register(agent)]);
  const starts = Promise.all([instances.start(run.id), instances.start(other.id)]);
  const created = await Promise.all(Array.from({ length: 50 }, (_, page) =>
    spans.create({
      agent_instance_id: run.id,
      schema_name: "read",
      status: "active",
      payload: { page },
    })));
  assertEquals((await starts).map(({ status }) => status), ["active", "active"]);
  assertEquals(created.map(({ payload }) => payload!["page"]), [...created.keys()]);
  const ends = await Promise.all(created.map(({ id }) => outcome<AgentSpan>(spans.finish(id))));
  assert(ends.every(({ value }) => value?.status === "complete"));
  const again = await Promise.all(created.slice(0, 2).map(({ id }) => failureOf(spans.finish(id))));
  assert(again.every((error) => (error as PrefactorApiError).statusCode === 409));
  assertEquals((await instances.finish(run.id)).span_counts?.complete, 50);
  assert(sandbox.requests.length <= 8, `${sandbox.requests.length} requests`);
});

Deno.test("BatchingRequester() reports to its client that an instance was terminated", async () => {
  const sandbox = new PrefactorSandbox();
  await using client = new PrefactorHttpClient(sandbox.config());
  const agent = { agent_id: "librarian", agent_version: {}, agent_schema_version: {} };
  const { id } = await client.agentInstances.register(agent);
  await client.agentInstances.start(id);
  sandbox.terminate(id, "Over budget");
  const spans = new AgentSpanClient(new BatchingRequester(client));
  const span = { agent_instance_id: id, schema_name: "read", status: "active" } as const;
  await Promise.allSettled([spans.create(span), spans.create(span)]);
  assertEquals(client.terminationSignal(id).reason?.reason, "Over budget");
});
