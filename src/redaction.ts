/**
 * Takes the token out of everything that goes into an error.
 *
 * @module
 */

import { formatValue, isObject } from "./guards.ts";

/** Replaces the token. */
const REDACTED = "[redacted]";

/** A shorter token is a placeholder in a test; taking it out would only garble messages. */
const MIN_SECRET_LENGTH = 6;

/** The depth to which a JSON value is copied; people and logs read nothing that is nested deeper. */
const MAX_DEPTH = 100;

/** The number of objects of a cause that are searched before it counts as holding the token. */
const MAX_OBJECTS = 1_000;

/** Takes one secret out of texts, JSON values and causes. Its methods never throw. */
export class Redactor {
  readonly #forms: readonly string[];

  /** Creates a redactor for a token. */
  constructor(secret: string) {
    const json = JSON.stringify(secret).slice(1, -1);
    // The token itself, escaped as in JSON, with slashes escaped too, and percent-encoded as in a URL.
    const forms = [secret, json, json.replaceAll("/", "\\/"), encodeURIComponent(secret.toWellFormed())];
    this.#forms = secret.length < MIN_SECRET_LENGTH ? [] : [...new Set(forms)];
  }

  /** Returns the text without the token. */
  text(text: string): string {
    return this.#forms.reduce((text, form) => text.replaceAll(form, REDACTED), text);
  }

  /** Returns a copy of the JSON value without the token in any string or key, cut off at a fixed depth. */
  redact(value: unknown, depth = 0): unknown {
    if (typeof value === "string") return this.text(value);
    if (typeof value === "number") return this.text(String(value)) === String(value) ? value : REDACTED;
    if (typeof value !== "object" || value === null) return value;
    if (depth === MAX_DEPTH) return "[nested too deep]";
    if (Array.isArray(value)) return value.map((item) => this.redact(item, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([key, field]) => [this.text(key), this.redact(field, depth + 1)]),
    );
  }

  /** Formats a value as the function {@linkcode formatValue} does, without the token. */
  formatValue(value: unknown): string {
    return formatValue(typeof value === "string" ? this.text(value) : value);
  }

  /** Returns the cause of an error, or a plain error with the redacted message if the cause holds the token. */
  cause(cause: unknown): unknown {
    if (this.#forms.length === 0 || !this.#isIn(cause, new Set())) return cause;
    const copy = new Error(this.text(reasonOf(cause)));
    if (cause instanceof Error) {
      try {
        copy.name = this.text(cause.name);
        copy.stack = this.text(cause.stack ?? "");
      } catch {
        // A name or a stack that is not a string is dropped.
      }
    }
    return copy;
  }

  /** Returns whether the token is anywhere in the value; a value that throws or is too large counts as holding it. */
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

/** Lists what an object can show: its keys and fields, and the contents of the platform's own classes. */
function contents(value: object): unknown[] {
  const fields = Reflect.ownKeys(value).flatMap((key) => [key, Reflect.get(value, key)]);
  if (value instanceof Request) return [...fields, value.url, value.headers];
  if (value instanceof Response) return [...fields, value.url, value.headers];
  if (value instanceof URL) return [...fields, value.href];
  const isCollection = [Map, Set, Headers, URLSearchParams, FormData].some((type) => value instanceof type);
  return isCollection ? [...fields, ...value as Iterable<unknown>] : fields;
}

/** Describes in words why something failed. */
export function reasonOf(cause: unknown): string {
  try {
    if (typeof cause === "string") return cause;
    return isObject(cause) && typeof cause["message"] === "string" ? cause["message"] : formatValue(cause);
  } catch {
    return "unreadable error";
  }
}
