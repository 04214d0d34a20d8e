/**
 * The keys that make a retry safe.
 *
 * @module
 */

/** The longest key that the API takes, in characters. */
export const MAX_KEY_LENGTH = 64;

/** The longest prefix that leaves room for `-` and a UUID. */
export const MAX_KEY_PREFIX_LENGTH = MAX_KEY_LENGTH - "-00000000-0000-0000-0000-000000000000".length;

/** Makes a key nobody has used: a random UUID, behind the prefix and a `-` where there is one. */
export function createIdempotencyKey(prefix?: string): string {
  const uuid = crypto.randomUUID();
  // Deno's is a piece of a longer text, with which JSON.stringify takes twice as long as with one joined anew.
  const key = [uuid.slice(0, 18), uuid.slice(18)];
  return (prefix === undefined ? key : [prefix, "-", ...key]).join("");
}

/** Whether the text can be a key or the beginning of one: printable ASCII without a space at either end, since it becomes a header too. */
export function isKeyText(value: unknown, maxLength: number): value is string {
  return typeof value === "string" && value.length <= maxLength && /^[!-~](?:[ -~]*[!-~])?$/.test(value);
}

/** Whether the value can be a key. */
export function isKey(value: unknown): value is string {
  return isKeyText(value, MAX_KEY_LENGTH);
}

/** What a key must be, in words. */
export const KEY_EXPECTED = `1 to ${MAX_KEY_LENGTH} printable ASCII characters`;
