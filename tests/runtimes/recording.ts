/**
 * Scenarios of successful calls: runs, bulk requests, hooks, environment variables.
 *
 * @module
 */

import {
  type ClientHooks,
  isAgentInstance,
  isAgentSpan,
  PrefactorHttpClient,
  runtimeEnvironment,
  VERSION,
} from "../../mod.ts";
import { parseRetryAfter } from "../../src/transport/retry_after.ts";
import { assert, assertEquals, type Env, failure, type Scenario, Script } from "./scenario.ts";

function sandboxClient({ sandbox }: Env): PrefactorHttpClient {
  return new PrefactorHttpClient({ apiUrl: sandbox.url, apiToken: sandbox.token });
}

const REGISTRATION = {
  agent_id: "librarian",
  agent_version: { name: "Librarian", external_identifier: "1.4.0" },
  agent_schema_version: { external_identifier: "1", span_schemas: { search: { type: "object" } } },
};

const NOW = Date.UTC(2026, 0, 1);

export const RECORDING: readonly Scenario[] = [
  {
    name: "a run is recorded from registration to finish",
    async run(env) {
      const client = sandboxClient(env);
      const { agentInstances, agentSpans } = client;
      const { id } = await agentInstances.register(REGISTRATION);
      const started = await agentInstances.start(id, { timestamp: new Date(NOW) });
      assert(isAgentInstance(started), "start() must resolve to an instance");
      assertEquals([started.status, started.started_at?.slice(0, 10)], ["active", "2026-01-01"], "start");
      const span = await agentSpans.create({
        agent_instance_id: id,
        schema_name: "search",
        status: "active",
        payload: { query: "Grüße, 世界 🙂" },
      });
      assert(isAgentSpan(span), "create() must resolve to a span");
      assertEquals(span.payload, { query: "Grüße, 世界 🙂" }, "payload");
      const finished = await agentSpans.finish(span.id, { result_payload: { hits: 3 } });
      assertEquals([finished.status, finished.result_payload], ["complete", { hits: 3 }], "finished span");
      const end = await agentInstances.finish(id, { status: "failed" });
      assertEquals([end.status, end.span_counts?.finished], ["failed", 1], "finished instance");
      await client.close();
    },
  },
  {
    name: "a bulk request resolves to an output for each item up to the first failure",
    async run(env) {
      const client = sandboxClient(env);
      const key = () => crypto.randomUUID();
      const items = [
        { ...REGISTRATION, _type: "agent_instances/register", idempotency_key: key() },
        { _type: "agent_spans/finish", agent_span_id: "none", idempotency_key: key() },
        { ...REGISTRATION, _type: "agent_instances/register", idempotency_key: key() },
      ];
      const { outputs } = await client.bulk.execute({ items });
      const statuses = items.map(({ idempotency_key }) => outputs[idempotency_key]?.status ?? "absent");
      assertEquals(statuses, ["success", "error", "absent"], "outputs");
      await client.close();
    },
  },
  {
    name: "a repeated idempotency key resolves to the first result",
    async run(env) {
      const client = sandboxClient(env);
      const params = { ...REGISTRATION, idempotency_key: crypto.randomUUID() };
      const [first, second] = [
        await client.agentInstances.register(params),
        await client.agentInstances.register(params),
      ];
      assertEquals(first.id, second.id, "ids");
      await client.close();
    },
  },
  {
    name: "10,000 calls, 64 of them at a time, each carry their own key",
    async run(env) {
      const script = new Script(env, "ok");
      const client = script.client();
      let calls = 0;
      await Promise.all(Array.from({ length: 64 }, async () => {
        while (calls < 10_000) {
          const key = `key-${calls++}`;
          await client.request("POST", "/x", { json: { idempotency_key: key } });
        }
      }));
      const received = await script.received();
      assertEquals(new Set(received.map(({ key }) => key)).size, 10_000, "different keys");
      const wrong = received.filter(({ key, body }) => JSON.parse(body).idempotency_key !== key);
      assertEquals(wrong, [], "requests with a key of another call");
      await client.close();
    },
  },
  {
    name: "each status rejects with its error class",
    async run(env) {
      const cases: [number, string, string][] = [
        [400, "PrefactorValidationError", "some_code"],
        [401, "PrefactorAuthError", "some_code"],
        [403, "PrefactorAuthError", "some_code"],
        [404, "PrefactorNotFoundError", "some_code"],
        [409, "PrefactorConflictError", "some_code"],
        [422, "PrefactorValidationError", "some_code"],
        [429, "PrefactorApiError", "some_code"],
        [500, "PrefactorApiError", "some_code"],
        [503, "PrefactorApiError", "some_code"],
      ];
      for (const [status, name, code] of cases) {
        const client = new Script(env, `status:${status}`).client();
        const error = await failure(client.request("POST", "/x", { json: {} }));
        assertEquals([error.name, error["code"], error["statusCode"], error.message], [
          name,
          code,
          status,
          `POST /x failed with ${status} ${code}: Some message`,
        ], `HTTP ${status}`);
      }
      const wrong = new PrefactorHttpClient({ apiUrl: env.sandbox.url, apiToken: "wrong-token" });
      assertEquals((await failure(wrong.request("GET", "/api/v1/ping"))).name, "PrefactorAuthError", "token");
      const missing = await failure(sandboxClient(env).agentSpans.finish("none"));
      assertEquals(missing.name, "PrefactorNotFoundError", "span");
    },
  },
  {
    name: "hooks are called for every attempt, and their errors are ignored",
    async run(env) {
      const events: unknown[] = [];
      const hooks: ClientHooks = {
        onRequest: ({ method, path, attempt }) => {
          events.push(["request", method, path, attempt]);
          throw new Error("Thrown by a hook");
        },
        onResponse: ({ statusCode, attempt, duration }) => {
          events.push(["response", statusCode, attempt, duration >= 0]);
          return Promise.reject(new Error("Rejected by a hook"));
        },
        onRetry: ({ attempt, error, delay }) => {
          events.push(["retry", attempt, (error as Error).name, delay >= 0]);
        },
      };
      const client = new Script(env, "status:503", "ok").client({ hooks, maxRetries: 1 });
      await client.request("POST", "/x", { params: { a: 1 }, json: {} });
      assertEquals(events, [
        ["request", "POST", "/x", 1],
        ["response", 503, 1, true],
        ["retry", 2, "PrefactorApiError", true],
        ["request", "POST", "/x", 2],
        ["response", 200, 2, true],
      ], "events");
    },
  },
  {
    name: "fromEnv() reads the variables, or names a missing one",
    async run(env) {
      if (env.runtime === "chromium") {
        let message = "";
        try {
          PrefactorHttpClient.fromEnv();
        } catch (error) {
          message = String(error);
        }
        assert(message.includes("PREFACTOR_API_URL"), `The message must name the variable: ${message}`);
        const { url: apiUrl, token: apiToken } = env.sandbox;
        await PrefactorHttpClient.fromEnv({ apiUrl, apiToken }).request("GET", "/api/v1/ping");
        return;
      }
      const client = PrefactorHttpClient.fromEnv();
      assertEquals((await client.request("GET", "/api/v1/ping"))["status"], "success", "ping");
      await client.close();
    },
  },
  {
    name: "runtimeEnvironment() detects the runtime and the operating system",
    // deno-lint-ignore require-await -- a scenario returns a promise
    async run({ runtime: expected }) {
      const { prefactor_sdk, runtime, os } = runtimeEnvironment();
      assertEquals(prefactor_sdk, [`@prefactor/http@${VERSION}`], "package");
      if (expected === "chromium") return assertEquals([runtime, os], [undefined, undefined], "a page");
      assert(new RegExp(`^${expected}@\\d+\\.\\d+\\.\\d+`).test(runtime ?? ""), `runtime ${runtime}`);
      assert(["linux", "darwin", "windows"].includes(os ?? ""), `operating system ${os}`);
    },
  },
  {
    name: "globalThis.fetch is looked up at each call",
    async run(env) {
      const script = new Script(env, "ok");
      const client = script.client();
      const { fetch } = globalThis;
      globalThis.fetch = () => Promise.resolve(Response.json({ from: "stub" }));
      try {
        assertEquals(await client.request("GET", "/x"), { from: "stub" }, "stubbed");
      } finally {
        globalThis.fetch = fetch;
      }
      assertEquals(await client.request("GET", "/x"), { status: "success" }, "restored");
    },
  },
  {
    name: "parseRetryAfter() reads every form of the header",
    // deno-lint-ignore require-await -- a scenario returns a promise
    async run() {
      const cases: [header: string | null, ms: number | undefined][] = [
        ["0", 0],
        ["1.5", 1_500],
        ["-1", undefined],
        ["soon", undefined],
        ["1e3", undefined],
        ["Thu, 01 Jan 2026 00:00:07 GMT", 7_000],
        ["Wed, 31 Dec 2025 23:59:59 GMT", 0],
        ["Thursday, 01-Jan-26 00:00:07 GMT", 7_000],
        ["Thu Jan  1 00:00:07 2026", 7_000],
        [null, undefined],
      ];
      for (const [header, ms] of cases) {
        assertEquals(parseRetryAfter(header, null, NOW) ?? null, ms ?? null, `Retry-After: ${header}`);
      }
    },
  },
];
