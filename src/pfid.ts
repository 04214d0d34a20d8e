/**
 * PFIDs, the IDs of the platform. A program that creates the IDs itself can send a span and its children in one
 * request.
 *
 * @module
 */

import { ArgumentChecker } from "./arguments.ts";

/** The parts of a PFID. */
export interface PfidParts {
  /** When the ID was made, in ms since 1970: an integer below 2 ** 48. */
  timestamp: number;
  /** The number that all IDs of one account share: an integer below 2 ** 30. */
  partition: number;
  /** The 10 random bytes that make the ID unique. */
  randomness: Uint8Array;
}

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
const PFID = /^[0-7][0-9a-hjkmnp-tv-z]{31}$/;
const TIMESTAMP_LIMIT = 2 ** 48;
const PARTITION_LIMIT = 2 ** 30;

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
  checkPfid("parse the PFID", "pfid", pfid);
  const randomness = new Uint8Array(10);
  writeBytes(randomness, 0, decode(pfid, 16, 24));
  writeBytes(randomness, 5, decode(pfid, 24, 32));
  return { timestamp: decode(pfid, 0, 10), partition: decode(pfid, 10, 16), randomness };
}

/**
 * Writes a PFID from its parts: the inverse of {@linkcode parsePfid}.
 *
 * @param parts The timestamp in ms, the partition and the 10 bytes of randomness.
 * @returns The PFID.
 * @throws {PrefactorClientError} If a part does not fit.
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
  checkInteger(action, "timestamp", timestamp, TIMESTAMP_LIMIT);
  checkInteger(action, "partition", partition, PARTITION_LIMIT);
  if (!(randomness instanceof Uint8Array && randomness.length === 10)) {
    new ArgumentChecker(action).fail("randomness", "a Uint8Array of 10 bytes", randomness);
  }
  return encode(timestamp, 10) + encode(partition, 6) +
    encode(readBytes(randomness, 0), 8) + encode(readBytes(randomness, 5), 8);
}

/**
 * Creates a PFID. IDs of one partition that are created without a `timestamp` within the same millisecond sort in
 * the order of their creation.
 *
 * @param options The partition of the account, and the timestamp in ms, which defaults to now.
 * @returns The PFID.
 * @throws {PrefactorClientError} If the partition or the timestamp does not fit.
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
  const action = "create the PFID";
  checkInteger(action, "partition", options.partition, PARTITION_LIMIT);
  return create(action, encode(options.partition, 6), options.timestamp);
}

/**
 * Creates a PFID in the partition of another one. The platform takes an ID from a client only if it is in the
 * partition of the account.
 *
 * @param id Any id of the account.
 * @param options The timestamp in ms, which defaults to now.
 * @returns The PFID.
 * @throws {PrefactorClientError} If the ID is not a PFID or the timestamp does not fit.
 *
 * @example
 * ```ts
 * import { parsePfid, relatedPfid } from "@prefactor/http";
 *
 * console.log(parsePfid(relatedPfid("01jzf8g3kt00000a0123456789abcdef")).partition); // 10
 * ```
 */
export function relatedPfid(id: string, options: { timestamp?: number | undefined } = {}): string {
  const action = "create the PFID";
  checkPfid(action, "id", id);
  return create(action, id.slice(10, 16), options.timestamp);
}

/** The time and randomness of the last ID that was created without a timestamp. */
const last = { timestamp: -1, high: 0, low: 0 };

function create(action: string, partition: string, timestamp: number | undefined): string {
  if (timestamp !== undefined) {
    checkInteger(action, "timestamp", timestamp, TIMESTAMP_LIMIT);
    return encode(timestamp, 10) + partition + encode(random40(), 8) + encode(random40(), 8);
  }
  const now = Date.now();
  if (now !== last.timestamp) {
    last.timestamp = now;
    last.high = Math.floor(random40() / 2); // the highest bit stays 0, so that counting up cannot overflow
    last.low = random40();
  } else if (++last.low === 2 ** 40) {
    last.high++;
    last.low = 0;
  }
  return encode(now, 10) + partition + encode(last.high, 8) + encode(last.low, 8);
}

/** Random bits in store: a call of `getRandomValues` takes longer than the rest of an ID. */
let pool = /* @__PURE__ */ new Uint32Array();
let used = 0;

/** A random integer below 2 ** 40. */
function random40(): number {
  if (used === pool.length) {
    pool = crypto.getRandomValues(new Uint32Array(512));
    used = 0;
  }
  return (pool[used++]! % 256) * 2 ** 32 + pool[used++]!;
}

function checkPfid(action: string, name: string, value: unknown): void {
  if (!isPfid(value)) new ArgumentChecker(action).fail(name, "a PFID", value);
}

function checkInteger(action: string, name: string, value: unknown, limit: number): void {
  if (!(Number.isInteger(value) && value as number >= 0 && value as number < limit)) {
    new ArgumentChecker(action).fail(name, `an integer from 0 to ${limit - 1}`, value);
  }
}

/** Every two digits by their value, filled at first use. */
const pairs: string[] = [];

/** Writes an integer in an even number of digits. Division, since bit operators would cut it to 32 bits. */
function encode(value: number, length: number): string {
  if (pairs.length === 0) { for (const a of DIGITS) for (const b of DIGITS) pairs.push(a + b); }
  let text = "";
  for (let rest = value; text.length < length; rest = Math.floor(rest / 1024)) {
    text = pairs[rest % 1024] + text;
  }
  return text;
}

/** The value of each digit by its character code, filled at first use. */
const values: number[] = [];

/** Reads the integer that some of the digits write. */
function decode(pfid: string, start: number, end: number): number {
  if (values.length === 0) { for (let v = 0; v < 32; v++) values[DIGITS.charCodeAt(v)] = v; }
  let value = 0;
  for (let index = start; index < end; index++) value = value * 32 + values[pfid.charCodeAt(index)]!;
  return value;
}

/** Reads five bytes as one integer. */
function readBytes(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let index = start; index < start + 5; index++) value = value * 256 + bytes[index]!;
  return value;
}

/** Writes an integer below 2 ** 40 as five bytes. */
function writeBytes(bytes: Uint8Array, start: number, value: number): void {
  for (let index = start + 4, rest = value; index >= start; index--, rest = Math.floor(rest / 256)) {
    bytes[index] = rest % 256;
  }
}
