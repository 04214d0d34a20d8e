import { assert, assertEquals, fail } from "@std/assert";
import { type ClientHooks, PrefactorHttpClient } from "../mod.ts";
import { PrefactorSandbox } from "../src/testing/mod.ts";
import { outcome, TOKEN } from "./helpers.ts";

/** The encodings in which a record could contain the token. */
const FORMS = [TOKEN, encodeURIComponent(TOKEN), encodeURI(TOKEN), JSON.stringify(TOKEN).slice(1, -1)];

function assertWithout(value: unknown): void {
  const options = { depth: 50, strAbbreviateSize: Infinity, iterableLimit: Infinity, showHidden: true };
  const text = `${Deno.inspect(value, options)} ${JSON.stringify(value)}`;
  for (const form of FORMS) {
    const at = text.indexOf(form);
    if (at >= 0) fail(`Found the token after ${text.slice(Math.max(0, at - 60), at)}`);
  }
}

/** Makes calls with the token in every place where a caller could put it. */
async function carryTheToken(client: PrefactorHttpClient): Promise<void> {
  const calls = [
    client.request("GET", "/api/v1/ping"),
    client.request("GET", "/api/v1/ping", { params: { t: TOKEN, [TOKEN]: 1 } }),
    client.request("GET", `/api/v1/ping?t=${encodeURIComponent(TOKEN)}`),
    client.request("POST", `/api/v1/${TOKEN.replaceAll("/", "-")}`, { json: TOKEN }),
    client.request("POST", "/api/v1/x", { json: { [TOKEN]: { deep: [TOKEN] } } }),
    client.request("GET", "/api/v1/ping", { headers: { "x-extra": TOKEN, cookie: `t=${TOKEN}` } }),
    client.agentSpans.finish(TOKEN, { result_payload: { token: TOKEN } }),
    client.agentInstances.start(`Bearer ${TOKEN}`),
  ];
  for (const call of calls) await outcome<unknown>(call);
}

Deno.test("PrefactorSandbox does not record the token", async () => {
  const sandbox = new PrefactorSandbox({ token: TOKEN });
  await using client = new PrefactorHttpClient(sandbox.config({ maxRetries: 0 }));
  await carryTheToken(client);
  assertEquals(sandbox.requests.length, 8);
  assertWithout(sandbox.requests);
  assertWithout(sandbox);
});

Deno.test("PrefactorSandbox does not pass the token to onRequest()", async () => {
  const seen: unknown[] = [];
  const sandbox = new PrefactorSandbox({ token: TOKEN, onRequest: (request) => seen.push(request) });
  await using client = new PrefactorHttpClient(sandbox.config({ maxRetries: 0 }));
  await carryTheToken(client);
  assertEquals(seen.length, 8);
  assertWithout(seen);
});

Deno.test("a run with faults of every kind does not expose the token", async () => {
  const sandbox = new PrefactorSandbox({ token: TOKEN });
  sandbox.faults.random({ rate: 0.5, seed: 7 });
  const seen: unknown[] = [];
  const record = (event: unknown) => void seen.push(event);
  const hooks: ClientHooks = { onRequest: record, onResponse: record, onRetry: record };
  await using client = new PrefactorHttpClient(
    sandbox.config({ hooks, initialRetryDelay: 1, maxRetries: 2 }),
  );
  for (let round = 0; round < 60; round++) {
    const registered = await outcome(client.agentInstances.register({
      agent_id: "librarian",
      agent_version: { external_identifier: "1" },
      agent_schema_version: { span_schemas: { search: { type: "object" } } },
    }));
    seen.push(registered);
    const id = registered.value?.id ?? "none";
    seen.push(await outcome(client.agentInstances.start(id)));
    seen.push(
      await outcome(
        client.agentSpans.create({ agent_instance_id: id, schema_name: "search", status: "active" }),
      ),
    );
    seen.push(
      await outcome(client.bulk.execute({ items: [{ _type: "none", idempotency_key: "key-00001" }] })),
    );
  }
  const faults = new Set(sandbox.requests.map(({ fault }) => fault));
  assert(faults.size >= 7, `faults: ${[...faults]}`);
  assertWithout(seen);
  assertWithout(sandbox.requests);
  assertWithout([...sandbox.instances.values(), ...sandbox.spans.values()]);
});
