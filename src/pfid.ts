/**
 * PFIDs, the IDs of the platform. A program that creates its own IDs can send a span and its children in one request.
 *
 * @module
 */

import { argumentError } from "./arguments.ts";

/** The parts of a PFID. */
export interface PfidParts {
  /** The creation time, in ms since the Unix epoch: an integer below 2 ** 48. */
  timestamp: number;
  /** The number that all IDs of one account share: an integer below 2 ** 30. */
  partition: number;
  /** The 10 random bytes that make the ID unique. */
  randomness: Uint8Array;
}

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
const PFID = /^[0-7][0-9a-hjkmnp-tv-z]{31}$/;

/** The sizes of the integers, in bits. */
const TIMESTAMP_BITS = 48;
const PARTITION_BITS = 30;

/**
 * Checks whether a value is a PFID: 32 characters of lower-case Crockford base 32, the first from 0 to 7.
 *
 * @param value The value to check.
 * @returns Whether it is a PFID.
 *
 * @example
 * ```ts
 * import { isPfid } from "@prefactor/http";
 *
 * console.log(isPfid("01jzf8g3kt00000a0123456789abcdef")); // true
 * console.log(isPfid("01JZF8G3KT00000A0123456789ABCDEF")); // false
 * ```
 */
export function isPfid(value: unknown): value is string {
  return typeof value === "string" && PFID.test(value);
}

/**
 * Reads the parts of a PFID.
 *
 * @param pfid The ID to read.
 * @returns Its timestamp in ms, its partition and its randomness.
 * @throws {PrefactorClientError} If the value is not a PFID.
 *
 * @example
 * ```ts
 * import { parsePfid } from "@prefactor/http";
 *
 * const { timestamp, partition } = parsePfid("01jzf8g3kt00000a0123456789abcdef");
 * console.log(new Date(timestamp).getUTCFullYear(), partition); // 2025 10
 * ```
 */
export function parsePfid(pfid: string): PfidParts {
  check("parse the PFID", "pfid", isPfid(pfid), "a PFID", pfid);
  const randomness = new Uint8Array(10);
  let high = decode(pfid, 16, 24);
  let low = decode(pfid, 24, 32);
  for (let index = 4; index >= 0; index--) {
    randomness[index] = high; // the array keeps the lowest 8 bits
    randomness[index + 5] = low;
    high /= 256;
    low /= 256;
  }
  return { timestamp: decode(pfid, 0, 10), partition: decode(pfid, 10, 16), randomness };
}

/**
 * Creates a PFID from its parts. The inverse of {@linkcode parsePfid}.
 *
 * @param parts The timestamp in ms, the partition and the 10 bytes of randomness.
 * @returns The PFID.
 * @throws {PrefactorClientError} If a part is invalid or out of range.
 *
 * @example
 * ```ts
 * import { formatPfid } from "@prefactor/http";
 *
 * console.log(formatPfid({ timestamp: 0, partition: 1, randomness: new Uint8Array(10) }));
 * // 00000000000000010000000000000000
 * ```
 */
export function formatPfid(parts: PfidParts): string {
  const { timestamp, partition, randomness } = parts;
  const action = "format the PFID";
  checkInteger(action, "timestamp", timestamp, TIMESTAMP_BITS);
  checkInteger(action, "partition", partition, PARTITION_BITS);
  const isRandomness = randomness instanceof Uint8Array && randomness.length === 10;
  check(action, "randomness", isRandomness, "a Uint8Array of 10 bytes", randomness);
  return encode(timestamp, 10) + encode(partition, 6) + encodeBytes(randomness, 0);
}

/**
 * Creates a PFID. IDs of the same partition sort in the order of their creation, even within the same millisecond, if
 * they are created without a `timestamp`.
 *
 * @param options The partition of the account, and the timestamp in ms, which defaults to now.
 * @returns The PFID.
 * @throws {PrefactorClientError} If the partition or the timestamp is invalid or out of range.
 *
 * @example
 * ```ts
 * import { createPfid } from "@prefactor/http";
 *
 * const [first, second] = [createPfid({ partition: 10 }), createPfid({ partition: 10 })];
 * console.log(first < second); // true
 * ```
 */
