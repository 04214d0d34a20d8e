import { assertEquals } from "@std/assert";
import { parseRetryAfter } from "../../src/transport/retry_after.ts";

const NOW = Date.UTC(1994, 10, 6, 8, 49, 7);

Deno.test("parseRetryAfter() reads Retry-After", () => {
  const table: [text: string | null, ms: number | undefined][] = [
    [null, undefined],
    ["", undefined],
    [" ", undefined],
    ["0", 0],
    ["1", 1_000],
    ["120", 120_000],
    ["007", 7_000],
    ["1.5", 1_500],
    ["0.25", 250],
    ["0.0", 0],
    [" 3 ", 3_000],
    ["31536000", 31_536_000_000],
    ["99999999999999999999", 1e23],
    ["9".repeat(400), Infinity],
    ["-1", undefined],
    ["-0", undefined],
    ["+1", undefined],
    ["1.", undefined],
    [".5", undefined],
    ["1,5", undefined],
    ["1e3", undefined],
    ["0x10", undefined],
    ["1_000", undefined],
    ["1 2", undefined],
    ["1, 2", 2_000],
    ["3, 2 , 1", 3_000],
    ["1, soon", undefined],
    ["1,", undefined],
    ["1s", undefined],
    ["NaN", undefined],
    ["Infinity", undefined],
    ["soon", undefined],
    ["null", undefined],
    ["[object Object]", undefined],
    ["Sun, 06 Nov 1994 08:49:37 GMT", 30_000],
    [" Sun, 06 Nov 1994 08:49:37 GMT ", 30_000],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 30_000],
    ["Sun Nov  6 08:49:37 1994", 30_000],
    ["Wed Nov 16 08:49:07 1994", 864_000_000],
    ["Sun, 06 Nov 1994 08:49:07 GMT", 0],
    ["Sun, 06 Nov 1994 08:49:06 GMT", 0],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["Saturday, 05-Nov-94 08:49:37 GMT", 0],
    ["Sat Nov  5 08:49:37 1994", 0],
    ["Mon, 06 Nov 2034 08:49:07 GMT", Date.UTC(2034, 10, 6, 8, 49, 7) - NOW],
    ["Sun, 06 Xxx 1994 08:49:37 GMT", undefined],
    ["Sun, 06 Nov 1994 25:49:37 GMT", undefined],
    ["Sun, 06 Nov 1994", undefined],
    ["06 Nov 1994 08:49:37", undefined],
    ["1994-11-06T08:49:37Z", undefined],
    ["1994-11-06", undefined],
    ["Nov 1994", undefined],
    ["tomorrow 1", undefined],
  ];
  for (const [text, ms] of table) {
    assertEquals(parseRetryAfter(text, null, NOW), ms, `Retry-After: ${text}`);
  }
});

Deno.test("parseRetryAfter() reads Retry-After-Ms", () => {
  const table: [text: string, ms: number | undefined][] = [
    ["0", 0],
    ["250", 250],
    ["1.5", 1.5],
    [" 42 ", 42],
    ["-1", undefined],
    ["1e3", undefined],
    ["soon", undefined],
    ["", undefined],
    ["Sun, 06 Nov 1994 08:49:37 GMT", undefined],
  ];
  for (const [text, ms] of table) {
    assertEquals(parseRetryAfter(null, text, NOW), ms, `Retry-After-Ms: ${text}`);
  }
});

Deno.test("parseRetryAfter() prefers Retry-After-Ms and ignores an invalid header", () => {
  const table: [seconds: string, ms: string, wait: number | undefined][] = [
    ["2", "1500", 1_500],
    ["1", "1500", 1_500],
    ["2", "0", 0],
    ["2", "soon", 2_000],
    ["Sun, 06 Nov 1994 08:49:37 GMT", "-1", 30_000],
    ["soon", "1500", 1_500],
    ["soon", "later", undefined],
  ];
  for (const [seconds, ms, wait] of table) {
    assertEquals(parseRetryAfter(seconds, ms, NOW), wait, `${seconds} and ${ms}`);
  }
});

Deno.test("parseRetryAfter() rejects a long text quickly", () => {
  assertEquals(parseRetryAfter(`${" ".repeat(100_000)}x`, `${"1".repeat(100_000)}x`, NOW), undefined);
});
