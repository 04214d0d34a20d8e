import { assert, assertEquals, assertFalse, assertStrictEquals } from "@std/assert";
import {
  findIssue,
  formatValue,
  hasOneOf,
  hasValidDates,
  isAbsentOr,
  isArray,
  isArrayOf,
  isBoolean,
  isDateTime,
  isFilledString,
  isIntegerIn,
  isLiteral,
  isMapOf,
  isNumber,
  isObject,
  isOneOf,
  isPlainObject,
  isSafeInteger,
  isString,
  isStringArray,
  isTimestamp,
} from "../src/guards.ts";

type Guard = (value: unknown) => boolean;

const COLOURS = ["red", "green"] as const;

/** Values of every kind, each of which a guard below accepts or rejects. */
const VALUES: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -1,
  1.5,
  Number.NaN,
  Infinity,
  2 ** 53 - 1,
  2 ** 53,
  1n,
  "",
  "red",
  "blue",
  "2024-05-06T07:08:09Z",
  Symbol.iterator,
  isString,
  [],
  ["red"],
  ["red", 1],
  {},
  { a: "red" },
  { a: "red", b: 1 },
  Object.create(null),
  new Date(0),
  new Date(Number.NaN),
];

Deno.test("each guard accepts its own kind of value and rejects all others", () => {
  const [empty, strings, mixed, bare, date] = VALUES.slice(21);
  const table: [name: string, guard: Guard, accepted: unknown[]][] = [
    ["isString()", isString, ["", "red", "blue", "2024-05-06T07:08:09Z"]],
    ["isFilledString()", isFilledString, ["red", "blue", "2024-05-06T07:08:09Z"]],
    ["isBoolean()", isBoolean, [true, false]],
    ["isNumber()", isNumber, [0, -1, 1.5, Number.NaN, Infinity, 2 ** 53 - 1, 2 ** 53]],
    ["isSafeInteger()", isSafeInteger, [0, -1, 2 ** 53 - 1]],
    ["isIntegerIn()", (value) => isIntegerIn(value, -1, 0), [0, -1]],
    ["isLiteral()", (value) => isLiteral(value, "red"), ["red"]],
    ["isOneOf()", (value) => isOneOf(value, COLOURS), ["red"]],
    ["isDateTime()", isDateTime, ["2024-05-06T07:08:09Z"]],
    ["isTimestamp()", isTimestamp, ["2024-05-06T07:08:09Z", date]],
    ["isAbsentOr()", (value) => isAbsentOr(value, isBoolean), [undefined, null, true, false]],
    ["isArray()", isArray, [VALUES[18], VALUES[19], VALUES[20]]],
    ["isArrayOf()", (value) => isArrayOf(value, isString), [VALUES[18], VALUES[19]]],
    ["isStringArray()", isStringArray, [VALUES[18], VALUES[19]]],
    ["isObject()", isObject, [empty, strings, mixed, bare]],
    ["isPlainObject()", isPlainObject, [empty, strings, mixed, bare]],
    ["isMapOf()", (value) => isMapOf(value, isString), [empty, strings, bare]],
  ];
  for (const [name, guard, accepted] of table) {
    assertEquals(VALUES.filter((value) => guard(value)), accepted, name);
  }
});

Deno.test("isDateTime() accepts ISO 8601 date-times", () => {
  const table = [
    "2024-05-06T07:08:09Z",
    "2024-05-06T07:08:09.1Z",
    "2024-05-06T07:08:09.123Z",
    "2024-05-06T07:08:09.123456Z",
    "2024-05-06T07:08:09.123456789Z",
    "2024-05-06T07:08:09",
    "2024-05-06T07:08:09.5",
    "2024-05-06T07:08Z",
    "2024-05-06T07:08",
    "2024-05-06T07:08:09+00:00",
    "2024-05-06T07:08:09-00:00",
    "2024-05-06T07:08:09+14:00",
    "2024-05-06T07:08:09-0930",
    "2024-05-06T00:00:00Z",
    "2024-05-06T23:59:59Z",
    "2016-12-31T23:59:60Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
    "2024-01-31T00:00:00Z",
    "2024-04-30T00:00:00Z",
    "2023-02-28T00:00:00Z",
    "2024-02-29T00:00:00Z",
    "2000-02-29T00:00:00Z",
    new Date(0).toISOString(),
  ];
  for (const text of table) assert(isDateTime(text), text);
});