export function createPfid(options: { partition: number; timestamp?: number | undefined }): string {
  checkInteger(CREATE, "partition", options.partition, PARTITION_BITS);
  return create(encode(options.partition, 6), options.timestamp);
}

/**
 * Creates a PFID in the same partition as another one. The platform accepts an ID from a client only if it is in the
 * partition of the account.
 *
 * @param id Any ID of the account, such as that of an agent instance.
 * @param options The timestamp in ms, which defaults to now.
 * @returns The PFID.
 * @throws {PrefactorClientError} If the ID is not a PFID, or the timestamp is invalid or out of range.
 *
 * @example
 * ```ts
 * import { parsePfid, relatedPfid } from "@prefactor/http";
 *
 * console.log(parsePfid(relatedPfid("01jzf8g3kt00000a0123456789abcdef")).partition); // 10
 * ```
 */
export function relatedPfid(id: string, options: { timestamp?: number | undefined } = {}): string {
  check(CREATE, "id", isPfid(id), "a PFID", id);
  return create(id.slice(10, 16), options.timestamp);
}

const CREATE = "create the PFID";

/** The time of the last ID that was created without a timestamp, and the halves of its randomness. */
const last = { timestamp: -1, high: 0, low: 0 };

function create(partition: string, timestamp: number | undefined): string {
  if (timestamp !== undefined) {
    checkInteger(CREATE, "timestamp", timestamp, TIMESTAMP_BITS);
    const start = takeBytes();
    return encode(timestamp, 10) + partition + encodeBytes(pool, start);
  }
  const now = Date.now();
  if (now === last.timestamp) {
    last.low++;
  } else {
    const start = takeBytes();
    last.timestamp = now;
    last.high = integerOf(pool, start);
    last.low = Math.floor(integerOf(pool, start + 5) / 2); // the highest bit is 0, so that counting cannot overflow
  }
  // JSON.stringify takes twice as long for a sum of strings as for this flat text.
  return [encode(now, 10), partition, encode(last.high, 8), encode(last.low, 8)].join("");
}

/** A supply of random bytes: a call of `getRandomValues` takes longer than the rest of creating an ID. */
let pool = /* @__PURE__ */ new Uint8Array();
let used = 0;

/** Reserves 10 random bytes of the `pool`, which it may replace, and returns the index of the first one. */
function takeBytes(): number {
  if (used === pool.length) {
    pool = crypto.getRandomValues(new Uint8Array(1_000));
    used = 0;
  }
  used += 10;
  return used - 10;
}

function check(action: string, name: string, holds: boolean, expected: string, value: unknown): void {
  if (!holds) throw argumentError(action, name, expected, value);
}

function checkInteger(action: string, name: string, value: unknown, bits: number): void {
  if (Number.isInteger(value) && value as number >= 0 && value as number < 2 ** bits) return;
  throw argumentError(action, name, `an integer from 0 to ${2 ** bits - 1}`, value);
}

/** All pairs of digits, by their value. Filled on first use. */
const pairs: string[] = [];

/** Encodes an integer in an even number of digits. */
function encode(value: number, length: number): string {
  if (pairs.length === 0) { for (const a of DIGITS) for (const b of DIGITS) pairs.push(a + b); }
  let text = "";
  // `&` uses the lowest bits of the integer part, even if it has more than 32 bits.
  for (let rest = value; text.length < length; rest /= 1024) text = pairs[rest & 1023] + text;
  return text;
}

/** Encodes 10 bytes in 16 digits. */
function encodeBytes(bytes: Uint8Array, start: number): string {
  return encode(integerOf(bytes, start), 8) + encode(integerOf(bytes, start + 5), 8);
}

/** The value of each digit, by its character code. Filled on first use. */
const values: number[] = [];

/** Decodes a range of digits as an integer. */
function decode(pfid: string, start: number, end: number): number {
  if (values.length === 0) { for (let v = 0; v < 32; v++) values[DIGITS.charCodeAt(v)] = v; }
  let value = 0;
  for (let index = start; index < end; index++) value = value * 32 + values[pfid.charCodeAt(index)]!;
  return value;
}

/** Reads five bytes as one integer. */
function integerOf(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let index = start; index < start + 5; index++) value = value * 256 + bytes[index]!;
  return value;
}
