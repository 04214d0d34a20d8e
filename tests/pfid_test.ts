import { assert, assertEquals, assertFalse, assertLess, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
// deno-lint-ignore no-import-prefix -- nothing but this test uses it
import { Buffer } from "node:buffer";
// deno-lint-ignore no-import-prefix -- nothing but this test uses it
import * as official from "npm:@prefactor/pfid@0.1.0";
import { PrefactorClientError } from "../mod.ts";
import { createPfid, formatPfid, isPfid, parsePfid, type PfidParts, relatedPfid } from "../src/pfid.ts";
import * as copy from "../src/pfid.ts?copy";

const MAX_TIMESTAMP = 2 ** 48 - 1;
const MAX_PARTITION = 2 ** 30 - 1;

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.of(...values);
}

const ZEROS = new Uint8Array(10);

/** IDs computed by hand: five bits per digit, with two bits of padding before the time. */
const VECTORS: readonly [pfid: string, parts: PfidParts][] = [
  ["0".repeat(32), { timestamp: 0, partition: 0, randomness: ZEROS }],
  [`7${"z".repeat(31)}`, {
    timestamp: MAX_TIMESTAMP,
    partition: MAX_PARTITION,
    randomness: new Uint8Array(10).fill(255),
  }],
  [`0000000001${"0".repeat(22)}`, { timestamp: 1, partition: 0, randomness: ZEROS }],
  [`1${"0".repeat(31)}`, { timestamp: 2 ** 45, partition: 0, randomness: ZEROS }],
  [`0001000000${"0".repeat(22)}`, { timestamp: 2 ** 30, partition: 0, randomness: ZEROS }],
  [`000g000000${"0".repeat(22)}`, { timestamp: 2 ** 34, partition: 0, randomness: ZEROS }],
  [`0000000000000001${"0".repeat(16)}`, { timestamp: 0, partition: 1, randomness: ZEROS }],
  [`0000000000g00000${"0".repeat(16)}`, { timestamp: 0, partition: 2 ** 29, randomness: ZEROS }],
  [`${"0".repeat(16)}0123456789abcdef`, {
    timestamp: 0,
    partition: 0,
    randomness: bytes(0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf),
  }],
  [`${"0".repeat(16)}ghjkmnpqrstvwxyz`, {
    timestamp: 0,
    partition: 0,
    randomness: bytes(0x84, 0x65, 0x3a, 0x56, 0xd7, 0xc6, 0x75, 0xbe, 0x77, 0xdf),
  }],
];

/** Pseudo-random parts, the same at each run. */
function* someParts(count: number): Generator<PfidParts> {
  let seed = 1;
  const next = (limit: number): number => {
    seed = (seed * 48271) % 2147483647;
    return Math.floor(seed / 2147483647 * limit);
  };
  for (let n = 0; n < count; n++) {
    const randomness = Uint8Array.from({ length: 10 }, () => next(256));
    yield { timestamp: next(2 ** 24) * 2 ** 24 + next(2 ** 24), partition: next(2 ** 30), randomness };
  }
}

/** Uses up the supply of random bytes. */
function useUpStore(): void {
  for (let n = 0; n < 100; n++) createPfid({ partition: 3, timestamp: 0 });
}

/** Asserts that the call rejects its argument with this message. */
function assertRefused(call: () => unknown, message: string): void {
  assertEquals(assertThrows(call, PrefactorClientError).message, message);
}

Deno.test("isPfid() accepts 32 digits of lower-case Crockford base 32, the first from 0 to 7", () => {
  for (const [pfid] of VECTORS) assert(isPfid(pfid), pfid);
  const rest = "0".repeat(31);
  for (const digit of "01234567") assert(isPfid(digit + rest), digit);
  for (const character of "89abcdefghjkmnpqrstvwxyz") assertFalse(isPfid(character + rest), character);
  for (const digit of "0123456789abcdefghjkmnpqrstvwxyz") assert(isPfid(rest + digit), digit);
  for (const character of "ilou-_ .AZÄ٣\u0000\n") assertFalse(isPfid(rest + character), character);
});

Deno.test("isPfid() rejects upper case, other lengths and values that are not strings", () => {
  const pfid = "01jzf8g3kt00000a0123456789abcdef";
  const table: unknown[] = [
    ...[pfid.toUpperCase(), `${pfid}0`, pfid.slice(1), `${pfid}\n`, ` ${pfid}`, ""],
    ...[null, undefined, 0, 1n, [pfid], { toString: () => pfid }, new String(pfid), Symbol(pfid)],
  ];
  for (const value of table) assertFalse(isPfid(value), Deno.inspect(value));
});

Deno.test("formatPfid() and parsePfid() agree with IDs computed by hand", () => {
  for (const [pfid, parts] of VECTORS) {
    assertEquals(formatPfid(parts), pfid);
    assertEquals(parsePfid(pfid), parts);
  }
});