Deno.test("isDateTime() rejects other values", () => {
  const table: unknown[] = [
    "",
    " ",
    "abc",
    "now",
    "0",
    "1714979289",
    "2024",
    "2024-05",
    "2024-05-06",
    "2024-05-06T",
    "2024-05-06Z",
    "07:08:09Z",
    "T07:08:09Z",
    "2024-00-06T07:08:09Z",
    "2024-13-01T00:00:00Z",
    "2024-05-00T07:08:09Z",
    "2024-05-32T07:08:09Z",
    "2024-04-31T00:00:00Z",
    "2024-06-31T00:00:00Z",
    "2024-09-31T00:00:00Z",
    "2024-11-31T00:00:00Z",
    "2024-02-30T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2100-02-29T00:00:00Z",
    "2024-05-06T25:00:00Z",
    "2024-05-06T07:60:00Z",
    "2024-05-06T07:08:61Z",
    "2024-05-06T07:08:09.Z",
    "2024-05-06T7:08:09Z",
    "2024-05-06T07:08:9Z",
    "2024-5-6T07:08:09Z",
    "24-05-06T07:08:09Z",
    "12024-05-06T07:08:09Z",
    "-2024-05-06T07:08:09Z",
    "2024-05-06T07:08:09X",
    "2024-05-06T07:08:09ZZ",
    "2024-05-06T07:08:09+24:00",
    "2024-05-06T07:08:09+02:60",
    "2024-05-06T07:08:09+2:00",
    "2024-05-06T07:08:09 UTC",
    "2024-05-06T07:08:09Z[UTC]",
    " 2024-05-06T07:08:09Z",
    "2024-05-06T07:08:09Z ",
    "2024-05-06T07:08:09Z\n",
    "2024/05/06 07:08:09",
    "Mon, 06 May 2024 07:08:09 GMT",
    "May 6, 2024 07:08:09",
    "٢٠٢٤-05-06T07:08:09Z",
    1714979289,
    new Date(0),
    ["2024-05-06T07:08:09Z"],
    { toString: () => "2024-05-06T07:08:09Z" },
  ];
  for (const value of table) assertFalse(isDateTime(value), Deno.inspect(value));
});

Deno.test("isDateTime() rejects a long text quickly", () => {
  assertFalse(isDateTime(`2024-05-06T07:08:09.${"1".repeat(1_000_000)}!`));
});

Deno.test("isTimestamp() accepts a valid Date or a date-time, and the issue names both", () => {
  const expected = "a valid Date or an ISO 8601 date-time";
  for (const value of [new Date(0), new Date(), "2024-05-06T07:08:09Z"]) assert(isTimestamp(value));
  for (const value of [new Date(Number.NaN), new Date("abc"), "abc", "2024-13-01T00:00:00Z", 0, null]) {
    assertEquals(findIssue(isTimestamp, value), { path: "", expected, value });
  }
});

Deno.test("isTimestamp() accepts a Date in the years 0 to 9999", () => {
  const [first, last] = [Date.parse("0000-01-01T00:00:00Z"), Date.parse("9999-12-31T23:59:59.999Z")];
  for (const time of [first, last]) assert(isTimestamp(new Date(time)), String(time));
  for (const time of [first - 1, last + 1, -8.64e15, 8.64e15]) {
    assertFalse(isTimestamp(new Date(time)), String(time));
  }
});

