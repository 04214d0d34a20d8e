/** The tools of the assistant: they list, search and read the files in the current folder. */

/** Lists the files in the folder and its subfolders. */
export async function list(folder = "."): Promise<{ files: number; paths: string[] }> {
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
export async function search(paths: string[], words: string[]) {
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
export async function read(path: string, words: string[]) {
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
