/**
 * Ids in the format of the platform.
 *
 * @module
 */

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
const PFID = /^[0-7][0-9a-hjkmnpqrstvwxyz]{31}$/;

/** Creates the PFIDs of one account. Each sorts after those before it, and all share the partition of the account. */
export class PfidSource {
  readonly #partition: string;
  #millis = 0;
  #prefix = "";
  #last = 0;

  /** Creates a source with the partition of the account id, or with a random one. */
  constructor(accountId?: string) {
    if (accountId === undefined) this.#partition = encode(randomBelow(2 ** 30), 6);
    else this.#partition = PFID.test(accountId) ? accountId.slice(10, 16) : encode(hash(accountId), 6);
  }

  /** Creates an id. If the clock has not advanced since the last one, the random part is incremented. */
  next(): string {
    const now = Date.now();
    if (now > this.#millis) {
      this.#millis = now;
      this.#prefix = encode(now, 10) + this.#partition + encode(randomBelow(2 ** 40), 8);
      this.#last = randomBelow(2 ** 39);
    } else {
      this.#last++;
    }
    return this.#prefix + encode(this.#last, 8);
  }
}

function randomBelow(limit: number): number {
  return Math.floor(Math.random() * limit);
}

/** Hashes a text to 30 bits. */
function hash(text: string): number {
  let bits = text.length;
  for (const character of text) bits = Math.imul(bits, 31) + character.codePointAt(0)!;
  return bits >>> 2;
}

function encode(value: number, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) text = DIGITS[rest % 32] + text;
  return text;
}
