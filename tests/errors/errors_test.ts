import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertNotInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  API_ERROR_CODES,
  isPrefactorHttpError,
  PrefactorApiError,
  PrefactorAuthError,
  PrefactorClientError,
  PrefactorConflictError,
  PrefactorHttpError,
  PrefactorNetworkError,
  PrefactorNotFoundError,
  PrefactorResponseContractError,
  PrefactorRetryExhaustedError,
  PrefactorTimeoutError,
  PrefactorValidationError,
} from "../../mod.ts";
import * as copy from "../../src/errors/errors.ts?copy";
import { makeClient, TOKEN } from "../helpers.ts";

const cause = new TypeError("Connection refused");
const api = { requestId: "r-1", retryAfter: 1_500, cause };
const request = { method: "POST", path: "/api/v1/x", idempotencyKey: "key-1" };
const errors = { agent_id: { status: "error", code: "required", message: "is required" } };

type Class = { readonly name: string; readonly prototype: Error };

/** An error of each class, with its classes and its fields. */
const TABLE: [error: PrefactorHttpError, classes: Class[], fields: Record<string, unknown>][] = [
  [new PrefactorHttpError("m", { cause }), [PrefactorHttpError], {}],
  [new PrefactorApiError("m", "conflict", 409, api), [PrefactorApiError, PrefactorHttpError], {
    code: "conflict",
    statusCode: 409,
    requestId: "r-1",
    retryAfter: 1_500,
  }],
  [
    new PrefactorAuthError("m", "bad_authtoken", 401, api),
    [PrefactorAuthError, PrefactorApiError, PrefactorHttpError],
    { code: "bad_authtoken", statusCode: 401, requestId: "r-1", retryAfter: 1_500 },
  ],
  [
    new PrefactorNotFoundError("m", "not_found", 404, api),
    [PrefactorNotFoundError, PrefactorApiError, PrefactorHttpError],
    { code: "not_found", statusCode: 404, requestId: "r-1", retryAfter: 1_500 },
  ],
  [
    new PrefactorConflictError("m", "invalid_action", 409, { ...api, request }),
    [PrefactorConflictError, PrefactorApiError, PrefactorHttpError],
    { code: "invalid_action", statusCode: 409, requestId: "r-1", retryAfter: 1_500, request },
  ],
  [
    new PrefactorValidationError("m", "validation_errors", 422, errors, api),
    [PrefactorValidationError, PrefactorApiError, PrefactorHttpError],
    { code: "validation_errors", statusCode: 422, requestId: "r-1", retryAfter: 1_500, errors },
  ],
  [
    new PrefactorRetryExhaustedError("m", cause, 4),
    [PrefactorRetryExhaustedError, PrefactorHttpError],
    { attempts: 4 },
  ],
  [new PrefactorClientError("m", { cause }), [PrefactorClientError, PrefactorHttpError], {}],
  [new PrefactorNetworkError("m", { cause }), [PrefactorNetworkError, PrefactorHttpError], {}],
  [
    new PrefactorTimeoutError("m", { phase: "connect", timeout: 10_000, cause }),
    [PrefactorTimeoutError, PrefactorNetworkError, PrefactorHttpError],
    { phase: "connect", timeout: 10_000 },
  ],
  [
    new PrefactorResponseContractError("m", {
      statusCode: 200,
      requestId: "r-1",
      retryAfter: 1_500,
      bodySnippet: "{",
      path: "details.id",
      body: { details: {} },
      cause,
    }),
    [PrefactorResponseContractError, PrefactorHttpError],
    {
      statusCode: 200,
      requestId: "r-1",
      retryAfter: 1_500,
      bodySnippet: "{",
      path: "details.id",
    },
  ],
];

const CLASSES: Class[] = TABLE.map(([error]) => error.constructor);

/** Resolves to the error of a call that gets the response. */
function errorFor(respond: () => Response, apiToken = TOKEN): Promise<PrefactorHttpError> {
  const { client } = makeClient(respond, { apiToken, maxRetries: 0 });
  return assertRejects(() => client.agentSpans.finish("s-1"), PrefactorHttpError);
}

