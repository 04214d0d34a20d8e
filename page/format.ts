/**
 * Formats durations, times and numbers.
 *
 * @module
 */

/** Formats a duration in ms: `"0.4 ms"`, `"12 ms"`, `"1.23 s"`, `"2 min 05 s"`, `"1 h 02 min"`. */
export function formatDuration(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return "–";
  if (ms > 0 && ms < 1) return `${ms.toFixed(1)} ms`;
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1_000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** Formats a time on a ruler that starts at 0: `"0"`, `"20 ms"`, `"1.5 s"`, `"2 min 30 s"`. */
export function formatTick(ms: number): string {
  if (ms === 0) return "0";
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${ms / 1_000} s`;
  return formatDuration(ms).replace(/ 00 (?:s|min)$/, "");
}

/** Formats the time of day to the millisecond, with the date if it is not today: `"14:03:22.120"`. */
export function formatTime(ms: number | undefined, now = Date.now()): string {
  if (ms === undefined || Number.isNaN(ms)) return "–";
  const date = new Date(ms);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => pad(part)).join(":") +
    `.${pad(date.getMilliseconds(), 3)}`;
  return isSameDay(date, new Date(now)) ? time : `${formatDate(date)}, ${time}`;
}

/**
 * Formats the time that has passed since a time: `"just now"`, `"12 s ago"`, `"3 min ago"`, `"2 h ago"`, `"5 days
 * ago"`.
 */
export function formatAge(ms: number, now: number): string {
  const seconds = Math.round((now - ms) / 1_000);
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return formatCount(Math.floor(seconds / 86_400), "day") + " ago";
}

/** Formats a count with its noun: `"1 span"`, `"10,000 spans"`. */
export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Parses a timestamp of a record. Returns `undefined` if it is missing or invalid. */
export function parseTime(text: string | null | undefined): number | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? undefined : time;
}

function formatDate(date: Date): string {
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

function isSameDay(a: Date, b: Date): boolean {
  return formatDate(a) === formatDate(b);
}

function pad(value: number, length = 2): string {
  return String(value).padStart(length, "0");
}
