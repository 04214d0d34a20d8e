/**
 * Measures of JSON values. None recurses, since a value may be nested too deeply for that.
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

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
