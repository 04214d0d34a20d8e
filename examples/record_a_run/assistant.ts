/** An assistant that answers a question about the files in the current folder by quoting them. */
import { delay } from "@std/async/delay";
import type { PrefactorHttpClient } from "@prefactor/http";
import type { RunRecorder, SpanRecorder } from "@prefactor/http/recorder";
import { list, read, search } from "./files.ts";

const FILLER =
  /^(and|are|but|can|does|for|has|how|not|that|the|this|was|what|when|where|which|who|why|with)$/;

/** A failure on purpose, which shows what the record of a failed step looks like. */
class PlannedFailure extends Error {
  override name = "PlannedFailure";
}

/** Answers the question and records each step. */
export function answer(run: RunRecorder, question: string): Promise<{ answer: string }> {
  return step(run, "answer", { question }, async (root) => {
    const { words } = await step(root, "plan", { question }, () => plan(question));
    await step(root, "recall", { words }, recall).catch(ignorePlanned);
    const { files, paths } = await step(root, "list", {}, () => list());
    const { best } = await step(root, "search", { words, files }, () => search(paths, words));
    const { quotes } = await step(root, "read", { paths: best }, async (span) => {
      const reads = best.map((path) => step(span, "read_file", { path }, () => read(path, words)));
      return { quotes: (await Promise.all(reads)).map(({ quote }) => quote) };
    });
    return await step(root, "sum_up", { quotes }, () => ({ answer: quotes.join("\n") }));
  });
}

/** Ponders the question for ten seconds, unless the person terminates the run first. */
export async function ponder(run: RunRecorder, question: string, person: PrefactorHttpClient): Promise<void> {
  const pondering = step(run, "answer", { question }, async (root) => {
    await step(root, "plan", { question }, () => plan(question));
    return await step(root, "ponder", { seconds: 10 }, async () => {
      await delay(10_000, { signal: run.signal });
      return { answer: "It depends" };
    });
  });
  const { id } = await run.ready;
  await person.agentInstances.terminate(id, { reason: "Over budget" });
  await pondering;
}

/** Records a step as a span within another one. Its result is what the step returns. */
function step<T extends object>(
  parent: RunRecorder | SpanRecorder,
  name: string,
  payload: object,
  work: (span: SpanRecorder) => T | Promise<T>,
): Promise<T> {
  return parent.span(`assistant:${name}`, { payload }, async (span) => {
    const result = await work(span);
    span.setResult(result);
    return result;
  });
}

/** Picks the words to search for from the question. */
function plan(question: string) {
  const words = question.toLowerCase().match(/[\p{L}\p{N}_]{3,}/gu)?.filter((word) => !FILLER.test(word)) ??
    [];
  if (words.length === 0) throw new Error(`"${question}" has no word to search for`);
  return { words };
}

/** Recalls nothing: the assistant keeps no notes. */
function recall(): never {
  throw new PlannedFailure("no notes yet");
}

function ignorePlanned(error: unknown): void {
  if (!(error instanceof PlannedFailure)) throw error;
}
