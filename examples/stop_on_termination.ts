/**
 * How do I stop my agent when a person terminates its run?
 *
 * Pass the signal of the run to everything that takes time. It aborts when a response says that the run has to stop;
 * here it is the response to a span. An agent that records nothing for minutes can call `agentInstances.get` meanwhile.
 *
 * ```sh
 * deno run --allow-net examples/stop_on_termination.ts
 * ```
 *
 * @module
 */
import { PrefactorHttpClient, PrefactorTerminatedError } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";

// A model for the example. It thinks until its caller hangs up.
const model = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
  return new Response(new ReadableStream({ cancel: () => console.log("The model has stopped") }));
});

const sandbox = new PrefactorSandbox();
await using client = new PrefactorHttpClient(sandbox.config());
const run = await client.agentInstances.register({
  agent_id: "librarian",
  agent_version: {},
  agent_schema_version: { span_schemas: { "agent:wait": { type: "object" } } },
});
await client.agentInstances.start(run.id);
const signal = client.terminationSignal(run.id);

async function askModel(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${model.addr.port}`, { signal });
  return await response.text();
}

async function recordProgress(): Promise<void> {
  for (let seconds = 0; !signal.aborted; seconds += 0.1) {
    const span = { agent_instance_id: run.id, schema_name: "agent:wait", status: "complete" } as const;
    await client.agentSpans.create({ ...span, payload: { seconds } });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

setTimeout(() => sandbox.terminate(run.id, "Over budget"), 300); // a person does this at the platform
try {
  await Promise.all([askModel(), recordProgress()]);
} catch (error) {
  if (!(error instanceof PrefactorTerminatedError)) throw error;
  console.log(`${error.name}: ${error.reason}`);
}
await model.shutdown();
