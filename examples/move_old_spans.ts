/**
 * How do I move thousands of old spans from a file, with a progress bar?
 *
 * If a request fails for good, its error contains the items that are left, and the next job continues with them. The
 * key of each span is derived from its content, so even a second run of the program moves no span twice.
 *
 * ```sh
 * deno run --allow-read --allow-write examples/move_old_spans.ts
 * ```
 *
 * @module
 */
import { bulkItem, isTransientHttpError, PrefactorBulkError, PrefactorHttpClient } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";

const sandbox = new PrefactorSandbox();
await using client = new PrefactorHttpClient(sandbox.config({ maxRetries: 0 }));
const agent = { agent_id: "librarian", agent_version: {}, agent_schema_version: {} };
const { id: agent_instance_id } = await client.agentInstances.register(agent);

// A file for the example: a span in each line
const file = await Deno.makeTempFile();
const old = Array.from({ length: 5_000 }, (_, page) => ({ page, at: "2019-05-06T07:08:09Z" }));
await Deno.writeTextFile(file, old.map((span) => JSON.stringify(span)).join("\n"));

const lines = (await Deno.readTextFile(file)).split("\n");
let items = lines.map((line) => {
  const { page, at } = JSON.parse(line);
  return bulkItem("agent_spans/create", {
    agent_instance_id,
    schema_name: "read",
    status: "complete",
    payload: { page },
    started_at: at,
    finished_at: at,
    idempotency_key: `2019-page-${page}`,
  });
});

sandbox.faults.random({ rate: 0.1, seed: 1, kinds: ["refuse", "lose"] }); // an unreliable network
for (const total = items.length; items.length > 0;) {
  const moved = total - items.length;
  try {
    const { failed } = await client.bulk.executeAll(items, {
      onProgress: ({ done }) => showProgress((moved + done) / total),
    });
    console.log(`\n${sandbox.spans.size} spans moved, ${failed.length} refused`);
    break;
  } catch (error) {
    if (!(error instanceof PrefactorBulkError) || !isTransientHttpError(error)) throw error;
    items = error.result.unattempted;
  }
}
await Deno.remove(file);

function showProgress(share: number): void {
  const bar = "█".repeat(Math.round(share * 40)).padEnd(40, "░");
  Deno.stdout.writeSync(new TextEncoder().encode(`\r${bar} ${Math.round(share * 100)} %`));
}
