import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLess,
  assertStrictEquals,
} from "@std/assert";
import {
  PrefactorApiError,
  PrefactorResponseContractError,
  PrefactorRetryExhaustedError,
} from "../../mod.ts";
import { failureOf } from "../helpers.ts";
import {
  assertSameBytes,
  CONFIG,
  forbidUnhandledRejections,
  lastFailureOf,
  makeCaller,
  SLACK,
  timed,
} from "./caller.ts";
import { FAILURE, rawResponse, RawServer, reply } from "./raw_server.ts";

/** The expected `retryAfter`: a number of ms, any number above a limit, or none. */
type Expected = number | { moreThan: number } | undefined;

const TOO_LONG = { moreThan: CONFIG.maxRetryDelay };
const SOON = new Date(Date.now() + 3_600_000);
const PAST = new Date(Date.now() - 3_600_000);

/** Formats a date in the three HTTP formats: IMF-fixdate, RFC 850 and asctime. */
function datesOf(date: Date): string[] {
  const [, day, month, year, time] = date.toUTCString().match(/, (\d\d) (\w+) (\d+) (.+) GMT/)!;
  const weekday = new Intl.DateTimeFormat("en", { weekday: "long", timeZone: "UTC" }).format(date);
  return [
    date.toUTCString(),
    `${weekday}, ${day}-${month}-${year!.slice(-2)} ${time} GMT`,
    `${weekday.slice(0, 3)} ${month} ${day!.replace(/^0/, " ")} ${time} ${year}`,
  ];
}

type Case = readonly [headers: Record<string, string>, expected: Expected];

const CASES: readonly Case[] = [
  [{ "retry-after": "0" }, 0],
  [{ "retry-after": "-0" }, undefined],
  [{ "retry-after": "-1" }, undefined],
  [{ "retry-after": "+1" }, undefined],
  [{ "retry-after": "0.01" }, 10],
  [{ "retry-after": ".01" }, undefined],
  [{ "retry-after": "0.020" }, 20],
  [{ "retry-after": "0.021" }, TOO_LONG],
  [{ "retry-after": "1" }, TOO_LONG],
  [{ "retry-after": "   1   " }, TOO_LONG],
  [{ "retry-after": "99999999999999999999" }, TOO_LONG],
  [{ "retry-after": "9".repeat(400) }, TOO_LONG],
  [{ "retry-after": "1e3" }, undefined],
  [{ "retry-after": "0x10" }, undefined],
  [{ "retry-after": "Infinity" }, undefined],
  [{ "retry-after": "NaN" }, undefined],
  [{ "retry-after": "" }, undefined],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "0.01, 0.02" }, 20],
  [{ "retry-after": "1, 2" }, TOO_LONG],
  [{ "retry-after": "1, soon" }, undefined],
  [{ "retry-after": "1 second" }, undefined],
  ...datesOf(PAST).map((date): Case => [{ "retry-after": date }, 0]),
  ...datesOf(SOON).map((date): Case => [{ "retry-after": date }, TOO_LONG]),
  [{ "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }, 0],
  [{ "retry-after": "Fri, 31 Dec 9999 23:59:59 GMT" }, TOO_LONG],
  [{ "retry-after": "Fri, 99 Dec 2099 99:99:99 GMT" }, undefined],
  [{ "retry-after": "2099-12-31" }, undefined],
  [{ "retry-after-ms": "0" }, 0],
  [{ "retry-after-ms": "-5" }, undefined],
  [{ "retry-after-ms": "15" }, 15],
  [{ "retry-after-ms": "15.5" }, 15.5],
  [{ "retry-after-ms": "21" }, TOO_LONG],
  [{ "retry-after-ms": "9".repeat(400) }, TOO_LONG],
  [{ "retry-after-ms": "soon" }, undefined],
  [{ "retry-after-ms": "5", "retry-after": "60" }, 5],
  [{ "retry-after-ms": "soon", "retry-after": "60" }, TOO_LONG],
  [{ "retry-after-ms": "60000", "retry-after": "0" }, TOO_LONG],
  [{ "retry-after-ms": "-5", "retry-after": "0.01" }, 10],
];

for (const [headers, expected] of CASES) {
  const name = Object.entries(headers).map((header) => header.join(": ").slice(0, 60)).join(", ");
  for (const [status, body] of [[429, FAILURE], [503, "<html>"]] as const) {
    Deno.test(`PrefactorHttpClient.request() reads "${name}" of a ${status}`, async () => {
      await using _rejections = forbidUnhandledRejections();
      await using server = await RawServer.start(reply(rawResponse(status, headers, body)));
      const { client, sent } = makeCaller(server.url);
      const { value: error, ms } = await timed(failureOf(client.request("POST", "/x", { json: {} })));
      assertInstanceOf(error, PrefactorRetryExhaustedError);
      const { lastError, attempts } = error;
      const kind = body === FAILURE ? PrefactorApiError : PrefactorResponseContractError;
      assertStrictEquals((lastError as Error).constructor, kind);
      const { retryAfter } = lastError as PrefactorApiError;
      if (typeof expected === "object") assert(retryAfter! > expected.moreThan, `It is ${retryAfter}`);
      else assertEquals(retryAfter, expected);

      assertEquals([attempts, sent.length], typeof expected === "object" ? [1, 1] : [3, 3]);
      assertSameBytes(sent, server.requests);
      assertLess(ms, SLACK);
      const waits = server.requests.slice(1).map(({ at }, index) => at - server.requests[index]!.at);
      // A timer counts whole milliseconds on its own clock.
      if (typeof expected === "number") waits.forEach((wait) => assertGreaterOrEqual(wait, expected - 2));
      await client.close();
    });
  }
}

Deno.test("an error that is not retried also has retryAfter", async (t) => {
  for (
    const [status, body] of [[302, ""], [404, FAILURE], [422, FAILURE], [404, "<html>"], [200, ""]] as const
  ) {
    await t.step(`a ${status} with the body "${body.slice(0, 8)}"`, async () => {
      await using server = await RawServer.start(reply(rawResponse(status, { "retry-after": "7" }, body)));
      const { client, sent } = makeCaller(server.url);
      const { error, exhausted } = await lastFailureOf(client.request("POST", "/x"));
      assertEquals([(error as PrefactorApiError).retryAfter, exhausted, sent.length], [7_000, undefined, 1]);
      await client.close();
    });
  }
});

Deno.test("PrefactorHttpClient.request() waits for a delay longer than the longest timer", async () => {
  await using _rejections = forbidUnhandledRejections();
  const days = 30 * 86_400;
  const received: PromiseWithResolvers<string>[] = [Promise.withResolvers(), Promise.withResolvers()];
  await using server = await RawServer.start(async (connection, index) => {
    await reply(rawResponse(503, { "retry-after": String(days) }, FAILURE))(connection, index);
    received[index]?.resolve(`request ${index}`);
  });
  const { client, sent } = makeCaller(server.url, { maxRetryDelay: 365 * 86_400_000 });
  const controller = new AbortController();
  const call = failureOf(client.request("POST", "/x", { signal: controller.signal }));
  await received[0]!.promise;
  // A timer with too long a delay fires within a millisecond.
  const deadline = Promise.withResolvers<string>();
  const timer = setTimeout(deadline.resolve, 100, "nothing");
  assertEquals(await Promise.race([received[1]!.promise, deadline.promise]), "nothing");
  clearTimeout(timer);
  controller.abort("enough");
  assertEquals([await call, sent.length], ["enough", 1]);
  await client.close();
});
