import { assertEquals } from "@std/assert";
import {
  isPermanentHttpError,
  isTransientHttpError,
  PrefactorApiError,
  PrefactorAuthError,
  PrefactorClientError,
  PrefactorHttpError,
  PrefactorNetworkError,
  PrefactorNotFoundError,
  PrefactorResponseContractError,
  PrefactorRetryExhaustedError,
  PrefactorTimeoutError,
  PrefactorValidationError,
} from "../../mod.ts";
import * as copy from "../../src/errors/errors.ts?copy";

type Verdict = "transient" | "permanent" | "neither";

function verdict(error: unknown): string {
  const verdicts = [
    isTransientHttpError(error) && "transient",
    isPermanentHttpError(error) && "permanent",
  ].filter(Boolean);
  return verdicts.join(" and ") || "neither";
}

const api = (statusCode: number) => new PrefactorApiError("m", "c", statusCode);
const contract = (statusCode?: number) => new PrefactorResponseContractError("m", { statusCode });

const TABLE: [error: unknown, verdict: Verdict][] = [
  [new PrefactorNetworkError("m"), "transient"],
  [new PrefactorTimeoutError("m", { phase: "connect", timeout: 1 }), "transient"],
  [new PrefactorTimeoutError("m", { phase: "request", timeout: 1 }), "transient"],
  [api(301), "neither"],
  [api(399), "neither"],
  [api(400), "permanent"],
  [api(408), "permanent"],
  [api(409), "permanent"],
  [api(425), "permanent"],
  [api(428), "permanent"],
  [api(429), "transient"],
  [api(430), "permanent"],
  [api(499), "permanent"],
  [api(500), "transient"],
  [api(501), "transient"],
  [api(503), "transient"],
  [api(599), "transient"],
  [new PrefactorAuthError("m", "c", 401), "permanent"],
  [new PrefactorAuthError("m", "c", 403), "permanent"],
  [new PrefactorNotFoundError("m", "c", 404), "permanent"],
  [new PrefactorValidationError("m", "c", 400, {}), "permanent"],
  [new PrefactorValidationError("m", "c", 422, {}), "permanent"],
  [contract(), "permanent"],
  [contract(200), "permanent"],
  [contract(404), "permanent"],
  [contract(429), "transient"],
  [contract(500), "transient"],
  [contract(503), "transient"],
  [new PrefactorClientError("m"), "neither"],
  [new PrefactorHttpError("m"), "neither"],
  [new copy.PrefactorApiError("m", "c", 503), "transient"],
  [new copy.PrefactorNotFoundError("m", "c", 404), "permanent"],
  [new copy.PrefactorTimeoutError("m", { phase: "connect", timeout: 1 }), "transient"],
  [new DOMException("m", "AbortError"), "neither"],
  [new DOMException("m", "TimeoutError"), "neither"],
  [new TypeError("fetch failed"), "neither"],
  [Object.assign(new Error("m"), { statusCode: 503 }), "neither"],
  [{ statusCode: 503, name: "PrefactorApiError" }, "neither"],
  [undefined, "neither"],
  [null, "neither"],
  ["PrefactorNetworkError", "neither"],
  [503, "neither"],
  [Symbol.iterator, "neither"],
];

Deno.test("isTransientHttpError() and isPermanentHttpError() classify errors", () => {
  for (const [error, expected] of TABLE) assertEquals(verdict(error), expected, Deno.inspect(error));
});

Deno.test("isTransientHttpError() and isPermanentHttpError() look through PrefactorRetryExhaustedError", () => {
  for (const [error, expected] of TABLE) {
    const once = new PrefactorRetryExhaustedError("m", error, 2);
    const twice = new PrefactorRetryExhaustedError("m", once, 2);
    const foreign = new copy.PrefactorRetryExhaustedError("m", once, 2);
    assertEquals([once, twice, foreign].map(verdict), [expected, expected, expected], Deno.inspect(error));
  }
});

Deno.test("isTransientHttpError() and isPermanentHttpError() ignore other causes", () => {
  const cause = new PrefactorNetworkError("m");
  assertEquals(verdict(new PrefactorClientError("m", { cause })), "neither");
  assertEquals(verdict(new Error("m", { cause })), "neither");
});
