import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  AgentClient,
  AgentInstanceClient,
  AgentSpanClient,
  AlertClient,
  PrefactorClientError,
  type PrefactorHttpClient,
  PrefactorNotFoundError,
  PrefactorResponseContractError,
} from "../../mod.ts";
import { failure, failureOf, inTurn, json, makeClient, type Sent, TOKEN, turn } from "../helpers.ts";

/** Creates the response with a page. */
function page(ids: readonly string[], pagination?: unknown, extra: object = {}): Response {
  return json({
    status: "success",
    summaries: ids.map((id) => ({ id })),
    pagination,
    sorting: null,
    ...extra,
  });
}

/** Responds with these pages in turn; each leads to the next one. */
function pages(...ids: (readonly string[])[]): Parameters<typeof makeClient>[0] {
  return (_sent, index) => {
    assert(index < ids.length, "a request after the last page");
    return page(ids[index]!, { next_page_offset: index + 1 < ids.length ? index + 1 : null });
  };
}

/** Reads rows to the end, and returns their IDs with the error that stopped the reading, if one did. */
async function read(
  rows: AsyncIterable<{ readonly id: string }>,
): Promise<{ ids: string[]; error?: unknown }> {
  const ids: string[] = [];
  try {
    for await (const { id } of rows) ids.push(id);
    return { ids };
  } catch (error) {
    return { ids, error };
  }
}

function queryOf({ url }: Sent): Record<string, string> {
  return Object.fromEntries(new URL(url).searchParams);
}

const offsetsOf = (sent: readonly Sent[]) => sent.map((request) => queryOf(request)["pagination[offset]"]);

const LISTS: readonly {
  readonly name: string;
  readonly listAll: (client: PrefactorHttpClient) => AsyncIterable<{ readonly id: string }>;
  readonly request: string;
}[] = [
  {
    name: "agents",
    listAll: ({ agents }) => agents.listAll({ team_id: "x" }),
    request: "/api/v1/agent?team_id=x",
  },
  {
    name: "agentInstances",
    listAll: ({ agentInstances }) => agentInstances.listAll({ agent_id: "x" }),
    request: "/api/v1/agent_instance?agent_id=x",
  },
  {
    name: "agentSpans",
    listAll: ({ agentSpans }) => agentSpans.listAll({ agent_instance_id: "x" }),
    request: "/api/v1/agent_spans?agent_instance_id=x",
  },
  {
    name: "alerts",
    listAll: ({ alerts }) => alerts.listAll({ status: "raised" }),
    request: "/api/v1/alerts?status=raised",
  },
];

for (const { name, listAll, request } of LISTS) {
  Deno.test(`${name}.listAll() yields the rows of all pages`, async () => {
    const { client, sent } = makeClient(pages(["a", "b"], ["c", "d"], ["e"]));
    assertEquals(await read(listAll(client)), { ids: ["a", "b", "c", "d", "e"] });
    const base = `https://api.example.test${request}&pagination%5Bpage_size%5D=100`;
    assertEquals(sent.map(({ url }) => url), [
      base,
      `${base}&pagination%5Boffset%5D=1`,
      `${base}&pagination%5Boffset%5D=2`,
    ]);
  });

  Deno.test(`${name}.listAll() sends nothing before the first row is read`, async () => {
    const { client, sent } = makeClient(pages(["a"]));
    const rows = listAll(client);
    assertEquals(sent.length, 0);
    assertEquals((await read(rows)).ids, ["a"]);
  });
}

Deno.test("every client with a list() has a listAll()", () => {
  for (const { prototype } of [AgentClient, AgentInstanceClient, AgentSpanClient, AlertClient]) {
    assertEquals(typeof prototype.list, "function");
    assertEquals(typeof prototype.listAll, "function");
  }
});

Deno.test("agents.listAll() and alerts.listAll() need no params", async () => {
  const { client, sent } = makeClient(() => page(["a"], null));
  assertEquals((await read(client.agents.listAll())).ids, ["a"]);
  assertEquals((await read(client.alerts.listAll())).ids, ["a"]);
  assertEquals(sent.map(queryOf), [{ "pagination[page_size]": "100" }, { "pagination[page_size]": "100" }]);
});

Deno.test("listAll() ends at a page that has no next offset", async () => {
  const lasts = [undefined, null, {}, { next_page_offset: null }, { next_page_offset: undefined }];
  for (const pagination of lasts) {
    const { client, sent } = makeClient(() => page(["a"], pagination));
    assertEquals(await read(client.agents.listAll()), { ids: ["a"] });
    assertEquals(sent.length, 1);
  }
});

Deno.test("listAll() ends at an empty page, although it has a next offset", async () => {
  const { client, sent } = makeClient(inTurn(
    () => page(["a"], { next_page_offset: 1 }),
    () => page([], { next_page_offset: 2 }),
  ));
  assertEquals(await read(client.agents.listAll()), { ids: ["a"] });
  assertEquals(sent.length, 2);
});

