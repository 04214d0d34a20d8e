/**
 * JSON that is already serialized.
 *
 * @module
 */

/**
 * A body that is sent as its JSON text. Requesters that do not know this class can serialize it like any other value.
 */
export class RawJson {
  /** The JSON. */
  readonly text: string;

  /** Wraps a text that is valid JSON. */
  constructor(text: string) {
    this.text = text;
  }

  /** Returns the parsed text, for `JSON.stringify`. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}
