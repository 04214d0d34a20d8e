import { assert, assertEquals, assertLess } from "@std/assert";
import {
  PrefactorApiError,
  PrefactorAuthError,
  PrefactorConflictError,
  PrefactorNotFoundError,
  PrefactorResponseContractError,
  PrefactorValidationError,
} from "../../mod.ts";
import {
  assertSameBytes,
  forbidUnhandledRejections,
  lastFailureOf,
  makeCaller,
  SLACK,
  timed,
} from "./caller.ts";
import { type Connection, FAILURE, type Play, rawResponse, RawServer } from "./raw_server.ts";

const RETRIED = [429, 500, 502, 503, 504];
const KINDS = new Map<number, { readonly name: string }>([
  [400, PrefactorValidationError],
  [422, PrefactorValidationError],
  [401, PrefactorAuthError],
  [403, PrefactorAuthError],
  [404, PrefactorNotFoundError],
  [409, PrefactorConflictError],
]);

/** Responds to every request with the status in its query, on one connection. */
function statusServer(headers: Record<string, string>, body: string): Play {
  return async (connection: Connection) => {
    for (let request; (request = await connection.request());) {
      const status = Number(/status=(\d+)/.exec(request.line)![1]);
      const sent = status === 304 ? "" : body;
      await connection.send(rawResponse(status, { connection: "keep-alive", ...headers }, sent));
    }
  };
}

const OTHERS = { redirect: PrefactorApiError, contract: PrefactorResponseContractError };
const CASES: readonly [name: string, headers: Record<string, string>, body: string][] = [
  ["an error of the API", {}, FAILURE],
  ["an HTML page", { "content-type": "text/html" }, "<html>Bad gateway</html>"],
  ["an empty body", {}, ""],
  ["a Location and an error of the API", { location: "https://elsewhere.test/" }, FAILURE],
];

for (const [name, headers, body] of CASES) {
  Deno.test(`PrefactorHttpClient.request() maps every status from 300 to 599 with ${name} to an error class`, async () => {
    await using _rejections = forbidUnhandledRejections();
    await using server = await RawServer.start(statusServer(headers, body));
    const { client, sent } = makeCaller(server.url);
    for (let status = 300; status < 600; status++) {
      const { length: before } = sent;
      const call = client.request("POST", "/x", { params: { status }, json: { status } });
      const { value: { error, exhausted }, ms } = await timed(lastFailureOf(call));

      const isRedirect = status < 400;
      const other = isRedirect ? OTHERS.redirect : body === FAILURE ? PrefactorApiError : OTHERS.contract;
      const kind = isRedirect || body === FAILURE ? KINDS.get(status) ?? other : other;
      const attempts = RETRIED.includes(status) ? 3 : 1;
      const { constructor, statusCode, code } = error as PrefactorApiError;
      assertEquals(
        [status, constructor.name, statusCode, exhausted, sent.length - before],
        [status, kind.name, status, attempts > 1 ? attempts : undefined, attempts],
      );
      if (isRedirect) assertEquals(code, "redirect");
      else if (body === FAILURE) assertEquals(code, "some_code");
      assertSameBytes(sent.slice(before), server.requests.slice(before));
      assertLess(ms, SLACK);
    }
    assertEquals(server.requests.length, 300 + 2 * RETRIED.length);
    assert(server.requests.every(({ line }) => line.startsWith("POST /x?")));
    await client.close();
  });
}
