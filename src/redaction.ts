/**
 * Removes the token from everything that becomes part of an error, and limits its size.
 *
 * @module
 */

import { formatValue } from "./guards.ts";

/** Replaces the token. */
const REDACTED = "[redacted]";

/** Marks where something was cut off. */
const CUT = "[cut]";

/**
 * The minimum length of a token to redact. A shorter one is a placeholder in a test, and redacting it would garble
 * messages.
 */
const MIN_SECRET_LENGTH = 6;

/** The maximum depth of a copied JSON value. Neither people nor logs read anything nested more deeply. */
const MAX_DEPTH = 100;

/** The maximum size of a copied JSON value, in characters of JSON. */
const MAX_SIZE = 65_536;

/** The size reserved for the marks in a copy, in characters: 32 for each level, which has at most two marks. */
const MARKS_SIZE = 3_200;

/** The lengths to which texts may be cut, in characters. The longest one with which the copy is small enough is used. */
const TEXT_LENGTHS = [256, 4_096, MAX_SIZE];

/** The maximum number of nested causes to keep. */
const MAX_CAUSES = 5;

/** Removes one secret from texts, JSON values and causes. Its methods never throw. */
export class Redactor {
  readonly #forms: readonly string[];
  readonly #longestForm: number;

  /** Creates a redactor for a token. */
  constructor(secret: string) {
    const json = JSON.stringify(secret).slice(1, -1);
    // The token as it is, as in JSON, as in JSON with escaped slashes, and percent-encoded as in a URL.
    const forms = [secret, json, json.replaceAll("/", "\\/"), encodeURIComponent(secret.toWellFormed())];
    this.#forms = secret.length < MIN_SECRET_LENGTH ? [] : [...new Set(forms)];
    this.#longestForm = Math.max(0, ...this.#forms.map(({ length }) => length));
  }

  /** Returns the text without the token. */
  text(text: string): string {
    return this.#forms.reduce((text, form) => text.replaceAll(form, REDACTED), text);
  }

