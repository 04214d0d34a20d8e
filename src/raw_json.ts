/**
 * JSON that has been written already.
 *
 * @module
 */

/** A body that is sent as this text. A requester that does not know this class can write it as JSON like any value. */
export class RawJson {
  /** The JSON. */
  readonly text: string;

  /** Wraps a text that is valid JSON. */
  constructor(text: string) {
    this.text = text;
  }

  /** Parses the text, for `JSON.stringify`. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}
