import { assert, assertAlmostEquals, assertStrictEquals } from "@std/assert";
import { parseRetryAfter } from "../../src/transport/retry_after.ts";
import { fc, property } from "./setup.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const DAYS = ["Sun", "Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur"];

/** Formats a date in the current HTTP format and in the two obsolete ones. */
function forms(date: Date): string[] {
  const today = date.toUTCString();
  const [, day, month, year, time] = today.split(/,? /) as [string, string, string, string, string];
  const long = `${DAYS[date.getUTCDay()]}day`;
  return [
    today,
    `${long}, ${day}-${month}-${year.slice(2)} ${time} GMT`,
    `${long.slice(0, 3)} ${month} ${day.replace(/^0/, " ")} ${time} ${year}`,
  ];
}

const dates = fc.date({
  min: new Date("2000-01-01T00:00:00Z"),
  max: new Date("2049-12-31T23:59:59Z"),
  noInvalidDate: true,
});
const spaces = fc.constantFrom("", " ", "\t");
const digits = fc.stringMatching(/^\d{1,400}$/);

const texts = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom(..."0123456789.-+eExX ,:\u0660\u00a0GMTJan".split("")) }),
  fc.double().map(String),
  dates.chain((date) => fc.constantFrom(...forms(date))),
  fc.tuple(dates, fc.nat(30), fc.string({ maxLength: 3 })).map(([date, at, text]) =>
    date.toUTCString().slice(0, at) + text + date.toUTCString().slice(at)
  ),
);

property("parseRetryAfter() returns a delay or undefined for any text", [
  fc.option(texts),
  fc.option(texts),
], (retryAfter, retryAfterMs) => {
  const wait = parseRetryAfter(retryAfter, retryAfterMs, NOW);
  assert(wait === undefined || wait >= 0, String(wait));
  if (wait === undefined) assertStrictEquals(parseRetryAfter(retryAfter, null, NOW), undefined);
});

property(
  "parseRetryAfter() reads seconds and milliseconds",
  [digits, spaces, digits],
  (whole, space, part) => {
    for (const number of [whole, `${whole}.${part}`]) {
      const text = `${space}${number}${space}`;
      assertStrictEquals(parseRetryAfter(null, text, NOW), Number(number));
      assertStrictEquals(parseRetryAfter(text, null, NOW), Number(number) * 1_000);
      assertStrictEquals(parseRetryAfter("1", text, NOW), Number(number), "Retry-After-Ms takes precedence");
    }
  },
);

property("parseRetryAfter() ignores text that is neither a number nor a date", [
  fc.string().filter((text) => !/\d/.test(text)),
  fc.double({ noNaN: true, max: -Number.MIN_VALUE }).map(String),
], (text, negative) => {
  for (const garbage of [text, negative, `${text}1${text}x`, `x${negative}`]) {
    assertStrictEquals(parseRetryAfter(garbage, null, NOW), undefined, garbage);
    assertStrictEquals(parseRetryAfter("2", garbage, NOW), 2_000, garbage);
  }
});

property("parseRetryAfter() reads every format of an HTTP date", [dates], (date) => {
  const wait = Math.max(0, Math.floor(date.getTime() / 1_000) * 1_000 - NOW);
  for (const text of forms(date)) assertAlmostEquals(parseRetryAfter(text, null, NOW) ?? NaN, wait, 0, text);
});
