/**
 * Measures of JSON values, without recursion, since a value can be nested too deeply for it.
 *
 * @module
 */

/** Whether objects and arrays are nested in more than `limit` levels. */
export function isDeeperThan(limit: number, value: unknown): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return false;
}

/** The memory of a reference, and of a string, an object or an array without its content, in bytes. */
const REFERENCE = 8;
const HEADER = 24;

/** Estimates the memory that a JSON value takes, in bytes. A value that is used in two places counts twice. */
export function sizeOf(value: unknown): number {
  let bytes = 0;
  const rest = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    bytes += REFERENCE;
    if (typeof next === "string") bytes += HEADER + next.length;
    if (!isContainer(next)) continue;
    bytes += HEADER;
    for (const [key, field] of Object.entries(next)) {
      if (!Array.isArray(next)) bytes += key.length;
      rest.push(field);
    }
  }
  return bytes;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
