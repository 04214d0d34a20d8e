/**
 * How do I stop my agent when someone terminates its run?
 *
 * Pass the signal of the run to everything that takes time. It aborts when a response says that the run has to stop.
 * While the agent records nothing, the recorder polls the API.
 *
 * ```sh
 * deno run --allow-net examples/stop_on_termination.ts
 * ```
 *
 * @module
 */
import { PrefactorHttpClient, PrefactorTerminatedError } from "@prefactor/http";
import { recordRun } from "@prefactor/http/recorder";
import { PrefactorSandbox } from "@prefactor/http/testing";

// A model for the example. It thinks until its caller disconnects.
const model = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
  return new Response(new ReadableStream({ cancel: () => console.log("The model has stopped") }));
});

const sandbox = new PrefactorSandbox();
await using client = new PrefactorHttpClient(sandbox.config());
const agent = {
  agent_id: "librarian",
  agent_version: {},
  agent_schema_version: { span_schemas: { "agent:think": { type: "object" } } },
};
try {
  await recordRun(client, agent, async (run) => {
    const { id } = await run.ready;
    setTimeout(() => sandbox.terminate(id, "Over budget"), 300); // someone does this on the platform
    await run.span("agent:think", async () => {
      const response = await fetch(`http://127.0.0.1:${model.addr.port}`, { signal: run.signal });
      return await response.text();
    });
  }, { terminationPoll: 200 });
} catch (error) {
  if (!(error instanceof PrefactorTerminatedError)) throw error;
  console.log(`${error.name}: ${error.reason}`);
}
await model.shutdown();
