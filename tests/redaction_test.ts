import { assert, assertEquals, assertFalse, assertInstanceOf, assertLessOrEqual } from "@std/assert";
import { reasonOf, Redactor } from "../src/redaction.ts";
import { TOKEN } from "./helpers.ts";

const redactor = new Redactor(TOKEN);

/** The maximum size of a redacted value, in characters of JSON. */
const MAX_JSON = 64 * 1024;

/** Returns arrays that are nested `depth` levels deep. */
function nested(depth: number, innermost: unknown): unknown {
  let value = innermost;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

const FORMS: [form: string, text: string][] = [
  ["as it is", TOKEN],
  ["in JSON", JSON.stringify(TOKEN).slice(1, -1)],
  ["in JSON with escaped slashes", TOKEN.replaceAll("/", "\\/")],
  ["in a URL", encodeURIComponent(TOKEN)],
];

for (const [form, text] of FORMS) {
  Deno.test(`Redactor.text() replaces every token ${form}`, () => {
    assertEquals(redactor.text(`a ${text}, b ${text}.`), "a [redacted], b [redacted].");
  });
}

Deno.test("Redactor.text() replaces a token with characters that JSON escapes", () => {
  const secret = 'quo"te\\back';
  const redactor = new Redactor(secret);
  assertEquals(redactor.text(JSON.stringify({ secret })), '{"secret":"[redacted]"}');
  assertEquals(redactor.text(`?${new URLSearchParams({ secret })}`), "?secret=[redacted]");
});

Deno.test("Redactor.text() accepts a token with a lone surrogate", () => {
  assertEquals(new Redactor("lone\ud800surrogate").text("a lone\ud800surrogate"), "a [redacted]");
});

Deno.test("Redactor keeps a token of fewer than 6 characters", () => {
  const redactor = new Redactor("token");
  assertEquals(redactor.text("a token"), "a token");
  assertEquals(redactor.redact({ token: "token" }), { token: "token" });
  assertEquals(new Redactor("tokens").text("two tokens"), "two [redacted]");
});

Deno.test("Redactor.start() marks a text that it cuts", () => {
  const long = "x".repeat(1_000);
  assertEquals(redactor.start("12345", 5), "12345");
  assertEquals(redactor.start("", 0), "");
  assertEquals(redactor.start("123456", 5), "12345[cut]");
  assertEquals(redactor.start(long, 5), "xxxxx[cut]");
  assertEquals(redactor.start(long, 5, "…"), "xxxxx…");
});

Deno.test("Redactor.start() shows no part of a token, wherever the text is cut", () => {
  for (const [form, token] of FORMS) {
    for (let before = 0; before < 300; before++) {
      const start = redactor.start("x".repeat(before) + token + "y".repeat(1_000), 200);
      assertFalse(start.includes("eyJ"), `${form} after ${before} characters: ${start}`);
      assertLessOrEqual(start.length, 200 + "[cut]".length);
    }
  }
});

Deno.test("Redactor.start() shows no part of a token in a text that is full of tokens", () => {
  for (const [form, token] of FORMS) {
    for (const maxLength of [60, 200, 256, 1_000]) {
      for (let filler = 0; filler < 300; filler += 7) {
        const start = redactor.start(token + "x".repeat(filler) + token.repeat(60), maxLength);
        assertFalse(start.includes("eyJ"), `${form}, ${maxLength}, ${filler}: ${start}`);
      }
    }
  }
});

Deno.test("Redactor.start() does not mark a text that is short enough without the token", () => {
  assertEquals(redactor.start(`a ${TOKEN}`, 100), "a [redacted]");
});

Deno.test("Redactor.redact() copies a JSON value without the token in its strings, keys and numbers", () => {
  const numeric = new Redactor("12345678");
  const value = {
    text: `a ${TOKEN}`,
    [`key ${TOKEN}`]: [TOKEN, { deep: TOKEN }],
    number: 7,
    truth: true,
    nothing: null,
  };
  const before = structuredClone(value);
  const copy = redactor.redact(value);
  assertEquals<unknown>(copy, {
    text: "a [redacted]",
    "key [redacted]": ["[redacted]", { deep: "[redacted]" }],
    number: 7,
    truth: true,
    nothing: null,
  });
  assertEquals(value, before);
  assertEquals(numeric.redact([12345678, 1234567]), ["[redacted]", 1234567]);
});

Deno.test("Redactor.redact() copies a field named __proto__ as a field", () => {
  const copy = redactor.redact(JSON.parse('{"__proto__":{"polluted":true}}')) as object;
  assertEquals(Object.getPrototypeOf(copy), Object.prototype);
  assertEquals(JSON.stringify(copy), '{"__proto__":{"polluted":true}}');
});

Deno.test("Redactor.redact() cuts what is nested more than 100 levels deep", () => {
  assertEquals(redactor.redact(nested(100, "inside")), nested(100, "inside"));
  assertEquals(redactor.redact(nested(101, "inside")), nested(100, "[nested too deep]"));
  assertEquals(redactor.redact(nested(100_000, "inside")), nested(100, "[nested too deep]"));
});

for (
  const [name, value] of [
    ["a long string", "x".repeat(1_000_000)],
    ["a long string that JSON escapes", "\u0001".repeat(1_000_000)],
    ["a long key", { ["k".repeat(1_000_000)]: 1 }],
    ["many items", Array.from({ length: 100_000 }, (_, index) => index)],
    ["many empty objects", Array.from({ length: 100_000 }, () => ({}))],
    [
      "many fields",
      Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`field_${index}`, null])),
    ],
    [
      "long strings in many fields",
      Array.from({ length: 1_000 }, (_, index) => ({ [index]: "x".repeat(2_000) })),
    ],
    ["long numbers", Array.from({ length: 10_000 }, () => Math.PI * 1e-100)],
    ["arrays in arrays", Array.from({ length: 5_000 }, () => nested(20, "inside"))],
  ] satisfies [string, unknown][]
) {
  Deno.test(`Redactor.redact() bounds ${name}`, () => {
    const json = JSON.stringify(redactor.redact(value));
    assert(json.includes("[cut]"), json.slice(-100));
    assertLessOrEqual(json.length, MAX_JSON);
  });
}

