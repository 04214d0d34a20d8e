import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  type HttpRequester,
  PrefactorAuthError,
  PrefactorConflictError,
  PrefactorNotFoundError,
  PrefactorValidationError,
} from "../../mod.ts";
import { errorFromOutput } from "../../src/bulk/output_error.ts";

const REQUESTER: HttpRequester = { request: () => Promise.reject(new Error("Not called")) };
const REQUEST = { method: "POST", path: "/api/v1/agent_spans" };

for (
  const [code, status, ErrorClass] of [
    ["validation_errors", 422, PrefactorValidationError],
    ["bad_request", 400, PrefactorValidationError],
    ["unauthorized", 401, PrefactorAuthError],
    ["bad_authtoken", 401, PrefactorAuthError],
    ["not_found", 404, PrefactorNotFoundError],
    ["invalid_action", 409, PrefactorConflictError],
    ["a future code", 400, PrefactorValidationError],
  ] as const
) {
  Deno.test(`errorFromOutput() creates the error of a ${status} for "${code}"`, () => {
    const error = errorFromOutput({ status: "error", code, message: "Refused" }, {
      requester: REQUESTER,
      request: REQUEST,
      requestId: "r-1",
    });
    assertStrictEquals(error.constructor, ErrorClass);
    assertEquals([error.statusCode, error.code, error.requestId], [status, code, "r-1"]);
    assertEquals(error.request, REQUEST);
    assertEquals(
      error.message,
      `POST /api/v1/agent_spans failed with ${status} ${code}: Refused (request r-1)`,
    );
  });
}

Deno.test("errorFromOutput() redacts the output", () => {
  const redact = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll("secret", "[token]"));
  const error = errorFromOutput({ status: "error", code: "not_found", message: "No secret" }, {
    requester: { ...REQUESTER, redact },
    request: REQUEST,
    requestId: undefined,
  });
  assertEquals(error.message, "POST /api/v1/agent_spans failed with 404 not_found: No [token]");
  assertEquals(error.body, { status: "error", code: "not_found", message: "No [token]" });
});
