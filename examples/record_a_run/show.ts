/** Prints what the demo does. */
import {
  PrefactorApiError,
  PrefactorAuthError,
  type PrefactorHttpClient,
  type RetryEvent,
} from "@prefactor/http";
import type { RecordingReport } from "@prefactor/http/recorder";
import { wrap } from "./text.ts";
import { drawRun } from "./tree.ts";

const COMMANDS: [command: string, effect: string][] = [
  ['deno task demo "a question"', "asks about the source of this package"],
  ["deno task demo --folder ~/notes", "asks about other files"],
  ["deno task demo --terminate", "adds a run that someone terminates"],
  ["deno task demo --page", "shows the run in your browser"],
];
/** Outside a terminal, lines have 80 columns. */
const IS_TERMINAL = Deno.stdout.isTerminal();
const COLUMNS = Math.max(40, Math.min(200, IS_TERMINAL && Deno.consoleSize().columns || 80));

/** Prints a text, wrapped to the width of the terminal. */
export function say(text = "", indent = ""): void {
  console.log(wrap(text, COLUMNS, indent));
}

/** Prints the lines that the assistant quotes. */
export function showAnswer({ answer }: { answer: string }): void {
  say(answer, "  ");
}

/** Prints a retry. */
export function showRetry({ method, path, delay, error }: RetryEvent): void {
  const outcome = error instanceof PrefactorApiError ? `failed with ${error.statusCode}` : "failed";
  say(`\n↻ ${method} ${path} ${outcome}, sent again after ${delay} ms`);
}

/** Prints the run as stored by the API or, if the token cannot read, how much of it is recorded. */
export async function showRun(
  client: PrefactorHttpClient,
  id: string,
  report: RecordingReport,
): Promise<void> {
  try {
    const instance = await client.agentInstances.get(id);
    const params = { agent_instance_id: id, include_summaries: true };
    const spans = await Array.fromAsync(client.agentSpans.listAll(params));
    say();
    console.log(drawRun(instance, spans, { columns: COLUMNS, useColour: IS_TERMINAL && !Deno.noColor }));
  } catch (error) {
    if (!(error instanceof PrefactorAuthError)) throw error;
    const { recorded, failed, dropped } = report;
    say(`\nRun ${id}: ${recorded} spans recorded, ${failed} failed, ${dropped} dropped`);
    say(`The token cannot read the run from the API (HTTP ${error.statusCode}).`);
  }
}

/** Prints what can be done next. */
export function showCommands(): void {
  say("\nTry:");
  for (const [command, effect] of COMMANDS) {
    if (COLUMNS >= 72) say(`${command.padEnd(33)}${effect}`, "  ");
    else {
      say(command, "  ");
      say(effect, "    ");
    }
  }
  say("\nThe program is examples/record_a_run.ts.");
}

/** Prints where the page is and waits until it is no longer wanted. */
export async function showPage(url: string): Promise<void> {
  say(`\nOpen ${url} to see the run. Ctrl+C ends the demo.`);
  await new Promise<void>((resolve) => Deno.addSignalListener("SIGINT", resolve));
  say(); // after the ^C of the terminal
}
