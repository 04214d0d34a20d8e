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

/** Wraps a function so that each call in a run is recorded as a span with its arguments and its result or error. */
function traced<Args extends unknown[], R>(name: string, work: (...args: Args) => Promise<R>) {
  return (...args: Args): Promise<R> => {
    const outer = parent.getStore();
    if (!outer) return work(...args);
    return outer.span(name, { payload: { args } }, async (span) => {
      const result = await parent.run(span, () => work(...args));
      span.setResult({ result });
      return result;
    });
  };
}

const look = traced("look", async (shelf: string) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (shelf === "C") throw new Error("Shelf C is locked");
  return { books: 3 };
});
const search = traced("search", async (shelves: string[]) => {
  const looks = await Promise.allSettled(shelves.map((shelf) => look(shelf)));
  return { seen: looks.filter(({ status }) => status === "fulfilled").length };
});

const sandbox = new PrefactorSandbox();
await using client = new PrefactorHttpClient(sandbox.config());
const agent = { agent_id: "librarian", agent_version: {}, agent_schema_version: {} };
await recordRun(client, agent, (run) =>
  parent.run(run, async () => {
    console.log(await search(["A", "B", "C"]));
  }));

for (const { schema_name, parent_span_id, status } of sandbox.spans.values()) {
  console.log(parent_span_id ? "  └" : "", schema_name, status);
}