Deno.test("hasOneOf() accepts a string in exactly one of two fields", () => {
  const table: [value: Record<string, unknown>, issue?: [path: string, expected: string]][] = [
    [{ a: "x" }],
    [{ a: "x", b: null }],
    [{ b: "" }],
    [{ a: undefined, b: "x" }],
    [{}, ["b", "a string if 'a' is absent"]],
    [{ a: null, b: 1 }, ["b", "a string if 'a' is absent"]],
    [{ a: 1 }, ["a", "a string"]],
    [{ a: 1, b: "x" }, ["a", "a string"]],
    [{ a: "x", b: "x" }, ["b", "absent if 'a' is given"]],
    [{ a: "x", b: 1 }, ["b", "absent if 'a' is given"]],
  ];
  for (const [value, expected] of table) {
    const issue = findIssue((value) => hasOneOf(value as typeof table[0][0], "a", "b"), value);
    assertEquals(issue && [issue.path, issue.expected], expected);
  }
});

Deno.test("isIntegerIn() names the range", () => {
  assertEquals(findIssue((value) => isIntegerIn(value, 1, 100), 101), {
    path: "",
    expected: "an integer from 1 to 100",
    value: 101,
  });
});

Deno.test("isPlainObject() accepts own fields and methods of a class", () => {
  class Params {
    agent_id = "a-1";
    describe() {
      return this.agent_id;
    }
  }
  class More extends Params {
    override describe() {
      return "";
    }
  }
  const table = [new Params(), new More(), Object.create({}), Object.create(Object.create(null))];
  for (const value of table) assert(isPlainObject(value), Deno.inspect(value));
});

Deno.test("isPlainObject() rejects inherited fields, which JSON leaves out", () => {
  class Getter {
    get agent_id() {
      return "a-1";
    }
  }
  const withoutRoot = Object.assign(Object.create(null), { agent_id: "a-1" });
  const table = [
    Object.create({ agent_id: "a-1" }),
    Object.create(Object.create({ agent_id: "a-1" })),
    Object.create(withoutRoot),
    Object.create(Object.defineProperty({}, "agent_id", { value: "a-1" })),
    new Getter(),
    new (class extends Getter {})(),
    new Map(),
  ];
  for (const value of table) {
    assertFalse(isPlainObject(value), Deno.inspect(value));
    assertEquals(findIssue((outer) => isObject(outer) && isPlainObject(outer["inner"]), { inner: value }), {
      path: "inner",
      expected: "an object without inherited fields",
      value,
    });
  }
});

/** An object that contains itself. */
function cycle(): Record<string, unknown> {
  const value: Record<string, unknown> = { list: [] };
  value["self"] = value;
  (value["list"] as unknown[]).push(value);
  return value;
}

Deno.test("hasValidDates() accepts values without an invalid Date", () => {
  const table: object[] = [
    {},
    [],
    { at: new Date(0), list: [new Date(0), { at: new Date(0) }] },
    { at: "2024-13-01T00:00:00Z", none: null, absent: undefined, f: () => new Date(Number.NaN) },
    { own: { toJSON: () => 1, at: new Date(Number.NaN) } },
    { map: new Map([["at", new Date(Number.NaN)]]), bytes: new Uint8Array(1_000) },
    {
      get broken() {
        throw new Error("cannot be read");
      },
    },
    cycle(),
  ];
  for (const value of table) assert(hasValidDates(value), Deno.inspect(value));
});

Deno.test("hasValidDates() names the first invalid Date at any depth", () => {
  const invalid = new Date(Number.NaN);
  const shared = { at: new Date(0) };
  const table: [value: object, path: string][] = [
    [{ at: invalid }, "at"],
    [[new Date(0), invalid], "[1]"],
    [{ a: { b: [{}, { c: invalid }] }, d: 1 }, "a.b[1].c"],
    [{ first: { at: invalid }, second: invalid }, "second"],
    [{ first: shared, second: [shared, { at: new Date(8.64e15) }] }, "second[1].at"],
    [{ ...cycle(), deep: { at: invalid } }, "deep.at"],
    [Object.assign(Object.create(null), { at: invalid }), "at"],
  ];
  for (const [value, path] of table) {
    assertFalse(hasValidDates(value), path);
    const issue = findIssue((value) => hasValidDates(value as object), value);
    assertEquals([issue?.path, issue?.expected], [path, "a valid Date or an ISO 8601 date-time"]);
  }
});

