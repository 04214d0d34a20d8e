/**
 * How do I record a whole run, and what does it look like afterwards?
 *
 * `deno task demo` records a run of a small assistant and displays it; `deno task demo --help` lists more.
 *
 * It records to an in-memory API. If `PREFACTOR_API_URL` and `PREFACTOR_API_TOKEN` are set, it records to that API,
 * for the agent `PREFACTOR_AGENT_ID` in the environment `PREFACTOR_ENVIRONMENT_ID`; a deployment token needs neither of
 * the two. The record contains the names of the files that the assistant reads and the lines that it quotes.
 *
 * @module
 */
import type { PrefactorHttpClient } from "@prefactor/http";
import { RunRecorder } from "@prefactor/http/recorder";
import { type Agent, openApi } from "./record_a_run/api.ts";
import { answer, ponder } from "./record_a_run/assistant.ts";
import { readOptions } from "./record_a_run/options.ts";
import { say, showAnswer, showCommands, showPage, showRetry, showRun } from "./record_a_run/show.ts";
import { SPAN_TYPES } from "./record_a_run/span_types.ts";

await main().catch(({ message }) => {
  console.error(`Cannot record the run: ${message}`);
  Deno.exit(1);
});

async function main(): Promise<void> {
  const { question, folder, terminate, page, help } = readOptions(Deno.args);
  if (help) return showCommands();
  Deno.chdir(folder);
  await using api = await openApi(page);
  await using client = api.connect({ hooks: { onRetry: showRetry } });
  say(`A small assistant answers a question by quoting files, and records each step.\n${api.description}`);
  say(`\n${question}`);
  await record(client, api.agent, async (run) => showAnswer(await answer(run, question)));
  if (terminate) {
    say("\nNow it ponders the question, until someone terminates the run.");
    await using person = api.connect();
    await record(client, api.agent, (run) => ponder(run, question, person));
  }
  showCommands();
  if (page) await showPage(api.url);
}

/** Records the work of the assistant as a run, and displays the record. */
async function record(client: PrefactorHttpClient, agent: Agent, work: (run: RunRecorder) => Promise<void>) {
  const run = new RunRecorder(client, {
    ...agent,
    agent_version: { name: "Folder assistant", external_identifier: "1.0.0" },
    agent_schema_version: { external_identifier: "1.0.0", span_type_schemas: SPAN_TYPES },
    purpose: "smoke_test",
  });
  const [outcome] = await Promise.allSettled([work(run)]);
  const report = await run.finish({ status: outcome.status === "fulfilled" ? "complete" : "failed" });
  const { id } = await run.ready; // rejects if there is no record to display
  await showRun(client, id, report);
  if (outcome.status === "rejected" && !run.signal.aborted) throw outcome.reason;
}
