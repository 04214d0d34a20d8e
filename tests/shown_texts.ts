/**
 * Finds all texts that logging a value could reveal.
 *
 * @module
 */

/** Yields every text in a value: strings, keys, and the contents of errors, collections and fetch objects. */
function* texts(value: unknown, seen = new Set<unknown>()): Generator<string> {
  if (typeof value === "string") yield value;
  if (typeof value === "symbol") yield String(value);
  if (typeof value !== "object" && typeof value !== "function" || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Request) yield* texts([value.url, value.headers], seen);
  if (value instanceof Response) yield* texts([value.url, value.headers], seen);
  if (value instanceof URL || value instanceof URLSearchParams) yield String(value);
  if (value instanceof Headers || value instanceof Map || value instanceof Set) {
    yield* texts([...value], seen);
  }
  for (const key of Reflect.ownKeys(value)) {
    yield String(key);
    yield* texts(Reflect.get(value, key), seen);
  }
  if (value instanceof Error) yield* texts([value.name, value.message, value.stack, value.cause], seen);
}

/** Yields every text of a value that a log could show. */
export function* shownTexts(value: unknown): Generator<string> {
  yield* texts(value);
  yield String(value);
  yield JSON.stringify(value) ?? "";
  const everything = { depth: 50, strAbbreviateSize: Infinity, iterableLimit: Infinity };
  yield Deno.inspect(value, { ...everything, showHidden: true });
  yield Deno.inspect(value, { ...everything, getters: true });
  yield* texts(structuredClone(value));
}