Deno.test("hasValidDates() reaches a Date that is 100,000 levels deep", () => {
  let value: object = { at: new Date(Number.NaN) };
  for (let level = 0; level < 100_000; level++) value = { inner: value };
  assertFalse(hasValidDates(value));
  assertEquals(findIssue((value) => hasValidDates(value as object), value)?.path.length, 600_002);
});

Deno.test("isArrayOf() and isMapOf() stop at the first invalid entry", () => {
  const seen = new Set<unknown>();
  const isSmall = (value: unknown): value is number => {
    seen.add(value);
    return Number(value) < 3;
  };
  assertFalse(isArrayOf([1, 2, 3, 4], isSmall));
  assertFalse(isMapOf({ a: 1, b: 5, c: 6 }, isSmall));
  assertEquals([...seen], [1, 2, 3, 5]);
});

Deno.test("isArrayOf() checks the holes of an array", () => {
  assertFalse(isArrayOf(new Array(1), isString));
  assertEquals(findIssue((value) => isArrayOf(value, isString), ["a"].concat(new Array(2)))?.path, "[1]");
});

Deno.test("isMapOf() checks only own fields", () => {
  assert(isMapOf(Object.create({ a: 1 }), isString));
  assertFalse(isMapOf(JSON.parse('{ "__proto__": 1 }'), isString));
});

Deno.test("findIssue() returns undefined for a valid value", () => {
  assertEquals(findIssue(isString, "a"), undefined);
  assertEquals(findIssue((value) => isMapOf(value, isString), { a: "b" }), undefined);
});

Deno.test("findIssue() returns the path, the expected and the actual value", () => {
  const isPoint = (value: unknown): value is object =>
    isObject(value) && isString(value["name"]) && isSafeInteger(value["x"]);
  const isShape = (value: unknown) =>
    isObject(value) && isArrayOf(value["points"], isPoint) && isAbsentOr(value["tags"], isTags);
  const isTags = (value: unknown): value is object => isMapOf(value, isString);
  const ok = { name: "a", x: 1 };
  const table: [value: unknown, path: string, expected: string, found: unknown][] = [
    [null, "", "an object", null],
    [[], "", "an object", []],
    [{}, "points", "an array", undefined],
    [{ points: { length: 0 } }, "points", "an array", { length: 0 }],
    [{ points: [null] }, "points[0]", "an object", null],
    [{ points: [ok, []] }, "points[1]", "an object", []],
    [{ points: [ok, ok, { name: 5 }] }, "points[2].name", "a string", 5],
    [{ points: [{ name: "a" }] }, "points[0].x", "a safe integer", undefined],
    [{ points: [], tags: [] }, "tags", "an object", []],
    [{ points: [], tags: { a: "b", c: 1 } }, "tags.c", "a string", 1],
    [{ points: [], tags: { "": 1 } }, "tags.", "a string", 1],
    [{ points: [], tags: { "a.b": 1 } }, "tags.a.b", "a string", 1],
    [{ points: [], tags: { 7: 1 } }, "tags.7", "a string", 1],
  ];
  for (const [value, path, expected, found] of table) {
    assertEquals(findIssue(isShape, value), { path, expected, value: found });
  }
});

Deno.test("findIssue() returns the first of several issues", () => {
  const guard = (value: unknown) => isObject(value) && isString(value["a"]) && isString(value["b"]);
  assertEquals(findIssue(guard, { b: 1, a: 2 })?.path, "a");
});

