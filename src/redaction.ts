/**
 * Takes the token out of whatever goes into an error.
 *
 * @module
 */

import { show } from "./guards.ts";

/** What stands where the token stood. */
const REDACTED = "[redacted]";

/** A token shorter than this is a placeholder in a test; taking it out would only garble messages. */
const MIN_SECRET_LENGTH = 8;

/** Takes one secret out of texts, JSON values and causes. */
export class Redactor {
  readonly #forms: readonly string[];

  /** Makes a redactor for a token. */
  constructor(secret: string) {
    const json = JSON.stringify(secret).slice(1, -1);
    // The token as it is, as JSON escapes it, and as an encoder does that escapes slashes too.
    const forms = new Set([secret, json, json.replaceAll("/", "\\/")]);
    this.#forms = secret.length < MIN_SECRET_LENGTH ? [] : [...forms];
  }

  /** The text without the token. */
  text(text: string): string {
    return this.#forms.reduce((text, form) => text.replaceAll(form, REDACTED), text);
  }

  /** The JSON value without the token in any string or key; `undefined` where it is nested too deep to look at. */
  json(value: unknown): unknown {
    if (value === undefined || this.#forms.length === 0) return value;
    try {
      const text = JSON.stringify(value);
      const redacted = this.text(text);
      return redacted === text ? value : JSON.parse(redacted);
    } catch {
      return undefined;
    }
  }

  /** The cause of an error, or where it holds the token, a plain error with what is left of its message. */
  cause(cause: unknown): unknown {
    if (this.#forms.length === 0 || !this.#isIn(cause, new Set())) return cause;
    const copy = new Error(this.text(reasonOf(cause)));
    if (cause instanceof Error) {
      copy.name = this.text(cause.name);
      copy.stack = this.text(cause.stack ?? String(copy));
    }
    return copy;
  }

  /** Whether the token is anywhere in the value; what throws or goes on for too long counts as a yes. */
  #isIn(value: unknown, seen: Set<unknown>): boolean {
    if (typeof value === "string") return this.#forms.some((form) => value.includes(form));
    if (typeof value !== "object" || value === null || seen.has(value)) return false;
    seen.add(value);
    if (seen.size > 1_000) return true;
    // A `Request` shows its headers to nobody but those who ask for them.
    if (value instanceof Headers) return [...value].some((header) => this.#isIn(header, seen));
    if (value instanceof Request) return this.#isIn(value.headers, seen) || this.#isIn(value.url, seen);
    try {
      return Reflect.ownKeys(value).some((key) => this.#isIn(Reflect.get(value, key), seen));
    } catch {
      return true;
    }
  }
}

/** Why something failed, in words. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : show(cause);
}
