/**
 * Scenarios of what goes wrong on the way: retries, timeouts, redirects, broken connections and answers.
 *
 * @module
 */

import {
  isTransientHttpError,
  PrefactorHttpClient,
  PrefactorResponseContractError,
  PrefactorRetryExhaustedError,
} from "../../mod.ts";
import { equal, failure, hold, type Scenario, Script, TOKEN } from "./scenario.ts";

const KIB = 1024;

export const FAILING: readonly Scenario[] = [
  {
    name: "all attempts send the same key and the same bytes",
    async run(env) {
      const script = new Script(env, "status:503", "drop", "cut", "ok");
      const client = script.client({ maxRetries: 3 });
      equal(
        await client.request("POST", "/x", { json: { at: Math.random() } }),
        { status: "success" },
        "answer",
      );
      const received = await script.received();
      equal(received.length, 4, "attempts");
      equal(new Set(received.map(({ key, body, path }) => `${key} ${body} ${path}`)).size, 1, "variants");
      hold(/^[0-9a-f-]{36}$/.test(received[0]!.key ?? ""), "the key is a UUID");
    },
  },
  {
    name: "Retry-After is waited for",
    async run(env) {
      const script = new Script(env, "status:503:retry-after-ms:80", "status:429:retry-after:1", "ok");
      await script.client({ maxRetries: 2 }).request("POST", "/x", { json: {} });
      const [first, second, third] = (await script.received()).map(({ at }) => at);
      hold(second! - first! >= 79, `80 ms: ${second! - first!}`);
      hold(third! - second! >= 999, `1 s: ${third! - second!}`);
    },
  },
  {
    name: "a Retry-After of more than maxRetryDelay fails at once",
    async run(env) {
      const script = new Script(env, "status:503:retry-after:120");
      const error = await failure(script.client({ maxRetries: 3 }).request("POST", "/x", { json: {} }));
      hold(error instanceof PrefactorRetryExhaustedError, String(error));
      equal([error.attempts, (error.lastError as { retryAfter?: number }).retryAfter], [1, 120_000], "facts");
    },
  },
  {
    name: "attempts run out in PrefactorRetryExhaustedError",
    async run(env) {
      const script = new Script(env, "status:500");
      const error = await failure(script.client({ maxRetries: 2 }).request("POST", "/x", { json: {} }));
      hold(error instanceof PrefactorRetryExhaustedError && error.cause === error.lastError, String(error));
      equal([error.attempts, (await script.received()).length], [3, 3], "attempts");
      hold(isTransientHttpError(error), "it is transient");
    },
  },
  {
    name: "connectTimeout bounds the wait for headers, and the connection is let go",
    async run(env) {
      const script = new Script(env, "hang");
      const error = await failure(script.client({ connectTimeout: 60 }).request("POST", "/x", { json: {} }));
      equal(
        [error.name, error["phase"], error["timeout"]],
        ["PrefactorTimeoutError", "connect", 60],
        "facts",
      );
      await script.hasLost(1);
    },
  },
  {
    name: "requestTimeout bounds the body, and the connection is let go",
    async run(env) {
      const script = new Script(env, "stall");
      const client = script.client({ requestTimeout: 150 });
      const error = await failure(client.request("POST", "/x", { json: {} }));
      equal(
        [error.name, error["phase"], error["timeout"]],
        ["PrefactorTimeoutError", "request", 150],
        "facts",
      );
      await script.hasLost(1);
    },
  },
  {
    name: "a timeout is retried",
    async run(env) {
      const script = new Script(env, "hang", "ok");
      const client = script.client({ connectTimeout: 250, maxRetries: 1 });
      equal(await client.request("POST", "/x", { json: {} }), { status: "success" }, "answer");
    },
  },
  {
    name: "no redirect is followed",
    async run(env) {
      for (const status of [301, 302, 303, 307, 308]) {
        for (const to of ["same", "other", "nowhere"]) {
          const script = new Script(env, `redirect:${status}:${to}`);
          const error = await failure(script.client({ maxRetries: 1 }).request("POST", "/x", { json: {} }));
          const where = `${status} to ${to}`;
          // A page is not shown the status and the location of a redirect that it does not follow.
          const shown = env.runtime === "chromium" ? 0 : status;
          equal(
            [error.name, error["code"], error["statusCode"]],
            ["PrefactorApiError", "redirect", shown],
            where,
          );
          if (env.runtime !== "chromium") {
            const named = { same: "/followed", other: "http://localhost:", nowhere: "nowhere" }[to]!;
            hold(error.message.includes(named), `${where}: ${error.message}`);
          }
          equal((await script.received()).map(({ path }) => path), ["/x"], where);
        }
      }
    },
  },
  {
    name: "network failures have one name and one class",
    async run(env) {
      const refused = new PrefactorHttpClient({ apiUrl: env.refused, apiToken: TOKEN, maxRetries: 0 });
      const cases: [string, PrefactorHttpClient][] = [
        ["refused", refused],
        ["dropped", new Script(env, "drop").client()],
        ["cut", new Script(env, "cut").client()],
      ];
      for (const [what, client] of cases) {
        const error = await failure(client.request("POST", "/x", { json: {} }));
        equal(error.name, "PrefactorNetworkError", what);
        hold(error.message.startsWith("POST /x failed: "), `${what}: ${error.message}`);
        hold(error.cause instanceof Error, `${what}: it has a cause`);
        hold(isTransientHttpError(error), `${what}: it is transient`);
      }
    },
  },
  {
    name: "an answer that is no JSON object is a contract error",
    async run(env) {
      for (const step of ["text", "invalid-utf8"]) {
        const error = await failure(new Script(env, step).client().request("POST", "/x", { json: {} }));
        hold(error instanceof PrefactorResponseContractError, `${step}: ${error}`);
        equal(error.statusCode, 200, step);
        hold((error.bodySnippet ?? "").length > 0, `${step}: it has a snippet`);
      }
    },
  },
  {
    name: "maxResponseBytes bounds an answer of known length, an endless one, and one that is unpacked",
    async run(env) {
      for (const step of [`length:${100 * KIB}`, "endless", `gzip:${100 * KIB}`]) {
        const script = new Script(env, step);
        const client = script.client({ maxResponseBytes: 10 * KIB });
        const error = await failure(client.request("POST", "/x", { json: {} }));
        equal([error.name, error["statusCode"]], ["PrefactorResponseContractError", 200], step);
        hold(error.message.includes("maxResponseBytes"), `${step}: ${error.message}`);
        if (step === "endless") await script.hasLost(1);
      }
      for (const step of [`length:${9 * KIB}`, `gzip:${9 * KIB}`]) {
        const client = new Script(env, step).client({ maxResponseBytes: 10 * KIB });
        const { text } = await client.request("GET", "/x");
        equal((text as string).length, 9 * KIB, step);
      }
    },
  },
  {
    name: "an answer that echoes the token is told without it",
    async run(env) {
      const error = await failure(new Script(env, "echo").client().request("POST", "/x", { json: {} }));
      equal(error.message, "POST /x failed with 422 bad: No Bearer [redacted]", "message");
      const told = [String(error), error.stack, JSON.stringify(error), JSON.stringify(error["errors"])]
        .join();
      hold(!told.includes("eyJhbGci"), told);
    },
  },
];