Deno.test("listAll() accepts an offset that is a string", async () => {
  const { client, sent } = makeClient(inTurn(
    () => page(["a"], { next_page_offset: "9" }),
    () => page(["b"], { next_page_offset: "10" }),
    () => page(["c"], { next_page_offset: null }),
  ));
  assertEquals(await read(client.agents.listAll()), { ids: ["a", "b", "c"] });
  assertEquals(offsetsOf(sent), [undefined, "9", "10"]);
});

Deno.test("listAll() rejects an offset that does not advance, after the rows that came with it", async () => {
  const table: [next: unknown, shown: string][] = [
    [1, "1"],
    [0, "0"],
    [-1, "-1"],
    ["1", '"1"'],
    [1.5, "1.5"],
    ["Infinity", '"Infinity"'],
    [2 ** 53, "9007199254740992"],
    ["", '""'],
    [" ", '" "'],
    ["two", '"two"'],
    [true, "true"],
    [{}, "an object"],
    [[2], "an array of 1 item"],
  ];
  for (const [next, shown] of table) {
    const { client, sent } = makeClient(inTurn(
      () => page(["a"], { next_page_offset: 1 }),
      () =>
        json({ summaries: [{ id: "b" }], pagination: { next_page_offset: next } }, 200, {
          "x-request-id": "r",
        }),
    ));
    const { ids, error } = await read(client.agents.listAll());
    assertEquals(ids, ["a", "b"]);
    assertInstanceOf(error, PrefactorResponseContractError);
    const path = "pagination.next_page_offset";
    assertEquals(
      error.message,
      `Cannot read the response to GET /api/v1/agent: '${path}' must be an integer >= 2, but is ${shown}`,
    );
    assertEquals({ ...error, body: error.body }, {
      ...error,
      path,
      statusCode: 200,
      requestId: "r",
      request: { method: "GET", path: "/api/v1/agent" },
      body: { summaries: [{ id: "b" }], pagination: { next_page_offset: next } },
    });
    assertEquals(sent.length, 2);
  }
});

Deno.test("listAll() compares the offset with the one that the caller started at", async () => {
  const { client, sent } = makeClient(() => page(["a"], { next_page_offset: 5 }));
  const { ids, error } = await read(client.agents.listAll({ pagination: { offset: 5 } }));
  assertEquals(ids, ["a"]);
  assertInstanceOf(error, PrefactorResponseContractError);
  assertStringIncludes(error.message, "must be an integer >= 6, but is 5");
  assertEquals(sent.length, 1);
});

Deno.test("listAll() does not show the token if an offset repeats it", async () => {
  const { client } = makeClient(() => page(["a"], { next_page_offset: TOKEN }, { echo: TOKEN }));
  const { error } = await read(client.agents.listAll());
  assertInstanceOf(error, PrefactorResponseContractError);
  assertStringIncludes(error.message, "[redacted]");
  assertEquals(Deno.inspect([error, error.body], { depth: 10 }).includes(TOKEN), false);
});

Deno.test("listAll() starts at the caller's page and keeps its size, sorting and filters", async () => {
  const { client, sent } = makeClient(inTurn(
    () => page(["a"], { next_page_offset: 4 }),
    () => page(["b"], null),
  ));
  const params = {
    agent_id: "a-1",
    pagination: { offset: 3, page_size: 10 },
    sorting: { field: "id", direction: "desc" },
  } as const;
  assertEquals((await read(client.agentInstances.listAll(params))).ids, ["a", "b"]);
  const same = {
    agent_id: "a-1",
    "pagination[page_size]": "10",
    "sorting[field]": "id",
    "sorting[direction]": "desc",
  };
  assertEquals(sent.map(queryOf), [
    { ...same, "pagination[offset]": "3" },
    { ...same, "pagination[offset]": "4" },
  ]);
});

Deno.test("listAll() asks for 100 rows a page if the size is null or undefined", async () => {
  const selections = [null, undefined, {}, { page_size: null }, { page_size: undefined, offset: null }];
  for (const pagination of selections) {
    const { client, sent } = makeClient(pages(["a"]));
    await read(client.agents.listAll({ pagination }));
    assertEquals(sent.map(queryOf), [{ "pagination[page_size]": "100" }]);
  }
});

