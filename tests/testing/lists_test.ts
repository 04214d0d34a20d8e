import { assertEquals } from "@std/assert";
import { Caller } from "./helpers.ts";

const PEOPLE = [
  { id: "a", name: "Ada", email: "1@example.com", title: "b" },
  { id: "b", name: "Ben", email: "2@example.com", team_ids: ["red", "blue"] },
  { id: "c", name: "Cyd", email: "3@example.com", title: "a", team_ids: ["red"] },
];

async function callerWithPeople(): Promise<Caller> {
  const caller = new Caller();
  for (const details of PEOPLE) await caller.post("person", { details });
  return caller;
}

for (
  const [query, ids, sorting] of [
    ["", ["a", "b", "c"], null],
    ["sorting[field]=name&sorting[direction]=desc", ["c", "b", "a"], { field: "name", direction: "desc" }],
    ["sorting[field]=email", ["a", "b", "c"], { field: "email", direction: "asc" }],
    ["sorting[field]=title", ["c", "a", "b"], { field: "title", direction: "asc" }],
    ["sorting[field]=title&sorting[direction]=desc", ["a", "c", "b"], { field: "title", direction: "desc" }],
    ["sorting[field]=constructor", ["a", "b", "c"], { field: "constructor", direction: "asc" }],
    ["team_id=red", ["b", "c"], null],
    ["team_id=green", [], null],
    ["unknown=1", ["a", "b", "c"], null],
  ] as const
) {
  Deno.test(`listPage() filters and sorts by "${query}"`, async () => {
    const { json } = await (await callerWithPeople()).get(`person?${query}`);
    assertEquals([json.summaries.map(({ id }: { id: string }) => id), json.sorting], [ids, sorting]);
  });
}

for (
  const [query, ids, pagination] of [
    ["", "abc", [3, 1, 3, 1, 1, 0, 100, null, null]],
    ["pagination[page_size]=2", "ab", [3, 1, 2, 2, 1, 0, 2, 2, null]],
    ["pagination[page_size]=2&pagination[offset]=2", "c", [3, 3, 3, 2, 2, 2, 2, null, 0]],
    ["pagination[page_size]=1&pagination[offset]=1", "b", [3, 2, 2, 3, 2, 1, 1, 2, 0]],
    ["pagination[offset]=9", "", [3, 0, 0, 1, 1, 9, 100, null, 0]],
    ["pagination[page_size]=1&team_id=red", "b", [2, 1, 1, 2, 1, 0, 1, 1, null]],
  ] as const
) {
  Deno.test(`listPage() returns the page "${query}"`, async () => {
    const { json } = await (await callerWithPeople()).get(`person?${query}`);
    assertEquals(json.summaries.map(({ id }: { id: string }) => id).join(""), ids);
    const fields = ["item_count", "item_start", "item_end", "page_count", "page_index", "page_offset"];
    fields.push("page_size", "next_page_offset", "previous_page_offset");
    assertEquals(fields.map((field) => json.pagination[field]), [...pagination]);
  });
}

for (
  const query of [
    "pagination[page_size]=101",
    "pagination[page_size]=0",
    "pagination[offset]=-1",
    "pagination[offset]=1.5",
    "sorting[field]=",
    "sorting[field]=name&sorting[direction]=up",
  ]
) {
  Deno.test(`listPage() rejects "${query}"`, async () => {
    const { status, json } = await new Caller().get(`person?${query}`);
    assertEquals([status, json.code], [422, "validation_errors"]);
  });
}