Deno.test("Redactor.redact() cuts long strings before it leaves out fields", () => {
  const fields = Array.from({ length: 20 }, (_, index) => [`field_${index}`, "x".repeat(10_000)]);
  const copy = redactor.redact(Object.fromEntries(fields)) as Record<string, string>;
  assertEquals(Object.keys(copy), fields.map(([name]) => name));
  for (const text of Object.values(copy)) assert(/^x+\[cut\]$/.test(text), text.slice(-20));
});

Deno.test("Redactor.formatValue() formats a value without the token", () => {
  assertEquals(redactor.formatValue(`Bearer ${TOKEN}`), '"Bearer [redacted]"');
  assertEquals(redactor.formatValue({ TOKEN }), "an object");
  assertEquals(redactor.formatValue(3), "3");
});

Deno.test("Redactor.cause() returns a primitive as it is, and a string without the token", () => {
  for (const value of [undefined, null, 7, true, 5n]) assertEquals(redactor.cause(value), value);
  assertEquals(redactor.cause(`no ${TOKEN}`), "no [redacted]");
  assertEquals(redactor.cause(Symbol(TOKEN)), "Symbol([redacted])");
});

Deno.test("Redactor.cause() rebuilds an error from name, message, code and stack, without the token", () => {
  const error = Object.assign(new TypeError(`no ${TOKEN}`), {
    code: `E_${TOKEN}`,
    request: new Request("https://api.example.test", { headers: { authorization: TOKEN } }),
    config: { token: TOKEN },
  });
  const copy = redactor.cause(error);
  assertInstanceOf(copy, Error);
  assertEquals(
    [copy.name, copy.message, (copy as Error & { code: string }).code],
    ["TypeError", "no [redacted]", "E_[redacted]"],
  );
  assert(copy.stack?.includes("no [redacted]"));
  assertEquals(Object.keys(copy), []);
  const text = [Deno.inspect(copy, { depth: 10, showHidden: true }), copy.stack, String(copy)].join();
  assertFalse(text.includes("eyJ"), text);
});

