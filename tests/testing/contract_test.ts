/**
 * Runs one suite in three ways: with the client on `sandbox.fetch`, with the client over loopback, and with plain `fetch`
 * over loopback. The results must be the same.
 */

import { assertEquals } from "@std/assert";
import {
  isPrefactorHttpError,
  PrefactorApiError,
  PrefactorHttpClient,
  PrefactorNetworkError,
} from "@prefactor/http";
import type { Fault } from "@prefactor/http/testing";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { SPAN } from "./helpers.ts";

/** The outcome of a call: its status or how it failed, and the body of the response. */
interface Outcome {
  readonly result: number | "network" | "garbage" | "aborted";
  readonly code?: string;
  // deno-lint-ignore no-explicit-any
  readonly body?: any;
}

/** One way of calling the API. */
interface Api {
  call(method: string, path: string, body?: object, signal?: AbortSignal): Promise<Outcome>;
  close(): Promise<void>;
}

interface Scenario {
  readonly name: string;
  run(api: Api, sandbox: PrefactorSandbox): Promise<unknown>;
  readonly sees: unknown;
}

const REGISTRATION = {
  agent_id: "librarian",
  agent_version: { external_identifier: "1.4.0" },
  agent_schema_version: { span_schemas: { "agent:llm": { type: "object", required: ["model"] } } },
};

async function register(api: Api): Promise<string> {
  return (await api.call("POST", "agent_instance/register", REGISTRATION)).body.details.id;
}

async function start(api: Api): Promise<string> {
  const id = await register(api);
  await api.call("POST", `agent_instance/${id}/start`, {});
  return id;
}

function span(agent_instance_id: string, fields: object = {}): object {
  return { details: { ...SPAN, payload: { model: "small" }, agent_instance_id, ...fields } };
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: "a run from register to finish",
    async run(api) {
      const id = await start(api);
      const created = await api.call("POST", "agent_spans", span(id));
      const spanId = created.body.details.id;
      const finished = await api.call("POST", `agent_spans/${spanId}/finish`, { result_payload: { n: 1 } });
      const run = await api.call("POST", `agent_instance/${id}/finish`, { status: "failed" });
      return [
        [created.result, created.body.details.status],
        [finished.result, finished.body.details.status, finished.body.details.result_payload],
        [run.result, run.body.details.status, run.body.details.span_counts.complete],
      ];
    },
    sees: [[200, "active"], [200, "complete", { n: 1 }], [200, "failed", 1]],
  },
  {
    name: "reading what was written",
    async run(api) {
      const id = await start(api);
      await api.call("POST", "agent_spans", span(id, { id: "s" }));
      const instance = await api.call("GET", `agent_instance/${id}`);
      const one = await api.call("GET", "agent_spans/s");
      const all = await api.call("GET", `agent_spans?agent_instance_id=${id}`);
      return [instance.body.details.span_counts.total, one.body.details.id, all.body.summaries.length];
    },
    sees: [1, "s", 1],
  },
  {
    name: "errors by status and code",
    async run(api) {
      const id = await start(api);
      const outcomes = [
        await api.call("POST", "agent_instance/register", {}),
        await api.call("POST", `agent_instance/${id}/start`, {}),
        await api.call("POST", "agent_spans", span("none")),
        await api.call("GET", "nowhere"),
        await api.call("GET", "bulk"),
      ];
      return outcomes.map(({ result, code }) => [result, code]);
    },
    sees: [
      [422, "validation_errors"],
      [409, "invalid_action"],
      [404, "not_found"],
      [404, "not_found"],
      [405, "method_not_allowed"],
    ],
  },
  {
    name: "a key sent twice",
    async run(api, sandbox) {
      const id = await start(api);
      const body = { ...span(id), idempotency_key: "key-00001" };
      const first = await api.call("POST", "agent_spans", body);
      const again = await api.call("POST", "agent_spans", body);
      const other = await api.call("POST", "agent_spans", { ...body, ...span(id, { status: "failed" }) });
      return [first.body.details.id === again.body.details.id, other.result, sandbox.spans.size];
    },
    sees: [true, 422, 1],
  },
  {
    name: "a bulk request that stops at its first error",
    async run(api, sandbox) {
      const id = await start(api);
      const item = { _type: "agent_spans/create", ...span(id, { id: "s" }) };
      const items = ["create-001", "create-002", "create-003"].map((idempotency_key) => ({
        ...item,
        idempotency_key,
      }));
      const { result, body } = await api.call("POST", "bulk", { items });
      return [result, Object.keys(body.outputs), body.outputs["create-002"].code, sandbox.spans.size];
    },
    sees: [200, ["create-001", "create-002"], "validation_errors", 1],
  },
  {
    name: "a termination",
    async run(api, sandbox) {
      const id = await start(api);
      sandbox.terminate(id, "enough");
      const created = await api.call("POST", "agent_spans", span(id));
      const finished = await api.call("POST", `agent_instance/${id}/finish`, {});
      return [created.body.control, finished.result, finished.code];
    },
    sees: [{ terminate: true, reason: "enough" }, 409, "invalid_action"],
  },
  ...([
    [{ kind: "refuse" }, "network", 0],
    [{ kind: "lose" }, "network", 1],
    [{ kind: "cut" }, "network", 1],
    [{ kind: "garbage" }, "garbage", 1],
    [{ kind: "delay", ms: 1 }, 200, 1],
    [{ kind: "status", status: 503, retryAfter: 0 }, 503, 0],
    [{ kind: "redirect" }, 302, 0],
  ] satisfies [Fault, Outcome["result"], number][]).map(([fault, result, instances]) => ({
    name: `the fault "${fault.kind}"`,
    async run(api: Api, sandbox: PrefactorSandbox) {
      sandbox.faults.next(fault);
      const struck = await api.call("POST", "agent_instance/register", REGISTRATION);
      const after = sandbox.instances.size;
      const next = await api.call("POST", "agent_instance/register", REGISTRATION);
      return [struck.result, after, next.result];
    },
    sees: [result, instances, 200],
  })),
  {
    name: 'the fault "hang", until the caller gives up',
    async run(api, sandbox) {
      const caller = new AbortController();
      sandbox.faults.next({ kind: "hang" }, {
        match() {
          queueMicrotask(() => caller.abort());
          return true;
        },
      });
      const { result } = await api.call("POST", "agent_instance/register", REGISTRATION, caller.signal);
      return [result, sandbox.requests[0]?.fault];
    },
    sees: ["aborted", "hang"],
  },
];

