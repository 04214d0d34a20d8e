/**
 * How do I record my own functions as nested spans?
 *
 * Wrap each function with `traced`. The parent of a span is the wrapped function that called it, also across `await`
 * and in parallel calls, without passing an ID. This works in Deno, Bun and Node.
 *
 * ```sh
 * deno run examples/nested_spans.ts
 * ```
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { type JsonObject, PrefactorHttpClient } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";

const sandbox = new PrefactorSandbox();
await using client = new PrefactorHttpClient(sandbox.config());
const agent = { agent_id: "librarian", agent_version: {}, agent_schema_version: {} };
const run = await client.agentInstances.register(agent);
await client.agentInstances.start(run.id);
const parent = new AsyncLocalStorage<string>();

/** Wraps a function so that each call is recorded as a span with its params and its result or error. */
function traced<P extends JsonObject, R extends JsonObject>(name: string, work: (params: P) => Promise<R>) {
  return async (payload: P): Promise<R> => {
    const { id } = await client.agentSpans.create({
      agent_instance_id: run.id,
      parent_span_id: parent.getStore() ?? null,
      schema_name: name,
      status: "active",
      payload,
    });
    const [outcome] = await Promise.allSettled([parent.run(id, async () => await work(payload))]);
    await client.agentSpans.finish(id, {
      status: outcome.status === "fulfilled" ? "complete" : "failed",
      result_payload: outcome.status === "fulfilled" ? outcome.value : { error: String(outcome.reason) },
    });
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  };
}

const look = traced("look", async ({ shelf }: { shelf: string }) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (shelf === "C") throw new Error("Shelf C is locked");
  return { books: 3 };
});
const search = traced("search", async ({ shelves }: { shelves: string[] }) => {
  const looks = await Promise.allSettled(shelves.map((shelf) => look({ shelf })));
  return { seen: looks.filter(({ status }) => status === "fulfilled").length };
});

console.log(await search({ shelves: ["A", "B", "C"] }));
await client.agentInstances.finish(run.id);
for (const { schema_name, parent_span_id, status } of sandbox.spans.values()) {
  console.log(parent_span_id ? "  └" : "", schema_name, status);
}
