/**
 * How do I record a run in a serverless handler?
 *
 * A serverless platform may stop the program as soon as it has responded. Pass `waitUntil` to the recorder: the
 * handler responds without waiting for the API, and the platform keeps the program alive until everything is recorded.
 *
 * ```sh
 * deno run examples/serverless.ts
 * ```
 *
 * @module
 */
import { PrefactorHttpClient } from "@prefactor/http";
import { recordRun } from "@prefactor/http/recorder";
import { PrefactorSandbox } from "@prefactor/http/testing";

const sandbox = new PrefactorSandbox();
const client = new PrefactorHttpClient(sandbox.config());
const agent = {
  agent_id: "librarian",
  agent_version: { external_identifier: "1.4.0" },
  agent_schema_version: { span_schemas: { search: { type: "object" } } },
};

/** The handler, as on Cloudflare Workers. */
const worker = {
  async fetch(request: Request, _env: unknown, context: Context): Promise<Response> {
    const query = new URL(request.url).searchParams.get("query");
    const waitUntil = (promise: Promise<void>) => context.waitUntil(promise);
    return await recordRun(client, agent, (run) =>
      run.span("search", { payload: { query } }, (span) => {
        span.setResult({ hits: 3 });
        return Response.json({ hits: 3 });
      }), { waitUntil });
  },
};

interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

// What the platform does:
const promises: Promise<unknown>[] = [];
sandbox.faults.next({ kind: "delay", ms: 100 }, { times: Infinity }); // the API is slow
const request = new Request("https://librarian.example/?query=tulips");
const response = await worker.fetch(request, {}, { waitUntil: (promise) => promises.push(promise) });
console.log("Response:", await response.json(), "Spans:", sandbox.spans.size);
await Promise.all(promises);
console.log("Recorded:", [...sandbox.instances.values()].map(({ status }) => status), sandbox.spans.size);
