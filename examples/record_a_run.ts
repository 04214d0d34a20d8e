/**
 * Records a run of a small assistant and shows it as it was recorded.
 *
 * ```sh
 * deno task demo                                    # a question about this repository's own source
 * deno task demo ~/notes "When do the tulips flower?"
 * ```
 *
 * The run is recorded in memory. Where `PREFACTOR_API_URL` and `PREFACTOR_API_TOKEN` are set it is recorded there,
 * for the agent `PREFACTOR_AGENT_ID` in the environment `PREFACTOR_ENVIRONMENT_ID`; a deployment's token needs
 * neither. The names of the files that were read and the lines that were quoted are part of what is recorded.
 *
 * @module
 */

import { type AgentInstance, isAgentInstance, isAgentSpan } from "@prefactor/http";
import { PrefactorAuthError, PrefactorHttpClient } from "@prefactor/http";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { answer } from "./record_a_run/assistant.ts";
import { SPAN_TYPES } from "./record_a_run/span_types.ts";
import { drawRun } from "./record_a_run/tree.ts";
import type { Run } from "./record_a_run/with_span.ts";

const [folder = new URL("../src", import.meta.url), question = "How long does a retry wait?"] = Deno.args;

try {
  await main();
} catch (error) {
  console.error(`Cannot record the run: ${error instanceof Error ? error.message : error}`);
  Deno.exitCode = 1;
}

async function main(): Promise<void> {
  Deno.chdir(folder);
  const isRemote = Boolean(Deno.env.get("PREFACTOR_API_URL") || Deno.env.get("PREFACTOR_API_TOKEN"));
  await using client = isRemote
    ? PrefactorHttpClient.fromEnv()
    : new PrefactorHttpClient(new PrefactorSandbox().config());

  const instance = await client.agentInstances.register({
    agent_id: Deno.env.get("PREFACTOR_AGENT_ID") || (isRemote ? null : "folder-assistant"),
    environment_id: Deno.env.get("PREFACTOR_ENVIRONMENT_ID") || null,
    agent_version: { name: "Folder assistant", external_identifier: "1.0.0" },
    agent_schema_version: { external_identifier: "1.0.0", span_type_schemas: SPAN_TYPES },
    purpose: "smoke_test",
  });
  const run: Run = { client, instance, spans: [] };
  await client.agentInstances.start(instance.id, { timestamp: new Date() });
  const [work] = await Promise.allSettled([answer(run, question)]);
  const status = work.status === "fulfilled" ? "complete" : "failed";
  const finished = await client.agentInstances.finish(instance.id, { status, timestamp: new Date() });

  if (work.status === "fulfilled") console.log(`${question}\n\n${work.value.answer}\n`);
  await show(run, finished);
  if (work.status === "rejected") throw work.reason;
}

/** Prints the run as the API holds it; where the token may not read, as the API answered along the way. */
async function show({ client, spans }: Run, finished: AgentInstance): Promise<void> {
  const useColour = Deno.stdout.isTerminal() && !Deno.noColor;
  try {
    const held = await readBack(client, finished.id);
    console.log(drawRun(held.instance, held.spans, useColour));
  } catch (error) {
    if (!(error instanceof PrefactorAuthError)) throw error;
    console.log(drawRun(finished, spans, useColour));
    console.log(`Not read back: the token may not read (HTTP ${error.statusCode}).`);
  }
}

/** Reads an instance and its spans; a page of the list holds 100, far more than a run has. */
async function readBack(client: PrefactorHttpClient, id: string) {
  const { details: instance } = await client.request("GET", `/api/v1/agent_instance/${id}`);
  const [start_time, end_time] = [-1, 1].map((hours) =>
    new Date(Date.now() + hours * 3_600_000).toISOString()
  );
  const params = { agent_instance_id: id, start_time, end_time, "pagination[page_size]": 100 };
  const { summaries } = await client.request("GET", "/api/v1/agent_spans", { params });
  const spans = await Promise.all((summaries as { id: string }[]).map(async ({ id }) => {
    const { details } = await client.request("GET", `/api/v1/agent_spans/${id}`);
    return details;
  }));
  if (isAgentInstance(instance) && spans.every((span) => isAgentSpan(span))) return { instance, spans };
  throw new Error("The API did not answer with an instance and its spans");
}
