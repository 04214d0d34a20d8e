import { assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import {
  type HttpRequester,
  PrefactorAuthError,
  PrefactorClientError,
  type PrefactorHttpClient,
  PrefactorResponseContractError,
  type RequestOptions,
} from "../../mod.ts";
import { execute } from "../../src/endpoints/operation.ts";
import { PING } from "../../src/endpoints/platform.ts";
import { failure, failureOf, json, makeClient } from "../helpers.ts";
import { testEndpoint } from "./table.ts";

type Pinger = Pick<PrefactorHttpClient, "ping">;

/** `ping()` on any requester; the method of the client itself sends through the client. */
class PingClient implements Pinger {
  readonly #requester: HttpRequester;

  constructor(requester: HttpRequester) {
    this.#requester = requester;
  }

  ping(options?: RequestOptions): Promise<void> {
    return execute({ requester: this.#requester, operation: PING, params: {}, options });
  }
}

testEndpoint<Pinger>({
  Client: PingClient,
  of: (client) => client,
  operations: {
    ping: {
      action: "ping the API",
      request: "GET /api/v1/ping",
      call: (client, { options }) => client.ping(options),
      response: { any: "object" },
      result: undefined,
    },
  },
});

Deno.test("PrefactorHttpClient.ping() rejects with a PrefactorAuthError if the token is invalid", async () => {
  const { client } = makeClient(() => failure(401));
  assertInstanceOf(await failureOf(client.ping()), PrefactorAuthError);
});

const PFIDS = ["01jzf8g3kt00000a0123456789abcdef", "01jzf8g3kt00000a0123456789abcdeg"];

Deno.test("PrefactorHttpClient.generatePfids() reads IDs at the top level and in details", async () => {
  const bodies = [
    { account_id: "ac-1", pfids: PFIDS },
    { status: "success", details: { account_id: "ac-1", pfids: PFIDS } },
  ];
  for (const body of bodies) {
    const { client } = makeClient(() => json(body));
    assertEquals(await client.generatePfids(2), PFIDS);
  }
});

Deno.test("PrefactorHttpClient.generatePfids() sends the count, the account and a key", async () => {
  const { client, sent } = makeClient(() => json({ pfids: PFIDS }), { defaultIdempotencyKey: "ids" });
  await client.generatePfids(2, { account_id: "ac-1", idempotency_key: "key-1" }, { maxRetries: 0 });
  await client.generatePfids(2, { account_id: null });
  await client.generatePfids(2);
  const requests = sent.map(({ method, url, headers, body }) => ({
    request: `${method} ${new URL(url).pathname}`,
    key: headers.get("idempotency-key") ?? "",
    body: JSON.parse(body ?? ""),
  }));
  assertEquals(requests[0], {
    request: "POST /api/v1/pfid/generate",
    key: "key-1",
    body: { count: 2, account_id: "ac-1", idempotency_key: "key-1" },
  });
  for (const { key, body } of requests.slice(1)) {
    assertMatch(key, /^ids-[0-9a-f-]{36}$/);
    assertEquals(body, { count: 2, idempotency_key: key });
  }
});

Deno.test("PrefactorHttpClient.generatePfids() rejects invalid arguments and sends nothing", async () => {
  const { client, sent } = makeClient(() => json({ pfids: PFIDS }));
  const table: [count: unknown, params: object, message: string][] = [
    ["2", {}, `'count' must be a safe integer, but is "2"`],
    [0.5, {}, "'count' must be a safe integer, but is 0.5"],
    [undefined, {}, "'count' must be a safe integer, but is undefined"],
    [2, { account_id: 7 }, "'account_id' must be a string, but is 7"],
    [2, { idempotency_key: 7 }, "'idempotency_key' must be a string, but is 7"],
    [2, { idempotency_key: "" }, `'idempotency_key' must be 1 to 64 printable ASCII characters, but is ""`],
  ];
  for (const [count, params, message] of table) {
    const error = await failureOf(client.generatePfids(count as number, params));
    assertInstanceOf(error, PrefactorClientError);
    assertEquals(error.message, `Cannot generate the PFIDs: ${message}`);
  }
  assertEquals(sent.length, 0);
});

Deno.test("PrefactorHttpClient.generatePfids() rejects a response without IDs and names the field", async () => {
  const table: [body: object, path: string][] = [
    [{ status: "success" }, "pfids"],
    [{ pfids: null }, "pfids"],
    [{ pfids: ["a", 7] }, "pfids[1]"],
    [{ details: {} }, "details.pfids"],
    [{ details: { pfids: [7] } }, "details.pfids[0]"],
  ];
  for (const [body, path] of table) {
    const { client } = makeClient(() => json(body));
    const error = await failureOf(client.generatePfids(2));
    assertInstanceOf(error, PrefactorResponseContractError);
    assertEquals(error.path, path);
  }
});
