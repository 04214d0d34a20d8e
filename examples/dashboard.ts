/**
 * What did my agents do in the last day, what did it cost, and what failed?
 *
 * The list of runs cannot be filtered by time. It is sorted by ID with the newest run first, so that reading can stop
 * at the first run that is too old. `show` returns the counts and the cost of a run.
 *
 * ```sh
 * deno run examples/dashboard.ts
 * ```
 *
 * @module
 */
import { type BulkItem, bulkItem, PrefactorHttpClient, relatedPfid } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";

const sandbox = new PrefactorSandbox({ maxRecords: 50_000 });
let requests = 0;
const hooks = { onRequest: () => requests++ };
await using client = new PrefactorHttpClient(sandbox.config({ maxConcurrency: 6, hooks }));

// For the example: 5 agents with 100 runs of 40 spans each
for (const name of ["Librarian", "Archivist", "Courier", "Binder", "Scribe"]) {
  const { id } = await client.agents.create({ name });
  await client.bulk.executeAll(runsOf(id), { maxItems: 1_000 });
}
function* runsOf(agent_id: string): Generator<BulkItem> {
  for (let run = 0; run < 100; run++) {
    const id = relatedPfid(agent_id);
    yield bulkItem("agent_instances/register", { id, agent_id, agent_version: {}, agent_schema_version: {} });
    yield bulkItem("agent_instances/start", { agent_instance_id: id });
    for (let step = 1; step <= 40; step++) {
      const status = run * step % 23 === 22 ? "failed" : "complete";
      const payload = { token_usage: { prompt_tokens: 900 + run, completion_tokens: 10 * step } };
      yield bulkItem("agent_spans/create", { agent_instance_id: id, schema_name: "llm", status, payload });
    }
    const status = run % 9 ? "complete" : "failed";
    yield bulkItem("agent_instances/finish", { agent_instance_id: id, status });
  }
}

const [start, requestsBefore] = [performance.now(), requests];
const aDayAgo = Date.now() - 24 * 60 * 60 * 1_000;
const parts = { include_counts: true, include_costs: true };
const show = (id: string) => client.agentInstances.show({ agent_instance_id: id, ...parts });
for await (const { id: agent_id, name, status } of client.agents.listAll()) {
  const ids: string[] = [];
  const sorting = { field: "id", direction: "desc" } as const;
  for await (const { id, inserted_at } of client.agentInstances.listAll({ agent_id, sorting })) {
    if (inserted_at && Date.parse(inserted_at) < aDayAgo) break;
    ids.push(id);
  }
  console.log(`${name} (${status}): ${ids.length} runs`);
  for (const { id, status, span_counts: spans, cost_breakdown: cost } of await Promise.all(ids.map(show))) {
    console.log(`  ${id} ${status}, ${spans?.failed} spans failed, cost $${cost?.total_cost?.toFixed(4)}`);
  }
}
const ms = Math.round(performance.now() - start);
console.log(`${requests - requestsBefore} requests in ${ms} ms for ${sandbox.instances.size} runs`);