/** The client, without retries. */
function clientApi(client: PrefactorHttpClient): Api {
  return {
    async call(method, path, json, signal) {
      try {
        const body = await client.request(method, `/api/v1/${path}`, {
          ...(json && { json }),
          ...(signal && { signal }),
          idempotencyKey: null,
        });
        return { result: 200, body };
      } catch (error) {
        if (error instanceof PrefactorApiError) return { result: error.statusCode, code: error.code };
        if (error instanceof PrefactorNetworkError) return { result: "network" };
        return { result: isPrefactorHttpError(error) ? "garbage" : "aborted" };
      }
    },
    close: () => client.close(),
  };
}

/** Plain fetch. */
function rawApi(url: string, token: string): Api {
  return {
    async call(method, path, json, signal) {
      const init: RequestInit = { method, headers: { authorization: `Bearer ${token}` }, redirect: "manual" };
      if (json) init.body = JSON.stringify(json);
      if (signal) init.signal = signal;
      try {
        const response = await fetch(`${url}/api/v1/${path}`, init);
        const text = await response.text();
        try {
          const body = JSON.parse(text);
          return { result: response.status, code: body.code, body };
        } catch {
          return { result: "garbage" };
        }
      } catch {
        return { result: signal?.aborted ? "aborted" : "network" };
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Serves the sandbox on loopback while the callback runs. */
async function serving(sandbox: PrefactorSandbox, run: (url: string) => Promise<void>): Promise<void> {
  const closing = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: closing.signal,
    onListen() {},
    onError: () => new Response(null, { status: 500 }),
  }, sandbox.fetch);
  try {
    await run(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    // shutdown() would wait for a connection whose end the server has not noticed yet.
    closing.abort();
    await server.finished;
  }
}

type Way = (sandbox: PrefactorSandbox, run: (api: Api) => Promise<void>) => Promise<void>;

const WAYS: { readonly [name: string]: Way } = {
  "client on sandbox.fetch": async (sandbox, run) =>
    await run(clientApi(new PrefactorHttpClient(sandbox.config({ maxRetries: 0 })))),
  "client over loopback": (sandbox, run) =>
    serving(sandbox, async (apiUrl) => {
      const { apiToken } = sandbox.config();
      await run(clientApi(new PrefactorHttpClient({ apiUrl, apiToken, maxRetries: 0 })));
    }),
  "fetch over loopback": (sandbox, run) =>
    serving(sandbox, (url) => run(rawApi(url, sandbox.config().apiToken))),
};

for (const [wayName, way] of Object.entries(WAYS)) {
  for (const { name, run, sees } of SCENARIOS) {
    Deno.test(`contract, ${wayName}: ${name}`, async () => {
      const sandbox = new PrefactorSandbox();
      await way(sandbox, async (api) => {
        const seen = await run(api, sandbox);
        await api.close();
        assertEquals(seen, sees);
      });
    });
  }
}
