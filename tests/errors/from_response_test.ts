import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import {
  PrefactorApiError,
  PrefactorAuthError,
  PrefactorConflictError,
  PrefactorNotFoundError,
  PrefactorValidationError,
} from "../../mod.ts";
import { errorFromResponse } from "../../src/errors/from_response.ts";

const REQUEST = { method: "POST", path: "/api/v1/x" };

Deno.test("errorFromResponse() creates an error of the class of the status", () => {
  const table: [
    statusCode: number,
    constructor: typeof PrefactorApiError | typeof PrefactorValidationError,
  ][] = [
    [400, PrefactorValidationError],
    [401, PrefactorAuthError],
    [402, PrefactorApiError],
    [403, PrefactorAuthError],
    [404, PrefactorNotFoundError],
    [405, PrefactorApiError],
    [409, PrefactorConflictError],
    [410, PrefactorApiError],
    [418, PrefactorApiError],
    [421, PrefactorApiError],
    [422, PrefactorValidationError],
    [423, PrefactorApiError],
    [429, PrefactorApiError],
    [500, PrefactorApiError],
    [503, PrefactorApiError],
    [599, PrefactorApiError],
  ];
  for (const [statusCode, constructor] of table) {
    const error = errorFromResponse(statusCode, { code: "c", message: "m" }, {
      request: REQUEST,
      requestId: "r",
      retryAfter: 5,
    });
    assertStrictEquals(error.constructor, constructor, String(statusCode));
    const { code, message, requestId, retryAfter } = error;
    assertEquals({ statusCode: error.statusCode, code, message, requestId, retryAfter }, {
      statusCode,
      code: "c",
      message: `POST /api/v1/x failed with ${statusCode} c: m (request r)`,
      requestId: "r",
      retryAfter: 5,
    });
    assertEquals(error.request, REQUEST);
    assertEquals(error.body, { code: "c", message: "m" });
    assertEquals(Object.keys(error).includes("body"), false);
  }
});

Deno.test("errorFromResponse() replaces a code and a message that are missing or not strings", () => {
  for (const statusCode of [400, 401, 404, 409, 500]) {
    for (const invalid of [undefined, null, 7, true, {}, { en: "No" }, ["a"]]) {
      const error = errorFromResponse(statusCode, { code: invalid, message: invalid }, { request: REQUEST });
      const expected = `POST /api/v1/x failed with ${statusCode} unknown: HTTP ${statusCode}`;
      assertEquals([error.code, error.message], ["unknown", expected], Deno.inspect(invalid));
    }
    const empty = errorFromResponse(statusCode, {}, { request: REQUEST });
    assertEquals(empty.code, "unknown");
    assertEquals([empty.requestId, empty.retryAfter, empty.cause], [undefined, undefined, undefined]);
  }
});

Deno.test("errorFromResponse() keeps the errors of each field", () => {
  const errors = { items: { status: "error", code: "required", message: "is required" }, x: [1, null] };
  for (const statusCode of [400, 422]) {
    const error = errorFromResponse(statusCode, { code: "validation_errors", message: "m", errors }, {
      request: REQUEST,
    });
    assertInstanceOf(error, PrefactorValidationError);
    assertEquals(error.errors, errors);
  }
});

Deno.test("errorFromResponse() ignores errors that are not an object", () => {
  for (const errors of [undefined, null, "bad", 7, true, [], ["bad"]]) {
    const error = errorFromResponse(422, { errors }, { request: REQUEST });
    assertInstanceOf(error, PrefactorValidationError);
    assertEquals(error.errors, {}, Deno.inspect(errors));
  }
});

Deno.test("errorFromResponse() names at most five invalid fields in the message", () => {
  const field = (message: string) => ({ status: "error", code: "invalid", message });
  const describe = (errors: Record<string, unknown>) =>
    errorFromResponse(422, { code: "validation_errors", message: "Invalid", errors }, { request: REQUEST })
      .message;
  const start = "POST /api/v1/x failed with 422 validation_errors: Invalid";
  assertEquals(
    describe({ details: { name: field("is required"), tags: { 3: field("is too long") } }, odd: 1 }),
    `${start} (details.name: is required, details.tags.3: is too long)`,
  );
  assertEquals(describe({ a: { code: "required" } }), `${start} (a: required)`);
  const many = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`f${n}`, field("bad")]));
  assertEquals(describe(many), `${start} (f1: bad, f2: bad, f3: bad, f4: bad, f5: bad, …)`);
});

Deno.test("errorFromResponse() cuts long texts in the message", () => {
  const text = "x".repeat(10_000);
  const body = { code: text, message: text, errors: { a: { message: text } } };
  const { message, code } = errorFromResponse(422, body, { request: REQUEST });
  assert(message.length < 4_000, `It has ${message.length} characters`);
  assert(code.length < 2_000);
});
