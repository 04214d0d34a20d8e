/**
 * Reads all pages of a list.
 *
 * @module
 */

import { redact } from "../arguments.ts";
import { isAbsentOr, isIntegerIn, isObject } from "../guards.ts";
import type { JsonObject } from "../models/common.ts";
import type { Page, PageParams } from "../models/page.ts";
import {
  contractError,
  type EncodedRequest,
  execute,
  type Execution,
  type OperationResponse,
} from "./operation.ts";

/** The maximum number of rows of a page, and the default of {@linkcode listAll}. */
const MAX_PAGE_SIZE = 100;

/**
 * Yields the rows of all pages and requests one page at a time. Rows shift to the next page if new ones are added in the
 * meantime; a row that was already in the previous page is not yielded again.
 */
export async function* listAll<Params extends PageParams, Row extends { readonly id: string }>(
  execution: Execution<Params, Page<Row>>,
): AsyncGenerator<Row, void> {
  const { requester, params } = execution;
  let pagination = params?.pagination;
  if (isAbsentOr(pagination, isObject)) {
    pagination = { ...pagination, page_size: pagination?.page_size ?? MAX_PAGE_SIZE };
  }
  let previousIds: ReadonlySet<string> = new Set();
  for (;;) {
    let facts!: [EncodedRequest, OperationResponse];
    const page = await execute({
      ...execution,
      params: { ...params, pagination },
      onResponse: (...args) => facts = args,
    });
    for (const row of page.summaries) {
      if (!previousIds.has(row.id)) yield row;
    }
    const next: unknown = page.pagination?.next_page_offset;
    if (next === null || next === undefined || page.summaries.length === 0) return;
    const least = (pagination?.offset ?? 0) + 1;
    const offset = typeof next === "string" && next.trim() !== "" ? Number(next) : next;
    if (!isIntegerIn(offset, least, Number.MAX_SAFE_INTEGER)) { // otherwise it would never end
      const path = "pagination.next_page_offset";
      const issue = { path, expected: `an integer >= ${least}`, value: redact(requester, next) };
      const [request, response] = facts;
      const body = redact(requester, response.body) as JsonObject;
      throw contractError(issue, request, { ...response, body }, requester);
    }
    pagination = { ...pagination, offset };
    previousIds = new Set(page.summaries.map(({ id }) => id));
  }
}
