/**
 * How do I see my requests as OpenTelemetry spans?
 *
 * The hooks create a span for each attempt that receives a response, and add an event to the surrounding span for
 * each retry. They need only the OpenTelemetry API package. Deno has a built-in SDK; on other runtimes, install one.
 *
 * ```sh
 * OTEL_DENO=true OTEL_EXPORTER_OTLP_PROTOCOL=console deno run examples/hooks_opentelemetry.ts
 * ```
 *
 * @module
 */
import { SpanKind, SpanStatusCode, trace } from "npm:@opentelemetry/api@^1.9.0";
import { type ClientHooks, PrefactorHttpClient } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";

const tracer = trace.getTracer("librarian");

const hooks: ClientHooks = {
  onResponse({ method, path, attempt, statusCode, requestId, duration }) {
    const end = Date.now();
    const attributes = {
      "http.request.method": method,
      "url.path": path,
      "http.response.status_code": statusCode,
      "http.request.resend_count": attempt - 1,
      "prefactor.request_id": requestId ?? "",
    };
    const options = { kind: SpanKind.CLIENT, startTime: end - duration, attributes };
    const name = `${method} ${path.replace(/[0-9a-z]{32}/, "{id}")}`; // the same name for all IDs
    const span = tracer.startSpan(name, options);
    if (statusCode >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(end);
  },
  onRetry({ attempt, delay, error }) {
    const attributes = { attempt, delay, error: error instanceof Error ? error.message : String(error) };
    trace.getActiveSpan()?.addEvent("prefactor.retry", attributes);
  },
};

const sandbox = new PrefactorSandbox();
await using client = new PrefactorHttpClient(sandbox.config({ hooks, initialRetryDelay: 20 }));
sandbox.faults.next({ kind: "status", status: 503 });
sandbox.faults.next({ kind: "refuse" });

await tracer.startActiveSpan("answer a question", async (span) => {
  const agent = { agent_id: "librarian", agent_version: {}, agent_schema_version: {} };
  const { id } = await client.agentInstances.register(agent);
  await client.agentInstances.start(id);
  span.end();
});
console.log(`${sandbox.requests.length} attempts sent, one without a response`);