Deno.test("every error has its name, message, cause and fields", () => {
  for (const [error, [own], fields] of TABLE) {
    assertEquals([error.name, error.message, error.constructor.name], [own!.name, "m", own!.name]);
    assertStrictEquals(error.cause, cause);
    assertEquals({ ...error }, fields, own!.name);
    assertStringIncludes(error.stack ?? "", `${own!.name}: m`);
    assertEquals(String(error), `${own!.name}: m`);
  }
});

Deno.test("every error is an instance of its own classes only", () => {
  for (const [error, classes] of TABLE) {
    assertInstanceOf(error, Error);
    for (const constructor of CLASSES) {
      const instanceOf = error instanceof (constructor as typeof Error);
      assertEquals(instanceOf, classes.includes(constructor), `${error.name} and ${constructor.name}`);
    }
  }
});

Deno.test("every error can be created without options", () => {
  const bare = [
    new PrefactorHttpError("m"),
    new PrefactorApiError("m", "c", 409),
    new PrefactorAuthError("m", "c", 401),
    new PrefactorConflictError("m", "c", 409),
    new PrefactorNotFoundError("m", "c", 404),
    new PrefactorValidationError("m", "c", 422, {}),
    new PrefactorClientError("m"),
    new PrefactorNetworkError("m"),
    new PrefactorTimeoutError("m", { phase: "request", timeout: 1 }),
    new PrefactorResponseContractError("m"),
    new PrefactorResponseContractError("m", {}),
  ];
  for (const error of bare) {
    assertFalse("cause" in error, error.name);
    const { requestId, retryAfter } = error as PrefactorApiError;
    assertEquals([requestId, retryAfter], [undefined, undefined]);
  }
});

Deno.test("PrefactorRetryExhaustedError.cause is its last error, whatever its type", () => {
  for (const last of [new PrefactorNetworkError("m"), "a string", 0, null, undefined]) {
    const error = new PrefactorRetryExhaustedError("m", last, 1);
    assertStrictEquals(error.lastError, last);
    assertStrictEquals(error.cause, last);
  }
});

Deno.test("isPrefactorHttpError() accepts every error of the package and nothing else", () => {
  for (const [error] of TABLE) assert(isPrefactorHttpError(error), error.name);
  const others = [
    new Error("m"),
    Object.assign(new Error("m"), { name: "PrefactorHttpError" }),
    { name: "PrefactorApiError", statusCode: 500 },
    new DOMException("m", "AbortError"),
    PrefactorHttpError,
    undefined,
    null,
    "PrefactorHttpError",
    0,
    {},
    [],
  ];
  for (const other of others) assertFalse(isPrefactorHttpError(other), Deno.inspect(other));
});

Deno.test("isPrefactorHttpError() accepts errors of another copy of the package", () => {
  const foreign: Error[] = [
    new copy.PrefactorHttpError("m"),
    new copy.PrefactorApiError("m", "c", 409),
    new copy.PrefactorRetryExhaustedError("m", cause, 1),
    new copy.PrefactorTimeoutError("m", { phase: "request", timeout: 1 }),
    new copy.PrefactorResponseContractError("m"),
  ];
  for (const error of foreign) {
    assertNotInstanceOf(error, PrefactorHttpError);
    assert(isPrefactorHttpError(error), error.name);
  }
  for (const [error] of TABLE) assert(copy.isPrefactorHttpError(error), error.name);
});

Deno.test("isPrefactorHttpError() accepts a subclass", () => {
  class QuotaError extends PrefactorApiError {
    override name = "QuotaError";
  }
  const error = new QuotaError("m", "quota", 402);
  assert(isPrefactorHttpError(error));
  assertEquals(String(error), "QuotaError: m");
});

Deno.test("PrefactorHttpError.toJSON() returns the name, the message and the fields, but not the cause", () => {
  for (const [error, [own], fields] of TABLE) {
    const last = error instanceof PrefactorRetryExhaustedError && { lastError: String(cause) };
    const expected = JSON.parse(JSON.stringify({ name: own!.name, message: "m", ...fields, ...last }));
    assertEquals(JSON.parse(JSON.stringify(error)), expected);
  }
  const nested = new PrefactorRetryExhaustedError("m", new PrefactorApiError("n", "c", 503), 4);
  assertEquals(JSON.parse(JSON.stringify(nested)), {
    name: "PrefactorRetryExhaustedError",
    message: "m",
    lastError: { name: "PrefactorApiError", message: "n", code: "c", statusCode: 503 },
    attempts: 4,
  });
});

