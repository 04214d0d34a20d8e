/**
 * How long a server asks to wait.
 *
 * @module
 */

/** The forms of an HTTP date: of today's RFC, of the one before it, and of C's `asctime`. */
const HTTP_DATE =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT|[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})$/;

/**
 * The wait that the headers of an answer ask for.
 *
 * `Retry-After-Ms` is the finer of the two and wins where both can be read.
 *
 * @param retryAfter The text of `Retry-After`: seconds or an HTTP date.
 * @param retryAfterMs The text of `Retry-After-Ms`: milliseconds.
 * @param now The present, in ms since the epoch, which a date is compared with.
 * @returns The wait in ms, 0 for a date that is past; `undefined` where neither header can be read.
 */
export function parseRetryAfter(
  retryAfter: string | null,
  retryAfterMs: string | null,
  now: number,
): number | undefined {
  return parseNumber(retryAfterMs) ?? parseSeconds(retryAfter) ?? parseDate(retryAfter, now);
}

function parseSeconds(text: string | null): number | undefined {
  const seconds = parseNumber(text);
  return seconds === undefined ? undefined : seconds * 1000;
}

function parseNumber(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function parseDate(text: string | null, now: number): number | undefined {
  const date = text?.trim() ?? "";
  if (!HTTP_DATE.test(date)) return undefined;
  // The oldest form names no zone and means GMT all the same.
  const time = Date.parse(date.endsWith("GMT") ? date : `${date} GMT`);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}
