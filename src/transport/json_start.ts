/**
 * Truncates long JSON texts.
 *
 * @module
 */

/** The maximum number of characters to read, several times as many as an error keeps. */
const MAX_READ = 2 ** 18;

/** The maximum number of characters that one string counts for, so that the text after a long string is read too. */
const MAX_STRING = 256;

/**
 * Returns the beginning of a valid JSON text as valid JSON, or the whole text if it is short apart from its strings.
 */
export function startOfJson(json: string): string {
  const closers: string[] = [];
  let end = 0; // the last position at which the text can be cut and closed
  let read = 0;
  for (let at = 0; at < json.length; at++, read++) {
    if (read >= MAX_READ) return json.slice(0, end) + closers.reverse().join("");
    const character = json[at];
    if (character === '"') {
      const start = at;
      do {
        at = json.indexOf('"', at + 1);
        read++;
      } while (isEscaped(json, at) && read < MAX_READ);
      read += Math.min(at - start, MAX_STRING);
    } else if (character === ",") {
      end = at;
    } else if (character === "{" || character === "[") {
      closers.push(character === "{" ? "}" : "]");
      end = at + 1;
    } else if (character === "}" || character === "]") {
      closers.pop();
      end = at + 1;
    }
  }
  return json;
}

/** Returns whether an odd number of backslashes precedes a character. */
function isEscaped(json: string, at: number): boolean {
  let first = at;
  while (json[first - 1] === "\\") first--;
  return (at - first) % 2 === 1;
}
