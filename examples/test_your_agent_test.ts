/**
 * How do I test that my agent records what it does, even if the API fails?
 *
 * ```sh
 * deno add jsr:@prefactor/http jsr:@std/assert
 * deno test examples/test_your_agent_test.ts
 * ```
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import { PrefactorHttpClient } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";

// The agent, usually in its own file. It takes the client as a parameter, so that a test can pass one.
async function divide(client: PrefactorHttpClient, a: number, b: number): Promise<number> {
  const agent = { agent_id: "calculator", agent_version: {}, agent_schema_version: {} };
  const run = await client.agentInstances.register(agent);
  await client.agentInstances.start(run.id);
  const step = { agent_instance_id: run.id, schema_name: "divide", status: "active" } as const;
  const span = await client.agentSpans.create({ ...step, payload: { a, b } });
  const status = b === 0 ? "failed" : "complete";
  const result_payload = b === 0 ? { error: "Division by zero" } : { quotient: a / b };
  await client.agentSpans.finish(span.id, { status, result_payload });
  await client.agentInstances.finish(run.id, { status });
  if (b === 0) throw new RangeError("Division by zero");
  return a / b;
}

Deno.test("the agent records its input and its result", async () => {
  const sandbox = new PrefactorSandbox();
  await using client = new PrefactorHttpClient(sandbox.config());
  assertEquals(await divide(client, 6, 3), 2);
  const [span] = sandbox.spans.values();
  assertEquals(span?.payload, { a: 6, b: 3 });
  assertEquals(span?.result_payload, { quotient: 2 });
  assertEquals([...sandbox.instances.values()].map(({ status }) => status), ["complete"]);
});

Deno.test("the agent records a failure as failed", async () => {
  const sandbox = new PrefactorSandbox();
  await using client = new PrefactorHttpClient(sandbox.config());
  await assertRejects(() => divide(client, 1, 0), RangeError);
  const [span] = sandbox.spans.values();
  assertEquals([span?.status, span?.result_payload], ["failed", { error: "Division by zero" }]);
});

Deno.test("the agent records each step once, even if about a third of the requests fail", async () => {
  const sandbox = new PrefactorSandbox();
  sandbox.faults.random({ rate: 0.3, seed: 7, kinds: ["refuse", "lose", "cut", "status"] });
  await using client = new PrefactorHttpClient(sandbox.config({ initialRetryDelay: 1, maxRetries: 9 }));
  await Promise.all([2, 4, 6].map((a) => divide(client, a, 2)));
  assertEquals([...sandbox.spans.values()].map(({ payload }) => payload?.["a"]).sort(), [2, 4, 6]);
});
