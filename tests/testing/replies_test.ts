import { assertEquals, assertInstanceOf } from "@std/assert";
import { ErrorReply, fieldError, invalidFields } from "../../src/testing/replies.ts";

Deno.test("ErrorReply.toReply() returns the status and the body of the error, without empty fields", () => {
  const error = new ErrorReply(404, "not_found", "No such span");
  assertInstanceOf(error, Error);
  const reply = { status: 404, body: { status: "error", code: "not_found", message: "No such span" } };
  assertEquals(error.toReply(), reply);
  assertEquals(error.toReply("details"), reply);
});

Deno.test("ErrorReply.toReply() nests the errors of fields like the body", () => {
  const errors = { name: fieldError("required", "The name is required") };
  const error = invalidFields(errors);
  const { status, body } = error.toReply();
  assertEquals([status, body["code"], body["errors"]], [422, "validation_errors", errors]);
  assertEquals(error.toReply("details").body["errors"], { details: errors });
});

Deno.test("fieldError() creates the error of a field", () => {
  assertEquals(fieldError("taken", "The ID is taken"), {
    status: "error",
    code: "taken",
    message: "The ID is taken",
  });
});
