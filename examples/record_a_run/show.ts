/** Displays a finished run. */
import { PrefactorAuthError, type PrefactorHttpClient } from "@prefactor/http";
import type { RecordingReport } from "@prefactor/http/recorder";
import { drawRun } from "./tree.ts";

/** Prints the run as stored by the API or, if the token cannot read, how much of it is recorded. */
export async function show(client: PrefactorHttpClient, id: string, report: RecordingReport): Promise<void> {
  const useColour = Deno.stdout.isTerminal() && !Deno.noColor;
  try {
    const instance = await client.agentInstances.get(id);
    const params = { agent_instance_id: id, include_summaries: true };
    const spans = await Array.fromAsync(client.agentSpans.listAll(params));
    console.log(drawRun(instance, spans, useColour));
  } catch (error) {
    if (!(error instanceof PrefactorAuthError)) throw error;
    const { recorded, failed, dropped } = report;
    console.log(`Run ${id}: ${recorded} spans recorded, ${failed} failed, ${dropped} dropped`);
    console.log(`The token cannot read the run from the API (HTTP ${error.statusCode}).`);
  }
}