Deno.test("formatPfid() and parsePfid() are inverse", () => {
  for (const parts of someParts(2_000)) {
    const pfid = formatPfid(parts);
    assert(isPfid(pfid), pfid);
    assertEquals(parsePfid(pfid), parts);
  }
});

Deno.test("formatPfid() and parsePfid() agree with @prefactor/pfid", () => {
  for (const parts of someParts(500)) {
    const binary = Buffer.alloc(20);
    binary.writeUIntBE(parts.timestamp, 0, 6);
    binary.writeUInt32BE(parts.partition, 6);
    binary.set(parts.randomness, 10);
    const pfid = formatPfid(parts);
    assertEquals(pfid, official.encode(binary));
    assertEquals(new Uint8Array(official.decode(pfid)), new Uint8Array(binary));
  }
});

Deno.test("formatPfid() sorts IDs by time first, then by partition", () => {
  const parts = [...someParts(500)].sort((a, b) => a.timestamp - b.timestamp);
  const pfids = parts.map(formatPfid);
  assertEquals(pfids.toSorted(), pfids);
  assertLess(
    formatPfid({ timestamp: 1, partition: 1, randomness: new Uint8Array(10).fill(255) }),
    formatPfid({ timestamp: 1, partition: 2, randomness: ZEROS }),
  );
});

Deno.test("formatPfid() accepts subclasses and views of Uint8Array", () => {
  const around = Uint8Array.from({ length: 30 }, (_, index) => index);
  const randomness = around.subarray(7, 17);
  const pfid = formatPfid({ timestamp: 5, partition: 6, randomness });
  assertEquals(parsePfid(pfid).randomness, randomness);
  assertEquals(formatPfid({ timestamp: 5, partition: 6, randomness: Buffer.from(randomness) }), pfid);
});

Deno.test("formatPfid() rejects parts that are out of range, and names them", () => {
  const parts = { timestamp: 0, partition: 0, randomness: ZEROS };
  const table: [wrong: object, name: string, expected: string, shown: string][] = [
    [{ timestamp: -1 }, "timestamp", "an integer from 0 to 281474976710655", "-1"],
    [{ timestamp: 2 ** 48 }, "timestamp", "an integer from 0 to 281474976710655", "281474976710656"],
    [{ timestamp: 1.5 }, "timestamp", "an integer from 0 to 281474976710655", "1.5"],
    [{ timestamp: Number.NaN }, "timestamp", "an integer from 0 to 281474976710655", "NaN"],
    [{ timestamp: undefined }, "timestamp", "an integer from 0 to 281474976710655", "undefined"],
    [
      { timestamp: new Date(0) },
      "timestamp",
      "an integer from 0 to 281474976710655",
      "1970-01-01T00:00:00.000Z",
    ],
    [{ partition: -1 }, "partition", "an integer from 0 to 1073741823", "-1"],
    [{ partition: 2 ** 30 }, "partition", "an integer from 0 to 1073741823", "1073741824"],
    [{ partition: "1" }, "partition", "an integer from 0 to 1073741823", '"1"'],
    [{ randomness: new Uint8Array(9) }, "randomness", "a Uint8Array of 10 bytes", "an object"],
    [{ randomness: new Uint8Array(11) }, "randomness", "a Uint8Array of 10 bytes", "an object"],
    [{ randomness: Array(10).fill(0) }, "randomness", "a Uint8Array of 10 bytes", "an array of 10 items"],
    [{ randomness: new Uint16Array(10) }, "randomness", "a Uint8Array of 10 bytes", "an object"],
  ];
  for (const [wrong, name, expected, shown] of table) {
    assertRefused(
      () => formatPfid({ ...parts, ...wrong }),
      `Cannot format the PFID: '${name}' must be ${expected}, but is ${shown}`,
    );
  }
});

Deno.test("parsePfid() and relatedPfid() reject values that are not PFIDs", () => {
  const table: [value: unknown, shown: string][] = [
    ["", '""'],
    ["i-1", '"i-1"'],
    ["01JZF8G3KT00000A0123456789ABCDEF", '"01JZF8G3KT00000A0123456789ABCDEF"'],
    [`8${"0".repeat(31)}`, `"8${"0".repeat(31)}"`],
    [null, "null"],
  ];
  for (const [value, shown] of table) {
    assertRefused(
      () => parsePfid(value as string),
      `Cannot parse the PFID: 'pfid' must be a PFID, but is ${shown}`,
    );
    assertRefused(
      () => relatedPfid(value as string),
      `Cannot create the PFID: 'id' must be a PFID, but is ${shown}`,
    );
  }
});

Deno.test("createPfid() writes the partition and the timestamp", () => {
  for (const { timestamp, partition } of [...someParts(100), ...VECTORS.map(([, parts]) => parts)]) {
    const parts = parsePfid(createPfid({ partition, timestamp }));
    assertEquals([parts.timestamp, parts.partition], [timestamp, partition]);
  }
});

