import { assert, assertEquals, assertFalse, assertInstanceOf, assertLess } from "@std/assert";
import { PrefactorNetworkError } from "../../mod.ts";
import { failureOf, makeClient, TOKEN } from "../helpers.ts";

async function rejectedWith(reason: unknown, path = "/api/v1/x"): Promise<PrefactorNetworkError> {
  const { client } = makeClient(() => Promise.reject(reason), { maxRetries: 0 });
  const error = await failureOf(client.request("POST", path));
  await client.close();
  assertInstanceOf(error, PrefactorNetworkError);
  return error;
}

/** Everything that a log, a debugger or a program could read of an error. */
function everything(error: unknown): string {
  const inspected = Deno.inspect(error, {
    depth: 20,
    showHidden: true,
    getters: true,
    strAbbreviateSize: Infinity,
  });
  return inspected + JSON.stringify(error) + String((error as Error).stack);
}

const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

const UNREADABLE: [name: string, reason: unknown][] = [
  ["a name getter that throws", Object.defineProperty(new Error("m"), "name", { get: () => fail() })],
  ["a message getter that throws", Object.defineProperty(new Error("m"), "message", { get: () => fail() })],
  ["a revoked proxy", revoked],
  [
    "a proxy that forbids reading",
    new Proxy({}, { get: fail, has: fail, getPrototypeOf: fail, ownKeys: fail }),
  ],
  ["a proxy around an error", new Proxy(new Error("m"), { getPrototypeOf: fail })],
  ["undefined", undefined],
  ["null", null],
  ["a bigint", 5n],
  ["a function", () => {}],
  ["an object without a prototype", Object.create(null)],
  ["an error that is its own cause", selfCaused()],
];

function fail(): never {
  throw new Error("It cannot be read");
}

function selfCaused(): Error {
  const error = new Error("fetch failed");
  error.cause = error;
  return error;
}

Deno.test("a call settles regardless of what fetch rejects with", async (t) => {
  for (const [name, reason] of UNREADABLE) {
    await t.step(name, async () => {
      const error = await rejectedWith(reason);
      assertEquals(error.request?.path, "/api/v1/x");
      assertEquals(typeof everything(error), "string");
    });
  }
});

const HIDING: [name: string, reason: () => unknown][] = [
  ["a message", () => new Error(TOKEN)],
  ["a code", () => Object.assign(new Error("m"), { code: TOKEN })],
  ["a name", () => Object.assign(new Error("m"), { name: TOKEN })],
  ["a property", () => Object.assign(new Error("m"), { request: { headers: { authorization: TOKEN } } })],
  ["util.inspect.custom on a prototype", () => {
    class Odd extends Error {
      [Symbol.for("nodejs.util.inspect.custom")](): string {
        return TOKEN;
      }
    }
    return new Odd("m");
  }],
  ["a String object", () => Object.assign(new Error("m"), { text: Object(TOKEN) })],
  ["the description of a symbol", () => Symbol(TOKEN)],
  [
    "a property that is a symbol",
    () => Object.assign(new Error("m"), { [Symbol(TOKEN)]: 1, id: Symbol(TOKEN) }),
  ],
  ["a promise", () => Object.assign(new Error("m"), { promise: Promise.resolve(TOKEN) })],
  ["an iterator", () => Object.assign(new Error("m"), { values: [TOKEN].values() })],
  ["an error of this package", () => new PrefactorNetworkError(TOKEN, { cause: TOKEN })],
  ["a cause of a cause", () => new Error("a", { cause: new Error("b", { cause: new Error(TOKEN) }) })],
  ["an error of an AggregateError", () => new AggregateError([new Error(TOKEN)])],
  ["a string", () => `Bearer ${TOKEN}`],
  ["a part at the end of a long message", () => new Error("x".repeat(16_380 - 20) + TOKEN)],
];

Deno.test("no error contains the token from a rejection of fetch", async (t) => {
  for (const [name, reason] of HIDING) {
    await t.step(name, async () => {
      const text = everything(await rejectedWith(reason()));
      assertFalse(text.includes(TOKEN), text);
      assertFalse(text.includes(TOKEN.slice(0, 30)), text);
    });
  }
});

Deno.test("the cause of a network error keeps the facts of the original", async () => {
  const inner = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:9"), { code: "ECONNREFUSED" });
  const error = await rejectedWith(new TypeError("fetch failed", { cause: inner }));
  assertEquals(error.message, "POST /api/v1/x failed: connect ECONNREFUSED 127.0.0.1:9");
  const cause = error.cause as Error & { cause: Error & { code: string } };
  assertEquals([cause.name, cause.message], ["TypeError", "fetch failed"]);
  assertEquals([cause.cause.message, cause.cause.code], [inner.message, "ECONNREFUSED"]);
});

Deno.test("the message of a network error gives the reason behind an AggregateError", async () => {
  const inner = new AggregateError([new Error("connect ECONNREFUSED ::1:9"), new Error("b")]);
  const error = await rejectedWith(new TypeError("fetch failed", { cause: inner }));
  assertEquals(error.message, "POST /api/v1/x failed: connect ECONNREFUSED ::1:9");
});

Deno.test("a large rejection of fetch results in a small error", async () => {
  const bytes = new Uint8Array(16 * 2 ** 20);
  const error = await rejectedWith(Object.assign(new Error("x".repeat(2 ** 20)), { bytes }));
  assertEquals((error.cause as { bytes?: unknown }).bytes, undefined);
  assertLess(everything(error).length, 200_000);
});

Deno.test("request of an error has the method, the path without its query, and the key", async () => {
  const { client } = makeClient(() => Promise.reject(new Error("m")), { maxRetries: 0 });
  const options = { idempotencyKey: "key-1", params: { q: "secret" } };
  const error = await failureOf(client.request("POST", `/api/v1/x?token=${TOKEN}`, options));
  assertInstanceOf(error, PrefactorNetworkError);
  assertEquals(error.request, { method: "POST", path: "/api/v1/x", idempotencyKey: "key-1" });
  assert(Object.keys(JSON.parse(JSON.stringify(error))).includes("request"));
});