Deno.test("findIssue() returns the path of a key that objects or arrays inherit", () => {
  const guard = (value: unknown) => isMapOf(value, isString);
  for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "length", "then"]) {
    const value = JSON.parse(`{ "first": "a", "${key}": 1, "last": "a" }`);
    assertEquals(findIssue(guard, value), { path: key, expected: "a string", value: 1 });
    const deep = JSON.parse(`{ "first": "a", "${key}": { "${key}": 1 } }`);
    const isDeep = (inner: unknown): inner is object => isString(inner) || isMapOf(inner, isString);
    assertEquals(findIssue((outer) => isMapOf(outer, isDeep), deep), {
      path: `${key}.${key}`,
      expected: "a string",
      value: 1,
    });
  }
});

Deno.test("findIssue() returns the identical value, even from frozen input", () => {
  const found = Object.freeze([Object.freeze({ a: 1 })]);
  const value = Object.freeze({ list: Object.freeze([Object.freeze({ name: found })]) });
  const isNamed = (item: unknown): item is object => isObject(item) && isString(item["name"]);
  const issue = findIssue((outer) => isObject(outer) && isArrayOf(outer["list"], isNamed), value);
  assertEquals(issue?.path, "list[0].name");
  assertStrictEquals(issue?.value, found);
});

Deno.test("findIssue() reads only the invalid entry of a large map or array through a proxy", () => {
  const isOutput = (value: unknown): value is object => isObject(value) && isString(value["status"]);
  const isOutputs = (value: unknown) => isObject(value) && isMapOf(value["outputs"], isOutput);
  const isRows = (value: unknown) => isObject(value) && isArrayOf(value["rows"], isOutput);
  const entries = Array.from({ length: 20_000 }, (_, n) => [`key-${n}`, { status: "success" as unknown }]);
  entries.push(["last", { status: 5 }]);
  const table: [guard: (value: unknown) => boolean, value: object, path: string][] = [
    [isOutputs, { outputs: Object.fromEntries(entries) }, "outputs.last.status"],
    [isRows, { rows: entries.map(([, output]) => output) }, "rows[20000].status"],
  ];
  for (const [guard, value, path] of table) {
    const { Proxy } = globalThis;
    let proxies = 0;
    globalThis.Proxy = new Proxy(Proxy, {
      construct(target, args) {
        proxies++;
        return Reflect.construct(target, args);
      },
    });
    try {
      assertEquals(findIssue(guard, value), { path, expected: "a string", value: 5 });
    } finally {
      globalThis.Proxy = Proxy;
    }
    assertEquals(proxies, 3); // of the value, the map or array, and the entry
  }
});

Deno.test("findIssue() does not change the value", () => {
  const value = { list: [{ name: 1 }] };
  const before = structuredClone(value);
  const isNamed = (item: unknown): item is object => isObject(item) && isString(item["name"]);
  findIssue((outer) => isObject(outer) && isArrayOf(outer["list"], isNamed), value);
  assertEquals(value, before);
});

Deno.test("formatValue() describes a value briefly", () => {
  const table: [value: unknown, text: string][] = [
    [undefined, "undefined"],
    [null, "null"],
    [true, "true"],
    [0, "0"],
    [-1.5, "-1.5"],
    [Number.NaN, "NaN"],
    [Infinity, "Infinity"],
    [10n, "10"],
    ["", '""'],
    ['a "b"\n', '"a \\"b\\"\\n"'],
    ["x".repeat(60), `"${"x".repeat(60)}"`],
    ["x".repeat(61), `"${"x".repeat(60)}…"`],
    ["\ud83d", '"\\ud83d"'],
    [[], "an array of 0 items"],
    [[1], "an array of 1 item"],
    [[1, 2], "an array of 2 items"],
    [{}, "an object"],
    [{ toString: () => "secret" }, "an object"],
    [Object.create(null), "an object"],
    [new Map(), "an object"],
    [() => 1, "a function"],
    [class A {}, "a function"],
    [Symbol("a"), "a symbol"],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
    [new Date(Number.NaN), "an invalid Date"],
  ];
  for (const [value, text] of table) assertEquals(formatValue(value), text);
});
