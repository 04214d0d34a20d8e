/**
 * Parses the delay that a server asks for.
 *
 * @module
 */

/** An HTTP date in the format of RFC 9110, of RFC 850, or of C's `asctime`. */
const HTTP_DATE =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT|[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})$/;

/** One or more numbers, joined with a comma and a space as `Headers` joins a repeated header. */
const NUMBERS = /^\s*\d+(?:\.\d+)?\s*(?:,\s+\d+(?:\.\d+)?\s*)*$/;

/**
 * Parses the `Retry-After` and `Retry-After-Ms` headers of a response.
 *
 * @param retryAfter The text of `Retry-After`: seconds or an HTTP date.
 * @param retryAfterMs The text of `Retry-After-Ms`: milliseconds. It is more precise and takes precedence.
 * @param now The current time in ms since the epoch, to which a date is compared.
 * @returns The delay in ms, 0 for a past date, or `undefined` if neither header can be parsed.
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

/** Returns the number in the text, or the largest one if the header was repeated. */
function parseNumber(text: string | null): number | undefined {
  return text !== null && NUMBERS.test(text) ? Math.max(...text.split(",").map(Number)) : undefined;
}

function parseDate(text: string | null, now: number): number | undefined {
  const date = text?.trim() ?? "";
  if (!HTTP_DATE.test(date)) return undefined;
  // The `asctime` format has no time zone, but means GMT.
  const time = Date.parse(date.endsWith("GMT") ? date : `${date} GMT`);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}
