/**
 * How do I record a whole run, and what does it look like afterwards?
 *
 * This program records a run of a small assistant and displays the recorded spans.
 *
 * ```sh
 * deno task demo                                    # a question about this repository's own source
 * deno task demo ~/notes "When do the tulips flower?"
 * ```
 *
 * The program records in memory. If `PREFACTOR_API_URL` and `PREFACTOR_API_TOKEN` are set, it records at that API, for
 * the agent `PREFACTOR_AGENT_ID` in the environment `PREFACTOR_ENVIRONMENT_ID`; a deployment token needs neither of
 * them. The record contains the names of the files that were read and the lines that were quoted.
 *
 * @module
 */

import { PrefactorHttpClient } from "@prefactor/http";
import { RunRecorder } from "@prefactor/http/recorder";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { answer } from "./record_a_run/assistant.ts";
import { show } from "./record_a_run/show.ts";
import { SPAN_TYPES } from "./record_a_run/span_types.ts";

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

  const run = new RunRecorder(client, {
    agent_id: Deno.env.get("PREFACTOR_AGENT_ID") || (isRemote ? null : "folder-assistant"),
    environment_id: Deno.env.get("PREFACTOR_ENVIRONMENT_ID") || null,
    agent_version: { name: "Folder assistant", external_identifier: "1.0.0" },
    agent_schema_version: { external_identifier: "1.0.0", span_type_schemas: SPAN_TYPES },
    purpose: "smoke_test",
  });
  const [work] = await Promise.allSettled([answer(run, question)]);
  const report = await run.finish({ status: work.status === "fulfilled" ? "complete" : "failed" });
  const { id } = await run.ready; // rejects if there is no record to show

  if (work.status === "fulfilled") console.log(`${question}\n\n${work.value.answer}\n`);
  await show(client, id, report);
  if (work.status === "rejected") throw work.reason;
}
