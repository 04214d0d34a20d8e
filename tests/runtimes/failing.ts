/**
 * Scenarios of failures: retries, timeouts, redirects, broken connections and invalid responses.
 *
 * @module
 */

import {
  isTransientHttpError,
  PrefactorHttpClient,
  PrefactorResponseContractError,
  PrefactorRetryExhaustedError,
} from "../../mod.ts";
import { assert, assertEquals, failure, type Scenario, Script, TOKEN } from "./scenario.ts";

const KIB = 1024;

export const FAILING: readonly Scenario[] = [
  {
    name: "all attempts send the same idempotency key and the same body",
    async run(env) {
      const script = new Script(env, "status:503", "drop", "cut", "ok");
      const client = script.client({ maxRetries: 3 });
      assertEquals(
        await client.request("POST", "/x", { json: { at: Math.random() } }),
        { status: "success" },
        "response",
      );
      const received = await script.received();
      assertEquals(received.length, 4, "attempts");
      assertEquals(
        new Set(received.map(({ key, body, path }) => `${key} ${body} ${path}`)).size,
        1,
        "variants",
      );
      assert(/^[0-9a-f-]{36}$/.test(received[0]!.key ?? ""), "The key must be a UUID");
    },
  },
  {
    name: "a retry waits for Retry-After",
    async run(env) {
      const script = new Script(env, "status:503:retry-after-ms:80", "status:429:retry-after:1", "ok");
      await script.client({ maxRetries: 2 }).request("POST", "/x", { json: {} });
      const [first, second, third] = (await script.received()).map(({ at }) => at);
      assert(second! - first! >= 79, `80 ms: ${second! - first!}`);
      assert(third! - second! >= 999, `1 s: ${third! - second!}`);
    },
  },
  {
    name: "a Retry-After above maxRetryDelay fails without a retry",
    async run(env) {
      const script = new Script(env, "status:503:retry-after:120");
      const error = await failure(script.client({ maxRetries: 3 }).request("POST", "/x", { json: {} }));
      assert(error instanceof PrefactorRetryExhaustedError, String(error));
      assertEquals(
        [error.attempts, (error.lastError as { retryAfter?: number }).retryAfter],
        [1, 120_000],
        "fields",
      );
    },
  },
  {
    name: "a call whose retries run out rejects with PrefactorRetryExhaustedError",
    async run(env) {
      const script = new Script(env, "status:500");
      const error = await failure(script.client({ maxRetries: 2 }).request("POST", "/x", { json: {} }));
      assert(error instanceof PrefactorRetryExhaustedError && error.cause === error.lastError, String(error));
      assertEquals([error.attempts, (await script.received()).length], [3, 3], "attempts");
      assert(isTransientHttpError(error), "The error must be transient");
    },
  },
  {
    name: "connectTimeout limits the wait for headers and cancels the request",
    async run(env) {
      const script = new Script(env, "hang");
      const error = await failure(script.client({ connectTimeout: 60 }).request("POST", "/x", { json: {} }));
      assertEquals(
        [error.name, error["phase"], error["timeout"]],
        ["PrefactorTimeoutError", "connect", 60],
        "fields",
      );
      await script.hasCancelled(1);
    },
  },
  {
    name: "requestTimeout limits the read of the body and cancels it",
    async run(env) {
      const script = new Script(env, "stall");
      const client = script.client({ requestTimeout: 150 });
      const error = await failure(client.request("POST", "/x", { json: {} }));
      assertEquals(
        [error.name, error["phase"], error["timeout"]],
        ["PrefactorTimeoutError", "request", 150],
        "fields",
      );
      await script.hasCancelled(1);
    },
  },
  {
    name: "a timeout is retried",
    async run(env) {
      const script = new Script(env, "hang", "ok");
      const client = script.client({ connectTimeout: 250, maxRetries: 1 });
      assertEquals(await client.request("POST", "/x", { json: {} }), { status: "success" }, "response");
    },
  },
  {
    name: "a redirect is not followed",
    async run(env) {
      for (const status of [301, 302, 303, 307, 308]) {
        for (const to of ["same", "other", "nowhere"]) {
          const script = new Script(env, `redirect:${status}:${to}`);
          const error = await failure(script.client({ maxRetries: 1 }).request("POST", "/x", { json: {} }));
          const redirect = `${status} to ${to}`;
          // A page cannot read the status and the location of a redirect that it does not follow.
          const statusCode = env.runtime === "chromium" ? 0 : status;
          assertEquals(
            [error.name, error["code"], error["statusCode"]],
            ["PrefactorApiError", "redirect", statusCode],
            redirect,
          );
          if (env.runtime !== "chromium") {
            const location = { same: "/followed", other: "http://localhost:", nowhere: "nowhere" }[to]!;
            assert(error.message.includes(location), `${redirect}: ${error.message}`);
          }
          assertEquals((await script.received()).map(({ path }) => path), ["/x"], redirect);
        }
      }
    },
  },
  {
    name: "every network failure is a PrefactorNetworkError",
    async run(env) {
      const refused = new PrefactorHttpClient({ apiUrl: env.refused, apiToken: TOKEN, maxRetries: 0 });
      const cases: [string, PrefactorHttpClient][] = [
        ["refused", refused],
        ["dropped before the body", new Script(env, "drop").client()],
        ["dropped during the body", new Script(env, "cut").client()],
      ];
      for (const [name, client] of cases) {
        const error = await failure(client.request("POST", "/x", { json: {} }));
        assertEquals(error.name, "PrefactorNetworkError", name);
        assert(error.message.startsWith("POST /x failed: "), `${name}: ${error.message}`);
        assert(error.cause instanceof Error, `${name}: The error must have a cause`);
        assert(isTransientHttpError(error), `${name}: The error must be transient`);
      }
    },
  },
  {
    name: "a response that is not a JSON object is a contract error",
    async run(env) {
      for (const step of ["text", "invalid-utf8"]) {
        const error = await failure(new Script(env, step).client().request("POST", "/x", { json: {} }));
        assert(error instanceof PrefactorResponseContractError, `${step}: ${error}`);
        assertEquals(error.statusCode, 200, step);
        assert((error.bodySnippet ?? "").length > 0, `${step}: The error must have a snippet`);
      }
    },
  },
  {
    name: "maxResponseBytes limits a response of known length, an endless one and a compressed one",
    async run(env) {
      for (const step of [`length:${100 * KIB}`, "endless", `gzip:${100 * KIB}`]) {
        const script = new Script(env, step);
        const client = script.client({ maxResponseBytes: 10 * KIB });
        const error = await failure(client.request("POST", "/x", { json: {} }));
        assertEquals([error.name, error["statusCode"]], ["PrefactorResponseContractError", 200], step);
        assert(error.message.includes("maxResponseBytes"), `${step}: ${error.message}`);
        if (step === "endless") await script.hasCancelled(1);
      }
      for (const step of [`length:${9 * KIB}`, `gzip:${9 * KIB}`]) {
        const client = new Script(env, step).client({ maxResponseBytes: 10 * KIB });
        const { text } = await client.request("GET", "/x");
        assertEquals((text as string).length, 9 * KIB, step);
      }
    },
  },
  {
    name: "the error of a response that echoes the token does not contain it",
    async run(env) {
      const error = await failure(new Script(env, "echo").client().request("POST", "/x", { json: {} }));
      assertEquals(error.message, "POST /x failed with 422 bad: No Bearer [redacted]", "message");
      const text = [String(error), error.stack, JSON.stringify(error), JSON.stringify(error["errors"])]
        .join();
      assert(!text.includes("eyJhbGci"), text);
    },
  },
];
