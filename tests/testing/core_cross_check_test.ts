/** The official TypeScript client against the sandbox: neither knows the other. */

import { assertEquals } from "@std/assert";
import {
  AgentInstanceClient,
  AgentSpanClient,
  HttpClient,
  HttpTransportConfigSchema,
} from "npm:@prefactor/core@0.2.9";
import { PrefactorSandbox } from "@prefactor/http/testing";

Deno.test({
  name: "@prefactor/core runs register, start, create and finish against the sandbox",
  // It does not clear the timers of its requests.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const sandbox = new PrefactorSandbox();
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, sandbox.fetch);
    const http = new HttpClient(HttpTransportConfigSchema.parse({
      apiUrl: `http://127.0.0.1:${server.addr.port}`,
      apiToken: sandbox.config().apiToken,
      maxRetries: 0,
    }));
    const instances = new AgentInstanceClient(http);
    const spans = new AgentSpanClient(http);
    const now = () => new Date().toISOString();

    const { details: instance } = await instances.register({
      agent_id: "librarian",
      agent_version: { external_identifier: "1.4.0", name: "Librarian", description: "" },
      agent_schema_version: { external_identifier: "1", span_schemas: { "agent:llm": { type: "object" } } },
      idempotency_key: "register-1",
    });
    const id = instance!.id!;
    await instances.start(id, { timestamp: now(), idempotency_key: "start-0001" });
    const { details: span } = await spans.create({
      details: {
        agent_instance_id: id,
        schema_name: "agent:llm",
        status: "active",
        payload: { model: "small" },
        parent_span_id: null,
        started_at: now(),
        finished_at: null,
      },
      idempotency_key: "create-001",
    });
    await spans.finish(span!.id!, now(), { status: "complete", result_payload: { answer: "42" } });
    await instances.finish(id, { status: "complete", timestamp: now() });
    await server.shutdown();

    assertEquals(sandbox.requests.map(({ status }) => status), [200, 200, 200, 200, 200]);
    assertEquals(sandbox.instances.get(id)?.status, "complete");
    assertEquals(sandbox.spans.get(span!.id!)?.result_payload, { answer: "42" });
    assertEquals(sandbox.spans.get(span!.id!)?.schema_mismatches, undefined);
  },
});
