/**
 * How do I record a run from plain JavaScript on Node?
 *
 * ```sh
 * npx jsr add @prefactor/http
 * export PREFACTOR_API_URL=https://app.prefactorai.com PREFACTOR_API_TOKEN=…
 * node node_script.mjs
 * ```
 *
 * Without the two variables, the script records in memory. It runs on Node 20 and later. Before version 24, Node does
 * not support `await using` in plain JavaScript, so the script closes the client in a `finally` block.
 *
 * @module
 */
import process from "node:process";
import { isTransientHttpError, PrefactorHttpClient } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";

const client = process.env.PREFACTOR_API_URL
  ? PrefactorHttpClient.fromEnv()
  : new PrefactorHttpClient(new PrefactorSandbox().config());

try {
  const run = await client.agentInstances.register({
    agent_id: process.env.PREFACTOR_AGENT_ID ?? "librarian",
    environment_id: process.env.PREFACTOR_ENVIRONMENT_ID,
    agent_version: { name: "Librarian", external_identifier: "1.4.0" },
    agent_schema_version: { external_identifier: "1", span_schemas: { search: { type: "object" } } },
  });
  await client.agentInstances.start(run.id);
  const span = await client.agentSpans.create({
    agent_instance_id: run.id,
    schema_name: "search",
    status: "active",
    payload: { runtime: `Node ${process.versions.node}` },
  });
  await client.agentSpans.finish(span.id, { result_payload: { hits: 3 } });
  const { status, span_counts } = await client.agentInstances.finish(run.id);
  console.log(`Recorded run ${run.id}: ${status}, ${span_counts?.finished} span`);
} catch (error) {
  console.error(isTransientHttpError(error) ? "The API is unavailable:" : "Cannot record the run:", error);
  process.exitCode = 1;
} finally {
  await client.close({ timeout: 5_000 });
}
