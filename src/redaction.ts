/**
 * Takes the token out of whatever goes into an error.
 *
 * @module
 */

import { formatValue, isObject } from "./guards.ts";

/** What stands where the token stood. */
const REDACTED = "[redacted]";

/** A token shorter than this is a placeholder in a test; taking it out would only garble messages. */
const MIN_SECRET_LENGTH = 6;

/** How deep a JSON value is copied; nothing that is read by people or written to a log is nested deeper. */
const MAX_DEPTH = 100;

/** How many objects of a cause are searched before it is taken to hold the token. */
const MAX_OBJECTS = 1_000;

/** Takes one secret out of texts, JSON values and causes. Nothing here throws. */
export class Redactor {
  readonly #forms: readonly string[];

  /** Makes a redactor for a token. */
  constructor(secret: string) {
    const json = JSON.stringify(secret).slice(1, -1);
    // The token as it is, as JSON escapes it, as an encoder does that escapes slashes too, and as a URL does.
    const forms = [secret, json, json.replaceAll("/", "\\/"), encodeURIComponent(secret.toWellFormed())];
    this.#forms = secret.length < MIN_SECRET_LENGTH ? [] : [...new Set(forms)];
  }

  /** The text without the token. */
  text(text: string): string {
    return this.#forms.reduce((text, form) => text.replaceAll(form, REDACTED), text);
  }

  /** A copy of the JSON value without the token in any string or key, and cut where it is nested too deep. */
  json(value: unknown, depth = 0): unknown {
    if (typeof value === "string") return this.text(value);
    if (typeof value === "number") return this.text(String(value)) === String(value) ? value : REDACTED;
    if (typeof value !== "object" || value === null) return value;
    if (depth === MAX_DEPTH) return "[nested too deep]";
    if (Array.isArray(value)) return value.map((item) => this.json(item, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([key, field]) => [this.text(key), this.json(field, depth + 1)]),
    );
  }

  /** A value in short, as {@linkcode formatValue} gives it, without the token. */
  formatValue(value: unknown): string {
    return formatValue(typeof value === "string" ? this.text(value) : value);
  }

  /** The cause of an error, or where it holds the token, a plain error with what is left of its message. */
  cause(cause: unknown): unknown {
    if (this.#forms.length === 0 || !this.#isIn(cause, new Set())) return cause;
    const copy = new Error(this.text(reasonOf(cause)));
    if (cause instanceof Error) {
      try {
        copy.name = this.text(cause.name);
        copy.stack = this.text(cause.stack ?? "");
      } catch {
        // a name or a stack that is no text is not worth keeping
      }
    }
    return copy;
  }

  /** Whether the token is anywhere in the value; what throws or goes on for too long counts as a yes. */
  #isIn(value: unknown, seen: Set<unknown>): boolean {
    if (typeof value === "string") return this.#forms.some((form) => value.includes(form));
    if (typeof value !== "object" && typeof value !== "function" || value === null || seen.has(value)) {
      return false;
    }
    seen.add(value);
    if (seen.size > MAX_OBJECTS) return true;
    try {
      return contents(value).some((content) => this.#isIn(content, seen));
    } catch {
      return true;
    }
  }
}

/** What an object shows of itself: keys and fields, and of the platform's own classes what they hold. */
function contents(value: object): unknown[] {
  const fields = Reflect.ownKeys(value).flatMap((key) => [key, Reflect.get(value, key)]);
  if (value instanceof Request) return [...fields, value.url, value.headers];
  if (value instanceof Response) return [...fields, value.url, value.headers];
  if (value instanceof URL) return [...fields, value.href];
  const isCollection = [Map, Set, Headers, URLSearchParams, FormData].some((type) => value instanceof type);
  return isCollection ? [...fields, ...value as Iterable<unknown>] : fields;
}

/** Why something failed, in words. */
export function reasonOf(cause: unknown): string {
  try {
    if (typeof cause === "string") return cause;
    return isObject(cause) && typeof cause["message"] === "string" ? cause["message"] : formatValue(cause);
  } catch {
    return "for a reason that cannot be read";
  }
}
