import { assertEquals } from "@std/assert";
import {
  formatAge,
  formatCount,
  formatDuration,
  formatTick,
  formatTime,
  parseTime,
} from "../../page/format.ts";

Deno.test("formatDuration() uses the unit that fits", () => {
  const table: [ms: number | undefined, text: string][] = [
    [undefined, "–"],
    [NaN, "–"],
    [0, "0 ms"],
    [0.25, "0.3 ms"],
    [12.4, "12 ms"],
    [999.4, "999 ms"],
    [999.6, "1.00 s"],
    [1_234, "1.23 s"],
    [9_999, "10.0 s"],
    [12_345, "12.3 s"],
    [59_960, "1 min 00 s"],
    [125_000, "2 min 05 s"],
    [3_599_600, "1 h 00 min"],
    [3_720_000, "1 h 02 min"],
    [360_000_000, "100 h 00 min"],
  ];
  assertEquals(table.map(([ms]) => formatDuration(ms)), table.map(([, text]) => text));
});

Deno.test("formatTick() omits zero units", () => {
  assertEquals([0, 20, 1_500, 2_000, 60_000, 150_000, 7_200_000].map(formatTick), [
    "0",
    "20 ms",
    "1.5 s",
    "2 s",
    "1 min",
    "2 min 30 s",
    "2 h",
  ]);
});

Deno.test("formatTime() shows milliseconds, and the date unless it is today", () => {
  const time = new Date(2024, 4, 6, 7, 8, 9, 10).getTime();
  assertEquals(formatTime(time, time + 1_000), "07:08:09.010");
  assertEquals(formatTime(time, time + 86_400_000), "2024-05-06, 07:08:09.010");
  assertEquals([formatTime(undefined), formatTime(NaN)], ["–", "–"]);
});

Deno.test("formatAge() rounds down to a unit", () => {
  const ages = [-5, 0, 4, 12, 60, 3_599, 3_600, 86_400, 200_000].map((seconds) =>
    formatAge(0, seconds * 1_000)
  );
  assertEquals(ages, [
    "just now",
    "just now",
    "just now",
    "12 s ago",
    "1 min ago",
    "59 min ago",
    "1 h ago",
    "1 day ago",
    "2 days ago",
  ]);
});

Deno.test("formatCount() adds the noun", () => {
  assertEquals([0, 1, 10_000].map((count) => formatCount(count, "span")), [
    "0 spans",
    "1 span",
    "10,000 spans",
  ]);
});

Deno.test("parseTime() returns undefined for what is not a time", () => {
  assertEquals([parseTime("2024-05-06T07:08:09.010Z"), parseTime(null), parseTime("2024-05-06T07:08:60Z")], [
    1_714_979_289_010,
    undefined,
    undefined,
  ]);
});
