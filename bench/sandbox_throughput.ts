/**
 * Throughput of the sandbox over loopback, in spans created per second, and its memory.
 *
 * ```sh
 * deno run -A tools/with_std.ts run -A bench/sandbox_throughput.ts
 * ```
 *
 * The server runs in a separate process. The load comes from plain `fetch`, so that only the sandbox is measured.
 *
 * @module
 */

import { PrefactorSandbox } from "../src/testing/sandbox.ts";

const CREATES = 100_000;
const ROUNDS = 10;
const IN_FLIGHT = 32;
const MAX_RECORDS = 10_000;
const TOKEN = "bench-token";

/** Serves a sandbox, and this process's memory usage at `/memory`. */
function serve(): void {
  const sandbox = new PrefactorSandbox({ token: TOKEN, maxRecords: MAX_RECORDS });
  Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => console.log(port),
  }, (request, info) => {
    if (request.url.endsWith("/memory")) return Response.json(Deno.memoryUsage());
    return sandbox.fetch(request, info);
  });
}

async function measure(): Promise<void> {
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", import.meta.filename!, "serve"],
    stdout: "piped",
  }).spawn();
  const reader = server.stdout.getReader();
  const url = `http://127.0.0.1:${new TextDecoder().decode((await reader.read()).value).trim()}`;

  const { details } = await post(`${url}/api/v1/agent_instance/register`, {
    agent_id: "bench",
    agent_version: {},
    agent_schema_version: { span_schemas: { "agent:llm": { type: "object", required: ["prompt"] } } },
  });
  for (let round = 1; round <= ROUNDS; round++) {
    const before = performance.now();
    await createSpans(`${url}/api/v1/agent_spans`, details.id, CREATES / ROUNDS);
    const seconds = (performance.now() - before) / 1_000;
    const { rss, heapUsed } = await (await fetch(`${url}/memory`)).json();
    console.log(
      `${round * CREATES / ROUNDS} creates, ${Math.round(CREATES / ROUNDS / seconds)}/s, ` +
        `heap ${megabytes(heapUsed)}, resident ${megabytes(rss)}`,
    );
  }
  server.kill();
  await server.status;
}

async function createSpans(url: string, instanceId: string, count: number): Promise<void> {
  let left = count;
  await Promise.all(Array.from({ length: IN_FLIGHT }, async () => {
    while (left-- > 0) {
      const payload = { prompt: "What is the capital of France?", model: "small", temperature: 0.2 };
      const fields = { agent_instance_id: instanceId, schema_name: "agent:llm", status: "active", payload };
      await post(url, { details: fields, idempotency_key: crypto.randomUUID() });
    }
  }));
}

async function post(url: string, body: object): Promise<{ details: { id: string } }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`Cannot use the sandbox: status ${response.status}: ${await response.text()}`);
  }
  return await response.json();
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

if (Deno.args[0] === "serve") serve();
else await measure();