Deno.test("Redactor.cause() rebuilds the causes of a cause, and the first error of an AggregateError", () => {
  const socket = Object.assign(new Error(`to ${TOKEN}`), { code: 111 });
  const copy = redactor.cause(new TypeError("fetch failed", { cause: new AggregateError([socket]) }));
  assertInstanceOf(copy, Error);
  const aggregate = copy.cause as Error;
  assertEquals(aggregate.name, "AggregateError");
  const inner = aggregate.cause as Error & { code: string };
  assertEquals([inner.message, inner.code], ["to [redacted]", "111"]);
});

Deno.test("Redactor.cause() keeps five nested causes, even of an error that causes itself", () => {
  const error = new Error("again");
  error.cause = error;
  let length = 0;
  for (let cause = redactor.cause(error); cause instanceof Error; cause = cause.cause) length++;
  assertEquals(length, 6);
});

Deno.test("Redactor.cause() rebuilds an object that is not an error", () => {
  for (
    const [value, message] of [
      [{ message: `no ${TOKEN}` }, "no [redacted]"],
      [{ reason: TOKEN }, "an object"],
      [[TOKEN], "an array of 1 item"],
      [() => TOKEN, "a function"],
    ] as const
  ) {
    const copy = redactor.cause(value);
    assertInstanceOf(copy, Error);
    assertEquals(copy.message, message);
  }
});

Deno.test("Redactor.cause() does not throw for an error whose properties throw or are not strings", () => {
  const hostile = new Proxy(new Error("hidden"), {
    get() {
      throw new Error("No access");
    },
  });
  assertEquals((redactor.cause(hostile) as Error).message, "an object");
  const odd = Object.assign(new Error("odd"), { name: 5, code: {}, stack: null });
  const copy = redactor.cause(odd) as Error;
  assertEquals([copy.message, copy.name as unknown], ["odd", "5"]);
});

Deno.test("Redactor.cause() cuts a long message and a long stack", () => {
  const copy = redactor.cause(new Error("x".repeat(1_000_000))) as Error;
  assertLessOrEqual(copy.message.length, 16 * 1024 + 5);
  assertLessOrEqual(copy.stack!.length, 16 * 1024 + 5);
});

Deno.test("reasonOf() describes why something failed", () => {
  const cases: [cause: unknown, reason: string][] = [
    ["a string", "a string"],
    [new TypeError("Connection refused"), "Connection refused"],
    [{ message: "an object's message" }, "an object's message"],
    [{ message: 7 }, "an object"],
    [undefined, "undefined"],
    [7, "7"],
    [new TypeError("fetch failed", { cause: new Error("read ECONNRESET") }), "read ECONNRESET"],
    [new TypeError("terminated", { cause: new Error("other side closed") }), "other side closed"],
    [new Error("", { cause: "the inner reason" }), "the inner reason"],
    [new Error("outer", { cause: new Error("inner") }), "outer"],
    [new TypeError("fetch failed"), "fetch failed"],
  ];
  for (const [cause, reason] of cases) assertEquals(reasonOf(cause), reason);
});

Deno.test("Redactor.redact() lists the fields of an object once if they are too many", () => {
  let lists = 0;
  const fields = Object.fromEntries(
    Array.from({ length: 20_000 }, (_, n) => [`field-${n}`, "x".repeat(300)]),
  );
  const value = new Proxy(fields, {
    ownKeys(target) {
      lists++;
      return Reflect.ownKeys(target);
    },
  });
  assertLessOrEqual(JSON.stringify(redactor.redact(value)).length, MAX_JSON);
  assertEquals(lists, 1);
});
