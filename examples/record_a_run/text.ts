/** Fits text into the columns of a terminal. */

/** Wraps each line of the text at spaces. Every resulting line starts with the indent. */
export function wrap(text: string, columns: number, indent = ""): string {
  const width = columns - indent.length;
  const rows = new RegExp(`(.{1,${width}})(?: +|$)|(.{${width}})`, "gu");
  return text.split("\n").map((line) =>
    Array.from(clean(line).matchAll(rows), ([, row, piece]) => indent + (row ?? piece)).join("\n")
  ).join("\n");
}

/** Shortens a line to a width. */
export function clip(line: string, width: number): string {
  if (width === 0) return "";
  const characters = [...clean(line)];
  return (characters.length > width ? [...characters.slice(0, width - 1), "…"] : characters).join("");
}

/** Replaces characters that control a terminal. */
function clean(line: string): string {
  return line.replace(/\p{Cc}/gu, " ");
}
