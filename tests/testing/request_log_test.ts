import { assertEquals } from "@std/assert";
import type { SandboxRequest } from "@prefactor/http/testing";
import { createLogEntry, describeRequest, MAX_LEVELS, readRequest } from "../../src/testing/request_log.ts";
import { createToken } from "../../src/testing/tokens.ts";

const URL = "http://sandbox.test/api/v1/agent_spans";
const TOKEN = "to+ken/1";

function read(body: string, url = URL, headers: HeadersInit = {}) {
  return readRequest(new Request(url, { method: "POST", body, headers }));
}

function nested(levels: number): string {
  return "[".repeat(levels) + "]".repeat(levels);
}

for (
  const [body, json] of [
    ['{"a":[1]}', { a: [1] }],
    ["null", null],
    ["", undefined],
    ["{", "{"],
    [nested(MAX_LEVELS), JSON.parse(nested(MAX_LEVELS))],
    [nested(MAX_LEVELS + 1), nested(MAX_LEVELS + 1)],
  ] as const
) {
  Deno.test(`readRequest() reads the body "${body.slice(0, 10)}" of ${body.length} characters`, async () => {
    const received = await read(body);
    assertEquals([received.text, received.json], [body, json]);
  });
}

Deno.test("readRequest() splits the URL into path and query", async () => {
  const { path, query } = await read("{}", `${URL}/%2F?a=1&b=%20`);
  assertEquals([path, query], ["/api/v1/agent_spans/%2F", "?a=1&b=%20"]);
  assertEquals((await read("{}")).query, "");
});

Deno.test("createLogEntry() records the request, without the header authorization", async () => {
  const received = await read('{"a":1}', `${URL}?b=2`, { Authorization: "Bearer x", "X-Name": "c" });
  const { headers, ...entry } = createLogEntry("r-1", received, TOKEN);
  assertEquals(entry, {
    id: "r-1",
    method: "POST",
    path: "/api/v1/agent_spans",
    query: "?b=2",
    body: { a: 1 },
  });
  assertEquals([headers["x-name"], headers["authorization"]], ["c", undefined]);
});

Deno.test("createLogEntry() replaces the token in the path, the query, the headers and the body", async () => {
  const encoded = encodeURIComponent(TOKEN);
  const received = await read(`{"a":["${TOKEN}"]}`, `${URL}/${encoded}?b=${TOKEN}`, { "x-name": TOKEN });
  const { path, query, headers, body } = createLogEntry("r-1", received, TOKEN);
  assertEquals([path, query], ["/api/v1/agent_spans/[token]", "?b=[token]"]);
  assertEquals([headers["x-name"], body], ["[token]", { a: ["[token]"] }]);
  assertEquals(received.json, { a: [TOKEN] });
});

const REQUEST: SandboxRequest = {
  id: "1",
  method: "GET",
  path: "/api/v1/agent",
  query: "?page=2",
  headers: {},
  body: undefined,
};

for (
  const [name, outcome, colour, text] of [
    ["a success in green", { status: 200 }, 32, "200"],
    ["an error of the client in yellow", { status: 404 }, 33, "404"],
    ["an injected status in red", { status: 503, fault: "status" }, 31, "503 (status)"],
    ["a lost response in red", { fault: "lose" }, 31, "no response (lose)"],
  ] as const
) {
  Deno.test(`describeRequest() shows ${name}`, () => {
    const request = { ...REQUEST, ...outcome };
    assertEquals(describeRequest(request, false), `GET /api/v1/agent?page=2 ${text}`);
    assertEquals(describeRequest(request, true), `GET /api/v1/agent?page=2 \x1b[${colour}m${text}\x1b[0m`);
  });
}

Deno.test("createLogEntry() replaces tokens that the API created", async () => {
  const created = createToken();
  const received = await read(`{"a":"${created}"}`, `${URL}/${created}`, { "x-name": `a ${created}` });
  const { path, headers, body } = createLogEntry("r-1", received, TOKEN);
  assertEquals([path, headers["x-name"], body], ["/api/v1/agent_spans/[token]", "a [token]", {
    a: "[token]",
  }]);
});
