/**
 * Idempotency keys.
 *
 * @module
 */

/** The maximum length of a key, in characters. */
export const MAX_KEY_LENGTH = 64;

/** The maximum length of a prefix, in characters, which leaves room for `-` and a UUID of 36. */
export const MAX_KEY_PREFIX_LENGTH = 27;

/** Describes a valid key in a message. */
export const KEY_EXPECTED = "1 to 64 printable ASCII characters";

/** Creates a unique key: a random UUID, preceded by the prefix and a `-` if there is a prefix. */
export function createIdempotencyKey(prefix?: string): string {
  const uuid = crypto.randomUUID();
  // Deno's UUID is a slice of a longer string, which JSON.stringify writes half as fast as this flat copy.
  const key = [uuid.slice(0, 18), uuid.slice(18)];
  return (prefix === undefined ? key : [prefix, "-", ...key]).join("");
}

/**
 * Returns whether the value can be a key or the prefix of one. Keys are also sent in a header, so they must be printable
 * ASCII without a space at either end.
 */
export function isKeyText(value: unknown, maxLength: number): value is string {
  return typeof value === "string" && value.length <= maxLength && /^[!-~](?:[ -~]*[!-~])?$/.test(value);
}

/** Returns whether the value is a valid key. */
export function isKey(value: unknown): value is string {
  return isKeyText(value, MAX_KEY_LENGTH);
}
