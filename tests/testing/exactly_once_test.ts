import { assert, assertEquals } from "@std/assert";
import { PrefactorHttpClient } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";

Deno.test("PrefactorHttpClient creates each of 2,000 spans once at 40% faults", async () => {
  const SPANS = 2_000;
  const sandbox = new PrefactorSandbox({ maxRecords: 20_000 });
  const client = new PrefactorHttpClient(
    sandbox.config({ maxRetries: 30, initialRetryDelay: 1, maxRetryDelay: 5, maxConcurrency: 32 }),
  );
  const { id } = await client.agentInstances.register({
    agent_id: "librarian",
    agent_version: {},
    agent_schema_version: {},
  });
  sandbox.faults.random({
    rate: 0.4,
    seed: 2_000,
    kinds: ["refuse", "lose", "cut", "status", { kind: "delay", ms: 1 }],
  });
  const created = await Promise.all(
    Array.from({ length: SPANS }, (_, n) =>
      client.agentSpans.create({
        agent_instance_id: id,
        schema_name: "agent:llm",
        status: "complete",
        payload: { n },
      })),
  );
  await client.close();

  assertEquals(sandbox.instances.get(id)?.span_counts.total, SPANS);
  assertEquals(new Set(created.map((span) => span.id)), new Set(sandbox.spans.keys()));
  const numbers = Array.from(sandbox.spans.values(), ({ payload }) => payload["n"] as number);
  assertEquals(numbers.sort((a, b) => a - b), Array.from({ length: SPANS }, (_, n) => n));
  const struck = sandbox.requests.filter(({ fault }) => fault !== undefined).length;
  assert(struck > SPANS * 0.4, `${struck} faults struck`);
});
