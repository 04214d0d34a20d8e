/**
 * Creates the tokens of the sandbox.
 *
 * @module
 */

const PREFIX = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwcmVmYWN0b3Itc2FuZGJveCJ9.";

/** Matches every token that {@linkcode createToken} creates. */
export const CREATED_TOKEN = new RegExp(`${PREFIX.replaceAll(".", "\\.")}[0-9a-f-]{36}`, "g");

/** Creates a token that looks like those of the platform, which are JSON Web Tokens. */
export function createToken(): string {
  return PREFIX + crypto.randomUUID();
}