Deno.test("PrefactorRetryExhaustedError keeps the errors of its attempts, which logs do not repeat", () => {
  const failures = [new PrefactorNetworkError("first"), new PrefactorNetworkError("last")];
  const error = new PrefactorRetryExhaustedError("m", failures[1], 2, { failures, request });
  assertStrictEquals(error.lastError, failures[1]);
  assertEquals(error.failures, failures);
  assertEquals(error.request, request);
  assertEquals(Deno.inspect(error).split("PrefactorNetworkError: last").length, 2);
  assertEquals(new PrefactorRetryExhaustedError("m", failures[1], 1).failures, [failures[1]]);
});

Deno.test("API_ERROR_CODES lists the known codes", () => {
  assertEquals([...API_ERROR_CODES].sort(), [
    "bad_authtoken",
    "bad_request",
    "invalid_action",
    "not_found",
    "required",
    "unauthorized",
    "validation_errors",
  ]);
});

Deno.test("Deno.inspect() and structuredClone() do not throw on an error", () => {
  for (const [error] of TABLE) {
    assertStringIncludes(Deno.inspect(error), `${error.name}: m`);
    const clone: Error = structuredClone(error);
    assertEquals(clone.message, "m");
  }
});

Deno.test("JSON.stringify() does not throw on an error whose last error contains a cycle", () => {
  const last: Error & { request?: unknown } = new Error("Socket closed");
  last.request = { error: last };
  const error = new PrefactorRetryExhaustedError("Gave up", last, 2);
  assertStringIncludes(Deno.inspect(error), "Gave up");
  assertStringIncludes(JSON.stringify(error), "Gave up");
});

Deno.test("JSON.stringify() does not throw on an error whose last error JSON cannot hold", () => {
  const cycle: Record<string, unknown> = { count: 1n };
  cycle["self"] = cycle;
  const error = new PrefactorRetryExhaustedError("Gave up", cycle, 3);
  assertEquals(typeof JSON.stringify(error), "string");
  assertEquals(typeof Deno.inspect(error), "string");
});

Deno.test("JSON.stringify() does not throw on an error that contains a deeply nested response", async () => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  const responses: [statusCode: number, body: string, name: string][] = [
    [
      200,
      `{ "status": "success", "details": { "type": 1 }, "x": ${deep} }`,
      "PrefactorResponseContractError",
    ],
    [200, deep, "PrefactorResponseContractError"],
    [422, `{ "status": "error", "code": "c", "errors": { "x": ${deep} } }`, "PrefactorValidationError"],
  ];
  for (const [status, body, name] of responses) {
    const error = await errorFor(() => new Response(body, { status }));
    assertEquals(error.name, name);
    assertStringIncludes(Deno.inspect(error), name);
    assertStringIncludes(JSON.stringify(error), name);
  }
});

Deno.test("the error of a response does not show the token, even a short one", async () => {
  const leaks: string[] = [];
  for (const token of ["s3cret", "a-token-of-the-caller", "sl/ash/ed+token==", 'qu"oted-token']) {
    const body = JSON.stringify({ code: "c", message: `No: ${token}`, errors: { token: { value: token } } });
    const responses = [
      () => new Response(body, { status: 422 }),
      () => new Response(body, { status: 401, headers: { "x-request-id": `id-${token}` } }),
      () => new Response(body, { status: 200 }),
      () => new Response(`<html>${token}</html>`, { status: 502 }),
      () => new Response(null, { status: 302, headers: { location: `https://x.example/?t=${token}` } }),
    ];
    for (const respond of responses) {
      const error = await errorFor(respond, token);
      for (const text of [error.message, Deno.inspect(error, { depth: 20 }), JSON.stringify(error)]) {
        if (text.includes(token) || text.includes(JSON.stringify(token).slice(1, -1))) leaks.push(text);
      }
    }
  }
  assertEquals(leaks, []);
});
