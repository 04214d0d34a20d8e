import { assert, assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import {
  PrefactorApiError,
  PrefactorClientError,
  PrefactorResponseContractError,
  PrefactorRetryExhaustedError,
} from "../../mod.ts";
import { ArgumentChecker } from "../../src/arguments.ts";
import {
  type BulkLimits,
  BulkSender,
  byteLength,
  isTooLarge,
  type ReadyItem,
  refusalOf,
  Room,
} from "../../src/bulk/sender.ts";
import { errorFromResponse } from "../../src/errors/from_response.ts";
import { failure, failureOf, json } from "../helpers.ts";
import { bulkApi, makeItems, REFUSED, SUCCESS } from "./bulk_api.ts";

/** Creates a sender of an API that executes bulk requests. */
function setUp(api = bulkApi(), limits: BulkLimits = {}) {
  const sender = new BulkSender(api.client, limits, new ArgumentChecker("send the items"));
  return { ...api, sender };
}

/** Creates items that are ready to be sent. */
function readyItems(count: number): ReadyItem[] {
  return makeItems(count).map((item) => {
    const json = JSON.stringify(item);
    return { key: item.idempotency_key, json, bytes: json.length };
  });
}

/** Counts the items that the next request of a sender has room for. */
function roomOf(sender: BulkSender): number {
  const room = sender.room();
  let count = 0;
  while (room.take(1)) count++;
  return count;
}

for (const limit of ["maxItems", "maxBytes"] as const) {
  Deno.test(`BulkSender() rejects a wrong ${limit}`, () => {
    for (const value of [0, 1.5, NaN]) {
      const error = assertThrows(() => setUp(bulkApi(), { [limit]: value }), PrefactorClientError);
      assertEquals(
        error.message,
        `Cannot send the items: '${limit}' must be an integer >= 1, but is ${value}`,
      );
    }
  });
}

Deno.test("BulkSender.send() returns the outputs in order, and the items after a failed one", async () => {
  const { sender, keys } = setUp(
    bulkApi(({ agent_span_id }) => agent_span_id === "span-1" ? REFUSED : SUCCESS),
  );
  const items = readyItems(4);
  const { done, left, response } = await sender.send(items, {});
  assertEquals(done.map(({ item, output }) => [item, output]), [[items[0], SUCCESS], [items[1], REFUSED]]);
  assertEquals(left, items.slice(2));
  assertEquals(response?.body["status"], "success");
  assertEquals(keys(), [items.map(({ key }) => key)]);
});

Deno.test("BulkSender.room() shrinks to twice what the API processed, and grows again", async () => {
  let refused = "span-2";
  const { sender } = setUp(bulkApi(({ agent_span_id }) => agent_span_id === refused ? REFUSED : SUCCESS));
  assertEquals(roomOf(sender), 100);
  await sender.send(readyItems(10), {});
  assertEquals(roomOf(sender), 4);
  refused = "span-0";
  await sender.send(readyItems(4), {});
  assertEquals(roomOf(sender), 1);
  refused = "";
  await sender.send(readyItems(1), {});
  assertEquals(roomOf(sender), 2);
});

Deno.test("BulkSender.send() leaves all items of a request that is too large, and halves the next", async () => {
  const { sender } = setUp(bulkApi(undefined, { intercept: () => failure(413) }));
  const items = readyItems(9);
  assertEquals(await sender.send(items, {}), { done: [], left: items });
  assertEquals(roomOf(sender), 4);
});

Deno.test("BulkSender.send() fails a single item that is too large, and the others share requests again", async () => {
  const { sender } = setUp(bulkApi(undefined, {
    intercept: (_sent, index) => index < 2 ? failure(413) : undefined,
  }));
  const items = readyItems(2);
  await sender.send(items, {});
  const { done: [done], left } = await sender.send(items.slice(0, 1), {});
  assertEquals([done?.item, done?.output.status, done?.output.code], [items[0], "error", "some_code"]);
  assertEquals([done?.refusal?.statusCode, left], [413, []]);
  await sender.send(items.slice(1), {});
  assertEquals(roomOf(sender), 2);
});

Deno.test("BulkSender.send() rejects if the request fails, or has no output for the first item", async () => {
  const unavailable = setUp(bulkApi(undefined, { intercept: () => failure(503) }));
  const refusal = refusalOf(await failureOf(unavailable.sender.send(readyItems(2), {})));
  assertEquals(refusal?.statusCode, 503);
  const empty = setUp(bulkApi(undefined, { intercept: () => json({ status: "success", outputs: {} }) }));
  assertInstanceOf(
    await failureOf(empty.sender.send(readyItems(2), {})),
    PrefactorResponseContractError,
  );
});

Deno.test("Room.take() takes items up to both limits, and the first one whatever its size", () => {
  const bytes = '{"items":[1,22,333]}'.length;
  const sizes = [1, 2, 3];
  const taken = (room: Room) => sizes.filter((size) => room.take(size));
  assertEquals(taken(new Room(3, bytes)), [1, 2, 3]);
  assertEquals(taken(new Room(3, bytes - 1)), [1, 2]);
  assertEquals(taken(new Room(2, bytes)), [1, 2]);
  assertEquals(taken(new Room(3, 1)), [1]);
  const room = new Room(1, bytes);
  assertEquals([room.isFull, room.take(1), room.isFull, room.take(1)], [false, true, true, false]);
});

Deno.test("refusalOf() returns the error response, even after retries, and undefined without a response", () => {
  const error = errorFromResponse(413, { code: "too_large" }, { request: { method: "POST", path: "/x" } });
  assertInstanceOf(error, PrefactorApiError);
  const exhausted = new PrefactorRetryExhaustedError("Gave up", error, 2);
  assertStrictEquals(refusalOf(error), error);
  assertStrictEquals(refusalOf(exhausted), error);
  assertEquals([refusalOf(new TypeError("Failed")), refusalOf(undefined)], [undefined, undefined]);
  assert(isTooLarge(error));
});

Deno.test("byteLength() counts the bytes of UTF-8", () => {
  for (const [text, bytes] of [["", 0], ["abc", 3], ["é", 2], ["→", 3], ["\ud83d\ude00a", 5]] as const) {
    assertEquals(byteLength(text), bytes, text);
  }
});
