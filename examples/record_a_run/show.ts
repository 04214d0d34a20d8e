/** Displays a finished run. */
import { type AgentInstance, isAgentInstance, isAgentSpan } from "@prefactor/http";
import { PrefactorAuthError, type PrefactorHttpClient } from "@prefactor/http";
import { drawRun } from "./tree.ts";
import type { Run } from "./with_span.ts";

/** Prints the run as stored by the API or, if the token cannot read, as returned by the API while recording. */
export async function show({ client, spans }: Run, finished: AgentInstance): Promise<void> {
  const useColour = Deno.stdout.isTerminal() && !Deno.noColor;
  try {
    const stored = await readBack(client, finished.id);
    console.log(drawRun(stored.instance, stored.spans, useColour));
  } catch (error) {
    if (!(error instanceof PrefactorAuthError)) throw error;
    console.log(drawRun(finished, spans, useColour));
    console.log(`This is the local record: the token cannot read from the API (HTTP ${error.statusCode}).`);
  }
}

/** Reads an instance and its spans. One page of 100 spans is enough for a run of the assistant. */
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
  throw new Error("The API did not return an instance and its spans");
}
