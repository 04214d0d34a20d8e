/**
 * Measures JSON values, without recursion because a value can be too deeply nested for it.
 *
 * @module
 */

/** Returns whether objects and arrays are nested more than `limit` levels deep. */
export function isDeeperThan(limit: number, value: unknown): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((container) => Object.values(container).filter(isContainer));
  }
  return false;
}

/** The memory that a reference takes, and that a string, object or array takes without its content, in bytes. */
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