Deno.test("createPfid() and relatedPfid() take the time from Date, looked up at the call", () => {
  using time = new FakeTime(1_714_979_289_123);
  assertEquals(parsePfid(createPfid({ partition: 1 })).timestamp, 1_714_979_289_123);
  time.tick(1);
  assertEquals(parsePfid(createPfid({ partition: 1, timestamp: undefined })).timestamp, 1_714_979_289_124);
  time.tick(1);
  const related = relatedPfid("0".repeat(32));
  assertEquals(parsePfid(related).timestamp, 1_714_979_289_125);
});

Deno.test("relatedPfid() stays in the partition of the ID", () => {
  for (const parts of someParts(100)) {
    const related = parsePfid(relatedPfid(formatPfid(parts), { timestamp: 7 }));
    assertEquals([related.timestamp, related.partition], [7, parts.partition]);
    assertFalse(related.randomness.every((byte, index) => byte === parts.randomness[index]));
  }
});

Deno.test("createPfid() and relatedPfid() sort the IDs of one millisecond in the order of creation", () => {
  using time = new FakeTime(1_714_979_289_123);
  const pfids = [createPfid({ partition: 3 })];
  for (let n = 0; n < 20_000; n++) {
    if (n % 5_000 === 0) time.tick(1);
    createPfid({ partition: 2 }); // an ID of another account or time has no effect
    createPfid({ partition: 3, timestamp: 0 });
    pfids.push(n % 2 === 0 ? createPfid({ partition: 3 }) : relatedPfid(pfids[0]!));
  }
  assertEquals(pfids.toSorted(), pfids);
  assertEquals(new Set(pfids).size, pfids.length);
});

Deno.test("createPfid() makes the first ID random too", () => {
  const { randomness } = copy.parsePfid(copy.createPfid({ partition: 0, timestamp: 0 }));
  assert(randomness.some((byte) => byte !== 0));
});

Deno.test("createPfid() does not repeat random bytes", () => {
  const pfids = Array.from({ length: 1_000 }, () => createPfid({ partition: 3, timestamp: 0 }));
  assertEquals(new Set(pfids).size, pfids.length);
});

Deno.test("createPfid() counts up from the highest random number without a carry", () => {
  using _time = new FakeTime(2 ** 40);
  const { getRandomValues } = crypto;
  crypto.getRandomValues = <T>(array: T) => {
    (array as unknown as Uint8Array).fill(255);
    return array;
  };
  try {
    useUpStore();
    const [first, second] = [createPfid({ partition: 3 }), createPfid({ partition: 3 })];
    assertEquals(parsePfid(first).randomness, bytes(255, 255, 255, 255, 255, 127, 255, 255, 255, 255));
    assertEquals(parsePfid(second).randomness, bytes(255, 255, 255, 255, 255, 128, 0, 0, 0, 0));
    assertLess(first, second);
  } finally {
    crypto.getRandomValues = getRandomValues;
    useUpStore();
  }
});

Deno.test("parsePfid() returns bytes that no other ID shares", () => {
  const [pfid, parts] = VECTORS[1]!;
  const parsed = parsePfid(pfid);
  parsePfid(VECTORS[0]![0]);
  createPfid({ partition: 3, timestamp: 0 });
  assertEquals(parsed, parts);
});

Deno.test("createPfid() makes every bit of the randomness random", () => {
  const ones = new Array(80).fill(0);
  const count = 2_000;
  for (let n = 0; n < count; n++) {
    const { randomness } = parsePfid(createPfid({ partition: 0, timestamp: 0 }));
    for (let bit = 0; bit < 80; bit++) ones[bit] += randomness[bit >> 3]! >> bit % 8 & 1;
  }
  for (const share of ones.map((sum) => sum / count)) assert(share > 0.4 && share < 0.6, String(share));
});

Deno.test("createPfid() and relatedPfid() reject a partition or a timestamp that is out of range", () => {
  for (const partition of [-1, 2 ** 30, 0.5, Number.NaN, null, "1"]) {
    assertThrows(
      () => createPfid({ partition: partition as number }),
      PrefactorClientError,
      "Cannot create the PFID: 'partition' must be an integer from 0 to 1073741823",
    );
  }
  for (const timestamp of [-1, 2 ** 48, 0.5, Number.NaN, null, "1", new Date(0)] as number[]) {
    const message = "Cannot create the PFID: 'timestamp' must be an integer from 0 to 281474976710655";
    assertThrows(() => createPfid({ partition: 0, timestamp }), PrefactorClientError, message);
    assertThrows(() => relatedPfid("0".repeat(32), { timestamp }), PrefactorClientError, message);
  }
});

Deno.test("this package and @prefactor/pfid read each other's IDs", () => {
  const partition = official.generatePartition();
  const theirs = official.generateWithTimestamp(partition, 1_714_979_289_123);
  const parts = parsePfid(theirs);
  assertEquals([parts.timestamp, parts.partition], [1_714_979_289_123, partition]);
  const ours = relatedPfid(theirs);
  assert(official.isPfid(ours));
  assertEquals(official.extractPartition(ours), partition);
});
