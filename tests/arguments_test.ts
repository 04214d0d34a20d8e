import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { PrefactorClientError } from "../mod.ts";
import { ArgumentChecker, argumentError, redact } from "../src/arguments.ts";
import { isArrayOf, isObject, isSafeInteger, isString } from "../src/guards.ts";

const checker: ArgumentChecker = new ArgumentChecker("send the request");

interface Item {
  name: string;
  sizes: number[];
}

function isItem(value: unknown): value is Item {
  return isObject(value) && isString(value["name"]) && isArrayOf(value["sizes"], isSafeInteger);
}

/** Returns the message of the `PrefactorClientError` that the function throws. */
function messageOf(run: () => void): string {
  return assertThrows(run, PrefactorClientError).message;
}

Deno.test("argumentError() names the action, the argument, and the expected and the actual value", () => {
  const error = argumentError("parse the PFID", "pfid", "a PFID", 7);
  assertInstanceOf(error, PrefactorClientError);
  assertEquals(error.message, "Cannot parse the PFID: 'pfid' must be a PFID, but is 7");
});

Deno.test("ArgumentChecker.fail() names the action, the argument, and the expected and the actual value", () => {
  const cases: [value: unknown, formatted: string][] = [
    [7, "7"],
    ["seven", '"seven"'],
    [undefined, "undefined"],
    [null, "null"],
    [{ a: 1 }, "an object"],
    [[1, 2], "an array of 2 items"],
    [() => {}, "a function"],
  ];
  for (const [value, formatted] of cases) {
    assertEquals(
      messageOf(() => checker.fail("params.id", "a string", value)),
      `Cannot send the request: 'params.id' must be a string, but is ${formatted}`,
    );
  }
});

Deno.test("ArgumentChecker.fail() takes the token out of the name and the value", () => {
  const redactor = { redact: (value: unknown) => String(value).replaceAll("hunter2", "[redacted]") };
  assertEquals(
    messageOf(() =>
      new ArgumentChecker("send the request", redactor).fail("a hunter2", "absent", "hunter2!")
    ),
    `Cannot send the request: 'a [redacted]' must be absent, but is "[redacted]!"`,
  );
});

Deno.test("ArgumentChecker.failSecretly() does not show the value", () => {
  assertEquals(
    messageOf(() => checker.failSecretly("apiToken", "a non-empty string")),
    "Cannot send the request: 'apiToken' must be a non-empty string",
  );
});

Deno.test("ArgumentChecker.check() throws only if the condition is false", () => {
  checker.check("a", true, "b", 1);
  assertEquals(
    messageOf(() => checker.check("a", false, "b", 1)),
    "Cannot send the request: 'a' must be b, but is 1",
  );
});

Deno.test("ArgumentChecker.checkModel() names the first field that the guard rejects", () => {
  checker.checkModel("params", isItem, { name: "a", sizes: [1] });
  const cases: [value: unknown, message: string][] = [
    [undefined, "'params' must be an object, but is undefined"],
    [{ sizes: [] }, "'name' must be a string, but is undefined"],
    [{ name: "a", sizes: [1, 1.5] }, "'sizes[1]' must be a safe integer, but is 1.5"],
  ];
  for (const [value, message] of cases) {
    assertEquals(
      messageOf(() => checker.checkModel("params", isItem, value)),
      `Cannot send the request: ${message}`,
    );
  }
});

Deno.test("ArgumentChecker.checkModel() throws for a value that changes between two reads", () => {
  let reads = 0;
  const value = {
    get name() {
      return reads++ === 0 ? undefined : "a";
    },
    sizes: [],
  };
  assertEquals(
    messageOf(() => checker.checkModel("params", isItem, value)),
    "Cannot send the request: 'params' must be the same at each read, but is an object",
  );
});

Deno.test("ArgumentChecker.checkDuration() accepts finite numbers above 0", () => {
  for (const value of [0.1, 1, 30_000, Number.MAX_VALUE]) checker.checkDuration("timeout", value);
  for (const value of [0, -0, -1, NaN, Infinity, "100", null, undefined, {}, 5n]) {
    assertThrows(
      () => checker.checkDuration("timeout", value),
      PrefactorClientError,
      "Cannot send the request: 'timeout' must be a finite number of ms > 0, but is ",
    );
  }
});

Deno.test("ArgumentChecker.checkInteger() accepts safe integers from the minimum", () => {
  for (const value of [2, 3, Number.MAX_SAFE_INTEGER]) checker.checkInteger("count", value, 2);
  for (const value of [1, -2, 2.5, NaN, Infinity, 2 ** 53, "2", null, undefined, [], 2n]) {
    assertThrows(
      () => checker.checkInteger("count", value, 2),
      PrefactorClientError,
      "Cannot send the request: 'count' must be an integer >= 2, but is ",
    );
  }
});

Deno.test("redact() returns the value itself if the redactor cannot redact", () => {
  const value = { a: 1 };
  assertEquals(redact({}, value) === value, true);
  assertEquals(redact({ redact: () => "redacted" }, value), "redacted");
});
