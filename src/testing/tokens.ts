/**
 * Tokens and what they allow.
 *
 * @module
 */

/** Creates a token that looks like those of the platform, which are JSON Web Tokens. */
export function createToken(): string {
  return `eyJhbGciOiJub25lIn0.eyJzdWIiOiJwcmVmYWN0b3Itc2FuZGJveCJ9.${crypto.randomUUID()}`;
}