  /**
   * Returns the beginning of the text without the token, with a mark if it was cut. Reads little more than it returns.
   */
  start(text: string, maxLength: number, mark = CUT): string {
    if (text.length <= maxLength) return this.text(text);
    // Read further than the cut, because a token may span it. Drop the end of what was read, which may hold a part of
    // one.
    const length = maxLength + this.#longestForm;
    const redacted = this.text(text.slice(0, length));
    if (text.length <= length) {
      return redacted.length <= maxLength ? redacted : redacted.slice(0, maxLength) + mark;
    }
    return redacted.slice(0, Math.max(0, Math.min(maxLength, redacted.length - this.#longestForm))) + mark;
  }

  /**
   * Returns a copy of the JSON value without the token in any string, number or key. The copy has at most 64 KiB of
   * JSON: long texts are cut first, then fields are omitted.
   */
  redact(value: unknown): unknown {
    let redacted: unknown;
    // Start with the shortest, because walking through a large object is slow even if little of it is kept.
    for (const maxLength of TEXT_LENGTHS) {
      const copy = new BoundedCopy(this, maxLength);
      const longer = copy.of(value);
      if (redacted === undefined || !copy.isFull) redacted = longer;
      if (copy.isFull || !copy.hasCutTexts) break;
    }
    return redacted;
  }

  /** Formats a value like the function {@linkcode formatValue}, without the token. */
  formatValue(value: unknown): string {
    return formatValue(typeof value === "string" ? this.start(value, MAX_SIZE) : value);
  }

  /**
   * Copies the `name`, `message`, `code`, `stack` and `cause` of an error's cause, without the token. Other properties
   * of a foreign object are not kept, because they may contain the token or be of any size.
   */
  cause(cause: unknown, depth = 0): unknown {
    if (typeof cause === "string") return this.start(cause, MAX_SIZE);
    if (typeof cause === "symbol") return this.text(String(cause));
    if (typeof cause !== "object" && typeof cause !== "function" || cause === null) return cause;
    const copy = new Error(this.#textOf(cause, "message") ?? formatForeign(cause));
    for (const key of ["name", "code", "stack"]) {
      const value = this.#textOf(cause, key);
      if (value !== undefined) {
        Object.defineProperty(copy, key, { value, configurable: true, writable: true });
      }
    }
    // On Node, only the errors inside an AggregateError have a message.
    const inner = read(cause, "cause") ?? read(read(cause, "errors"), "0");
    if (inner !== undefined && depth < MAX_CAUSES) {
      Object.defineProperty(copy, "cause", {
        value: this.cause(inner, depth + 1),
        configurable: true,
        writable: true,
      });
    }
    return copy;
  }

  #textOf(object: unknown, key: string): string | undefined {
    const value = read(object, key);
    if (typeof value === "number") return this.text(String(value));
    return typeof value === "string" ? this.start(value, MAX_SIZE / 4) : undefined;
  }
}

/** A copy of a JSON value that stops growing when it is full. */
class BoundedCopy {
  readonly #redactor: Redactor;
  readonly #maxLength: number;
  /** Whether a longer `maxLength` would keep more of a text. */
  hasCutTexts = false;
  #left = MAX_SIZE - MARKS_SIZE;

  constructor(redactor: Redactor, maxLength: number) {
    this.#redactor = redactor;
    this.#maxLength = maxLength;
  }

  /** Whether something was omitted. */
  get isFull(): boolean {
    return this.#left < 0;
  }

  of(value: unknown, depth = 0): unknown {
    if (typeof value === "string") return this.#text(value);
    if (typeof value === "number") {
      const text = this.#take(this.#redactor.text(String(value)));
      return text === String(value) ? value : text;
    }
    if (typeof value !== "object" || value === null) return this.#take(value);
    if (depth === MAX_DEPTH) return this.#take("[nested too deep]");
    if (this.isFull) return CUT;
    return Array.isArray(value) ? this.#items(value, depth) : this.#fields(value, depth);
  }

  #items(values: readonly unknown[], depth: number): unknown[] {
    const items: unknown[] = [];
    this.#left -= 2;
    for (const value of values) {
      this.#left--;
      if (this.isFull) break;
      items.push(this.of(value, depth + 1));
    }
    if (items.length < values.length) items.push(CUT);
    return items;
  }

  #fields(object: object, depth: number): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    this.#left -= 2;
    for (const name in object) {
      if (!Object.hasOwn(object, name)) continue;
      if (this.isFull) {
        fields[CUT] = CUT;
        break;
      }
      const key = this.#text(name);
      this.#left -= 2;
      // Assigning to `__proto__` would change the prototype.
      Object.defineProperty(fields, key, {
        value: this.of((object as Record<string, unknown>)[name], depth + 1),
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
    return fields;
  }

  #text(text: string): string {
    if (text.length > this.#maxLength) this.hasCutTexts = true;
    return this.#take(this.#redactor.start(text, this.#maxLength));
  }

  /** Counts the size of a value, and replaces the value if it does not fit. */
  #take<T>(value: T): T | typeof CUT {
    const size = typeof value === "string" ? JSON.stringify(value).length : 5;
    if (size > this.#left) {
      this.#left = -1;
      return CUT;
    }
    this.#left -= size;
    return value;
  }
}

/** Reads a property of any value, and returns `undefined` if that throws. */
function read(object: unknown, key: string): unknown {
  try {
    return (object as Record<string, unknown> | undefined)?.[key];
  } catch {
    return undefined;
  }
}

function formatForeign(value: unknown): string {
  try {
    return formatValue(value);
  } catch {
    return "unreadable error";
  }
}

/** Generic messages of failed fetches, whose actual reason is in the cause. */
const HIDING_MESSAGES: readonly unknown[] = ["", "fetch failed", "terminated"];

/** Describes in words why something failed. */
export function reasonOf(cause: unknown, depth = 0): string {
  const message = typeof cause === "string" ? cause : read(cause, "message");
  const inner = read(cause, "cause");
  if (inner !== undefined && HIDING_MESSAGES.includes(message) && depth < MAX_CAUSES) {
    return reasonOf(inner, depth + 1);
  }
  return typeof message === "string" ? message : formatForeign(cause);
}
