/**
 * How do I record my own functions as nested spans?
 *
 * Wrap each function with `traced`. The parent of a span is the span of the wrapped function that called it, even
 * across `await` and in parallel calls, without passing anything along. This works on Deno, Bun and Node.
 *
 * ```sh
 * deno run examples/nested_spans.ts
 * ```
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { PrefactorHttpClient } from "@prefactor/http";
import { recordRun, type RunRecorder, type SpanRecorder } from "@prefactor/http/recorder";
import { PrefactorSandbox } from "@prefactor/http/testing";

const parent = new AsyncLocalStorage<RunRecorder | SpanRecorder>();

/** Wraps a function so that each call is recorded as a span with its params and its result or error. */
function traced<P extends object, R extends object>(name: string, work: (params: P) => Promise<R>) {
  return (payload: P): Promise<R> =>
    parent.getStore()!.span(name, { payload }, async (span) => {
      const result = await parent.run(span, () => work(payload));
      span.setResult(result);
      return result;
    });
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

const sandbox = new PrefactorSandbox();
await using client = new PrefactorHttpClient(sandbox.config());
const agent = { agent_id: "librarian", agent_version: {}, agent_schema_version: {} };
await recordRun(client, agent, (run) =>
  parent.run(run, async () => {
    console.log(await search({ shelves: ["A", "B", "C"] }));
  }));

for (const { schema_name, parent_span_id, status } of sandbox.spans.values()) {
  console.log(parent_span_id ? "  └" : "", schema_name, status);
}
