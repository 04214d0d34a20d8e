/**
 * How do I send many spans at once, and what if the API rejects one of them?
 *
 * The API executes the items of a request in order and stops at the first one that fails. `executeAll` adds that item
 * to `failed` and sends the rest again. Each item keeps its key, so that no span is recorded twice.
 *
 * ```sh
 * deno run examples/bulk.ts
 * ```
 *
 * @module
 */
import { bulkItem, PrefactorHttpClient } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";

const sandbox = new PrefactorSandbox();
await using client = new PrefactorHttpClient(sandbox.config());
const agent = { agent_id: "librarian", agent_version: {}, agent_schema_version: {} };
const run = await client.agentInstances.register(agent);
await client.agentInstances.start(run.id);

const items = Array.from({ length: 250 }, (_, index) => {
  const page = index + 1;
  return bulkItem("agent_spans/create", {
    agent_instance_id: page === 120 ? "no-such-run" : run.id,
    schema_name: "read",
    status: "complete",
    payload: { page },
    started_at: new Date(),
    finished_at: new Date(),
    idempotency_key: `read-page-${page}`,
  });
});
const { failed } = await client.bulk.executeAll(items);

for (const { item, output } of failed) {
  console.warn("Refused:", item.idempotency_key, output.code, output.message);
}
const requests = sandbox.requests.filter(({ path }) => path === "/api/v1/bulk").length;
console.log(`${sandbox.spans.size} spans in ${requests} requests`);
await client.agentInstances.finish(run.id);
