/**
 * How do I send many spans at once, and what if one of them is refused?
 *
 * The API executes the items in order and stops at the first one that fails. `sendAll` collects that item and
 * sends the rest again. Each item keeps its key, so that no span is recorded twice.
 *
 * ```sh
 * deno run examples/bulk.ts
 * ```
 *
 * @module
 */
import { type BulkItem, type BulkOutput, PrefactorHttpClient } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";

const sandbox = new PrefactorSandbox();
await using client = new PrefactorHttpClient(sandbox.config());
const agent = { agent_id: "librarian", agent_version: {}, agent_schema_version: {} };
const run = await client.agentInstances.register(agent);
await client.agentInstances.start(run.id);

/** Sends all items in batches and returns those that the API refused, each with its output. */
async function sendAll(items: BulkItem[], batchSize = 100): Promise<[BulkItem, BulkOutput][]> {
  const refused: [BulkItem, BulkOutput][] = [];
  for (let next = 0; next < items.length;) {
    const batch = items.slice(next, next + batchSize);
    const { outputs } = await client.bulk.execute({ items: batch });
    const before = next;
    for (const item of batch) {
      const output = outputs[item.idempotency_key];
      if (output === undefined) break; // comes after a failed item and was not executed
      if (output.status === "error") refused.push([item, output]);
      next++;
    }
    if (next === before) throw new Error("The response has no output for any item of the batch");
  }
  return refused;
}

const pages = Array.from({ length: 250 }, (_, index) => index + 1);
const refused = await sendAll(pages.map((page) => ({
  _type: "agent_spans/create",
  idempotency_key: client.createIdempotencyKey(),
  agent_instance_id: page === 120 ? "no-such-run" : run.id,
  schema_name: "read",
  status: "complete",
  payload: { page },
  started_at: new Date(),
  finished_at: new Date(),
})));

for (const [item, { code, message }] of refused) console.warn("Refused:", item["payload"], code, message);
const requests = sandbox.requests.filter(({ path }) => path === "/api/v1/bulk").length;
console.log(`${sandbox.spans.size} spans in ${requests} requests`);
await client.agentInstances.finish(run.id);
