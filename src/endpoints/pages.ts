/**
 * Reads all pages of a list.
 *
 * @module
 */

import { PrefactorResponseContractError } from "../errors/errors.ts";
import { formatValue } from "../guards.ts";
import type { Page, PageParams } from "../models/page.ts";

/** The maximum number of rows of a page, and the default of {@linkcode listAll}. */
const MAX_PAGE_SIZE = 100;

/**
 * Yields the rows of all pages, one page in flight at a time. A row that the previous page held already, because rows
 * shift while new ones arrive, is not yielded twice.
 */
export async function* listAll<Params extends PageParams, Row extends { readonly id: string }>(
  list: (params: Params) => Promise<Page<Row>>,
  params: Params,
): AsyncGenerator<Row, void> {
  let offset = params?.pagination?.offset ?? undefined;
  let previousIds: ReadonlySet<string> = new Set();
  for (;;) {
    const pagination = {
      page_size: MAX_PAGE_SIZE,
      ...params?.pagination,
      ...(offset !== undefined && { offset }),
    };
    const { summaries, pagination: place } = await list({ ...params, pagination });
    for (const row of summaries) {
      if (!previousIds.has(row.id)) yield row;
    }
    const next: unknown = place?.next_page_offset;
    if (next === null || next === undefined || summaries.length === 0) return;
    offset = advance(offset ?? 0, next);
    previousIds = new Set(summaries.map(({ id }) => id));
  }
}

/** Returns the next offset, which may come as text. One that does not advance would never end. */
function advance(offset: number, next: unknown): number {
  const number = typeof next === "string" && next.trim() !== "" ? Number(next) : next;
  if (typeof number === "number" && number > offset) return number;
  const path = "pagination.next_page_offset";
  throw new PrefactorResponseContractError(
    `Cannot read the next page: '${path}' must be a number > ${offset}, but is ${formatValue(next)}`,
    { path },
  );
}
