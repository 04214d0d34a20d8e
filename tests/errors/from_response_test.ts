import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import {
  PrefactorApiError,
  PrefactorAuthError,
  PrefactorNotFoundError,
  PrefactorValidationError,
} from "../../mod.ts";
import { errorFromResponse } from "../../src/errors/from_response.ts";

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
    [409, PrefactorApiError],
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
      requestId: "r",
      retryAfter: 5,
    });
    assertStrictEquals(error.constructor, constructor, String(statusCode));
    const { code, message, requestId, retryAfter } = error;
    assertEquals({ statusCode: error.statusCode, code, message, requestId, retryAfter }, {
      statusCode,
      code: "c",
      message: "m",
      requestId: "r",
      retryAfter: 5,
    });
  }
});

Deno.test("errorFromResponse() replaces a code and a message that are missing or not strings", () => {
  for (const statusCode of [400, 401, 404, 409, 500]) {
    for (const invalid of [undefined, null, 7, true, {}, { en: "No" }, ["a"]]) {
      const error = errorFromResponse(statusCode, { code: invalid, message: invalid }, {});
      assertEquals([error.code, error.message], ["unknown", `HTTP ${statusCode}`], Deno.inspect(invalid));
    }
    const empty = errorFromResponse(statusCode, {}, {});
    assertEquals([empty.code, empty.message], ["unknown", `HTTP ${statusCode}`]);
    assertEquals([empty.requestId, empty.retryAfter, empty.cause], [undefined, undefined, undefined]);
  }
});

Deno.test("errorFromResponse() keeps the errors of each field", () => {
  const errors = { items: { status: "error", code: "required", message: "is required" }, x: [1, null] };
  for (const statusCode of [400, 422]) {
    const error = errorFromResponse(statusCode, { code: "validation_errors", message: "m", errors }, {});
    assertInstanceOf(error, PrefactorValidationError);
    assertEquals(error.errors, errors);
  }
});

Deno.test("errorFromResponse() ignores errors that are not an object", () => {
  for (const errors of [undefined, null, "bad", 7, true, [], ["bad"]]) {
    const error = errorFromResponse(422, { errors }, {});
    assertInstanceOf(error, PrefactorValidationError);
    assertEquals(error.errors, {}, Deno.inspect(errors));
  }
});
