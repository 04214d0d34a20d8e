/** Runs the official TypeScript client against the sandbox. Neither was written for the other. */

import { assertEquals } from "@std/assert";
import {
  AgentInstanceClient,
  AgentSpanClient,
  createConfig,
  createCore,
  HttpClient,
  HttpTransportConfigSchema,
} from "npm:@prefactor/core@0.2.9";
import { PrefactorHttpClient } from "@prefactor/http";
import { PrefactorAdminClient } from "@prefactor/http/admin";
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

Deno.test({
  name: "@prefactor/core traces a run with a token that the sandbox created",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const sandbox = new PrefactorSandbox();
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, sandbox.fetch);
    await using client = new PrefactorHttpClient(sandbox.config());
    const { token } = await new PrefactorAdminClient(client).apiTokens.create({
      token_scope: "agent_deployment",
      agent_id: "librarian",
      environment_id: "staging",
    });
    const types = [{
      name: "llm",
      params_schema: { type: "object" },
      template: "{{ inputs.prompt }} → {{ outputs.answer }}",
    }];
    const core = createCore(createConfig({
      transportType: "http",
      httpConfig: {
        apiUrl: `http://127.0.0.1:${server.addr.port}`,
        apiToken: token,
        agentIdentifier: "1.4.0",
        agentSchema: { external_identifier: "1", span_type_schemas: types },
        maxRetries: 0,
      },
    }));
    core.agentManager.startInstance();
    const span = core.tracer.startSpan({ name: "ask", spanType: "llm", inputs: { prompt: "6 × 7" } });
    const tokenUsage = { promptTokens: 1_000, completionTokens: 200, totalTokens: 1_200 };
    core.tracer.endSpan(span, { outputs: { answer: "42" }, tokenUsage });
    core.agentManager.finishInstance();
    await core.shutdown();

    assertEquals(sandbox.requests.filter(({ status }) => status !== 200), []);
    const [run] = sandbox.instances.values();
    assertEquals([run?.agent_id, run?.environment_id, run?.status], ["librarian", "staging", "complete"]);
    const [recorded] = sandbox.spans.values();
    assertEquals([recorded?.status, recorded?.summary], ["complete", "6 × 7 → 42"]);
    const { cost_breakdown } = await client.agentInstances.get(run!.id);
    assertEquals([cost_breakdown?.input, cost_breakdown?.output], [1_000, 200]);
    await server.shutdown();
  },
});
