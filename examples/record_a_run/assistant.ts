/** An assistant that answers a question about the files in the current folder by quoting them. */
import type { RunRecorder, SpanRecorder } from "@prefactor/http/recorder";

/** The file with notes from earlier runs. It does not exist, so this step fails on purpose. */
const NOTES = "assistant-notes.md";
const FILLER =
  /^(and|are|but|can|does|for|has|how|not|that|the|this|was|what|when|where|which|who|why|with)$/;

/** Answers the question and records each step. */
export function answer(run: RunRecorder, question: string): Promise<{ answer: string }> {
  return step(run, "answer", { question }, async (root) => {
    const { words } = await step(root, "plan", { question }, () => plan(question));
    await step(root, "recall", { path: NOTES }, () => read(NOTES, words)).catch(ignoreMissing);
    const { files, paths } = await step(root, "list", {}, () => list());
    const { best } = await step(root, "search", { words, files }, () => search(paths, words));
    const { quotes } = await step(root, "read", { paths: best }, async (span) => {
      const reads = best.map((path) => step(span, "read_file", { path }, () => read(path, words)));
      return { quotes: (await Promise.all(reads)).map(({ quote }) => quote) };
    });
    return await step(root, "sum_up", { quotes }, () => ({ answer: quotes.join("\n") }));
  });
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

/** Lists the files in the folder and its subfolders. */
async function list(folder = "."): Promise<{ files: number; paths: string[] }> {
  const paths: string[] = [];
  for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
    const path = folder === "." ? name : `${folder}/${name}`;
    if (name.startsWith(".") || name === "node_modules") continue;
    if (isFile) paths.push(path);
    if (isDirectory) paths.push(...(await list(path)).paths);
  }
  return { files: paths.length, paths: paths.sort() };
}

/** Finds the three files with the highest scores for the words. */
async function search(paths: string[], words: string[]) {
  const files = await Promise.all(paths.map(async (path) => {
    const text = await Deno.readTextFile(path);
    return { path, score: words.reduce((score, word) => score + Math.log2(1 + count(text, word)), 0) };
  }));
  const found = files.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
  if (found.length === 0) {
    throw new Error(`None of ${paths.length} files contains any of: ${words.join(", ")}`);
  }
  return { found: found.length, best: found.slice(0, 3).map(({ path }) => path) };
}

/** Reads a file and quotes the line that contains the most words. */
async function read(path: string, words: string[]) {
  const lines = (await Deno.readTextFile(path)).split("\n");
  const scores = lines.map((line) => words.filter((word) => count(line, word) > 0).length);
  const index = scores.indexOf(Math.max(...scores));
  const text = lines[index]?.replace(/^[\s/*#-]+|[\s/*]+$/g, "").slice(0, 200);
  return { lines: lines.length, line: index + 1, quote: `${path}:${index + 1}  ${text}` };
}

/** Counts the words in the text that start with the given word. */
function count(text: string, word: string): number {
  return text.match(new RegExp(`(?<![\\p{L}\\p{N}_])${word}`, "giu"))?.length ?? 0;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
