import { assert, assertEquals, assertFalse } from "@std/assert";
import { isAgentSummary, isPage, isPageParams, isPagination, isSorting } from "../../mod.ts";
import { findIssue } from "../../src/guards.ts";
import {
  absentOr,
  ARRAY,
  fields,
  OBJECT,
  OPAQUE,
  OPEN_ENUM,
  optional,
  required,
  STRING,
  testGuards,
  testRequestGuards,
} from "./break_every_leaf.ts";
import { PAGE_PARAMS, PAGE_PARAMS_RULES } from "./page_params.ts";

const PAGINATION = {
  item_count: 250,
  item_start: 101,
  item_end: 200,
  page_count: 3,
  page_index: 2,
  page_offset: 1,
  page_size: 100,
  next_page_offset: 2,
  previous_page_offset: 0,
};

const ANY = optional({ expected: "", wrong: [], right: [1, "1", true, [], {}] });

function isAgentPage(value: unknown): boolean {
  return isPage(value, isAgentSummary);
}

testGuards([
  [isPagination, PAGINATION, fields(Object.keys(PAGINATION).join(" "), ANY)],
  [
    isSorting,
    { field: "id", direction: "desc", nulls: "last" },
    fields("field direction nulls", optional(OPEN_ENUM)),
  ],
  [
    isAgentPage,
    {
      status: "success",
      summaries: [{ id: "a-1" }, { id: "a-2", name: "Librarian" }],
      pagination: PAGINATION,
      sorting: { field: "id" },
    },
    {
      status: optional(OPEN_ENUM),
      summaries: required(ARRAY),
      "summaries[0]": absentOr(OBJECT),
      "summaries[0].id": required(STRING),
      "summaries[1]": absentOr(OBJECT),
      "summaries[1].id": required(STRING),
      "summaries[1].name": optional(STRING),
      pagination: optional(OPAQUE),
      sorting: optional(OPAQUE),
    },
  ],
]);

testRequestGuards([[isPageParams, PAGE_PARAMS, PAGE_PARAMS_RULES]]);

Deno.test("isPage() accepts the smallest page", () => {
  assert(isPage({ summaries: [] }, isAgentSummary));
});

Deno.test("isPage() names the first invalid row", () => {
  const summaries = [{ id: "a-1" }, { id: "a-2" }, { id: "a-3" }, { id: 4 }, { id: 5 }];
  assertFalse(isAgentPage({ summaries }));
  assertEquals(findIssue(isAgentPage, { summaries }), {
    path: "summaries[3].id",
    expected: "a string",
    value: 4,
  });
});
