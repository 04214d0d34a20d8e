/**
 * An example of the page params, which every list takes, and their rules.
 *
 * @module
 */

import { integer, OBJECT, oneOf, optional, required, type Rules, STRING } from "./break_every_leaf.ts";

export const PAGE_PARAMS = {
  pagination: { offset: 1, page_size: 50 },
  sorting: { field: "id", direction: "desc" },
};
export const PAGE_PARAMS_RULES: Rules = {
  pagination: optional({ ...OBJECT, right: [{}] }),
  "pagination.offset": optional(integer(0, Number.MAX_SAFE_INTEGER)),
  "pagination.page_size": optional(integer(1, 100)),
  sorting: optional(OBJECT),
  "sorting.field": required(STRING),
  "sorting.direction": required(oneOf("asc", "desc")),
};