Deno.test("listAll() rejects invalid params and sends nothing", async () => {
  const table: [params: object, message: string][] = [
    [{ pagination: "x" }, `'pagination' must be an object, but is "x"`],
    [{ pagination: [1] }, "'pagination' must be an object, but is an array of 1 item"],
    [
      { pagination: { page_size: 101 } },
      "'pagination.page_size' must be an integer from 1 to 100, but is 101",
    ],
    [
      { pagination: { offset: "0" } },
      `'pagination.offset' must be an integer from 0 to ${2 ** 53 - 1}, but is "0"`,
    ],
    [{ team_id: 7 }, "'team_id' must be a string, but is 7"],
  ];
  for (const [params, message] of table) {
    const { client, sent } = makeClient(() => page(["a"]));
    const { error } = await read(client.agents.listAll(params));
    assertInstanceOf(error, PrefactorClientError);
    assertEquals(error.message, `Cannot list the agents: ${message}`);
    assertEquals(sent.length, 0);
  }
});

Deno.test("listAll() does not change its params", async () => {
  const { client } = makeClient(pages(["a"], ["b"]));
  const params = Object.freeze({ pagination: Object.freeze({ offset: 0 }) });
  assertEquals((await read(client.agents.listAll(params))).ids, ["a", "b"]);
});

Deno.test("listAll() yields a row once if rows shift while new ones arrive", async () => {
  const { client } = makeClient(pages(["d", "c"], ["c", "b"], ["b", "a"]));
  assertEquals(await read(client.agents.listAll()), { ids: ["d", "c", "b", "a"] });
});

Deno.test("listAll() remembers only the IDs of the previous page", async () => {
  const { client } = makeClient(pages(["a"], ["b"], ["a"]));
  assertEquals(await read(client.agents.listAll()), { ids: ["a", "b", "a"] });
});

Deno.test("listAll() continues after a page that contains only rows of the previous one", async () => {
  const { client } = makeClient(pages(["b", "a"], ["b", "a"], ["b", "a", "0"]));
  assertEquals(await read(client.agents.listAll()), { ids: ["b", "a", "0"] });
});

Deno.test("listAll() rejects with the error of a page and sends no further request", async () => {
  const { client, sent } = makeClient((_sent, index) =>
    index === 1 ? failure(404) : page([`${index}`], { next_page_offset: index + 1 })
  );
  const rows = client.agents.listAll();
  const { ids, error } = await read(rows);
  assertEquals(ids, ["0"]);
  assertInstanceOf(error, PrefactorNotFoundError);
  assertEquals(await rows.next(), { done: true, value: undefined });
  assertEquals(sent.length, 2);
});

Deno.test("listAll() rejects a page whose rows do not match their model and names the field", async () => {
  const { client } = makeClient(inTurn(
    () => page(["a"], { next_page_offset: 1 }),
    () => json({ summaries: [{ id: "b" }, { id: 7 }] }),
  ));
  const { ids, error } = await read(client.agents.listAll());
  assertEquals(ids, ["a"]);
  assertInstanceOf(error, PrefactorResponseContractError);
  assertEquals(error.path, "summaries[1].id");
});

Deno.test("listAll() sends no further request after a break", async () => {
  const { client, sent } = makeClient((_sent, index) =>
    page([`${index}a`, `${index}b`], { next_page_offset: index + 1 })
  );
  for (const last of ["0a", "0b", "1a"]) {
    sent.length = 0;
    const ids: string[] = [];
    for await (const { id } of client.agents.listAll()) {
      ids.push(id);
      if (id === last) break;
    }
    assertEquals(ids, ["0a", "0b", "1a"].slice(0, ids.length));
    assertEquals(ids.at(-1), last);
    assertEquals(sent.length, last.startsWith("1") ? 2 : 1);
  }
});

Deno.test("listAll() passes its options to every request", async () => {
  const { client, sent } = makeClient(pages(["a"], ["b"]));
  const options = { headers: { "x-trace": "t-1" }, maxRetries: 0 };
  assertEquals((await read(client.agents.listAll({}, options))).ids, ["a", "b"]);
  assertEquals(sent.map(({ headers }) => headers.get("x-trace")), ["t-1", "t-1"]);
});

Deno.test("listAll() stops with the reason of its signal between two pages", async () => {
  const { client, sent } = makeClient(pages(["a"], ["b"]));
  const controller = new AbortController();
  const rows = client.agents.listAll({}, { signal: controller.signal });
  assertEquals((await rows.next()).value, { id: "a" });
  controller.abort("enough");
  assertEquals(await failureOf(rows.next()), "enough");
  assertEquals(sent.length, 1);
});

Deno.test("listAll() keeps no row of a page after it has read the next one", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  const { client } = makeClient((_sent, index) => page([`${index}`], { next_page_offset: index + 1 }));
  const rows = client.agents.listAll();
  const readRow = async () => new WeakRef((await rows.next()).value!);
  const refs: WeakRef<object>[] = [];
  for (let index = 0; index < 10; index++) refs.push(await readRow());
  await turn();
  collectGarbage();
  assertEquals(refs.map((ref) => ref.deref()).filter(Boolean), [{ id: "9" }]);
  await rows.return();
});
