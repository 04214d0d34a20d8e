/**
 * The pages of a list, and the params that select and sort them.
 *
 * @module
 */

import { isAbsentOr, isArrayOf, isIntegerIn, isObject, isOneOf, isPlainObject, isString } from "../guards.ts";
import type { OpenEnum } from "./common.ts";

/** The position of a page in its list. */
export interface Pagination {
  /** The number of rows in the list. */
  item_count: number | null;
  /** The number of the first row of the page, from 1. */
  item_start: number | null;
  /** The number of the last row of the page, from 1. */
  item_end: number | null;
  /** The number of pages. */
  page_count: number | null;
  /** The number of the page, from 1. */
  page_index: number | null;
  /** The offset of the page, from 0. */
  page_offset: number | null;
  /** The maximum number of rows of a page. */
  page_size: number | null;
  /** The offset of the next page; `null` on the last page. */
  next_page_offset: number | null;
  /** The offset of the previous page; `null` on the first page. */
  previous_page_offset: number | null;
}

/**
 * Returns whether a value is a {@linkcode Pagination}: any object, because no field is needed to read the page itself.
 *
 * @example
 * ```ts
 * import { isPagination } from "@prefactor/http";
 *
 * console.log(isPagination({ page_offset: 0, next_page_offset: 1 }), isPagination(1)); // true false
 * ```
 */
export function isPagination(value: unknown): value is Pagination {
  return isObject(value);
}

/** The order of the rows of a list. */
export interface Sorting {
  /** The field that the rows are sorted by. */
  field?: string | null;
  /** The direction. */
  direction?: OpenEnum<"asc" | "desc"> | null;
  /** The position of rows without the field. */
  nulls?: OpenEnum<"first" | "last" | "auto"> | null;
}

/**
 * Returns whether a value is a {@linkcode Sorting}.
 *
 * @example
 * ```ts
 * import { isSorting } from "@prefactor/http";
 *
 * console.log(isSorting({ field: "id", direction: "desc" })); // true
 * ```
 */
export function isSorting(value: unknown): value is Sorting {
  return isObject(value) &&
    isAbsentOr(value["field"], isString) &&
    isAbsentOr(value["direction"], isString) &&
    isAbsentOr(value["nulls"], isString);
}

/** One page of a list. */
export interface Page<T> {
  /** `"success"`. */
  status?: string | null;
  /** The rows. */
  summaries: T[];
  /** The position of the page in the list. */
  pagination?: Pagination | null;
  /** The order of the rows. */
  sorting?: Sorting | null;
}

/**
 * Returns whether a value is a {@linkcode Page}.
 *
 * @param value The value to check.
 * @param isSummary The guard for the rows.
 *
 * @example
 * ```ts
 * import { isAgentSummary, isPage } from "@prefactor/http";
 *
 * const page: unknown = { status: "success", summaries: [{ id: "a-1" }], pagination: null, sorting: null };
 * console.log(isPage(page, isAgentSummary)); // true
 * ```
 */
export function isPage<T>(value: unknown, isSummary: (value: unknown) => value is T): value is Page<T> {
  return isObject(value) &&
    isAbsentOr(value["status"], isString) &&
    isArrayOf(value["summaries"], isSummary) &&
    isAbsentOr(value["pagination"], isPagination) &&
    isAbsentOr(value["sorting"], isObject);
}

/** The params that all lists share. */
export interface PageParams {
  /** The page to read. */
  pagination?:
    | {
      /** The offset of the page, from 0. The `next_page_offset` of a page is that of the next one. Defaults to 0. */
      offset?: number | null | undefined;
      /** The maximum number of rows of the page, 1 to 100. */
      page_size?: number | null | undefined;
    }
    | null
    | undefined;
  /** The order of the rows. */
  sorting?:
    | {
      /** The field to sort by, such as `"id"`. */
      field: string;
      /** The direction. */
      direction: "asc" | "desc";
    }
    | null
    | undefined;
}

/**
 * Returns whether a value is a {@linkcode PageParams}.
 *
 * @example
 * ```ts
 * import { isPageParams } from "@prefactor/http";
 *
 * console.log(isPageParams({ pagination: { offset: 0, page_size: 100 } })); // true
 * console.log(isPageParams({ pagination: { page_size: 1_000 } })); // false
 * ```
 */
export function isPageParams(value: unknown): value is PageParams {
  return isPlainObject(value) &&
    isAbsentOr(value["pagination"], isPageSelection) &&
    isAbsentOr(value["sorting"], isOrder);
}

function isPageSelection(value: unknown): value is NonNullable<PageParams["pagination"]> {
  return isPlainObject(value) &&
    isAbsentOr(value["offset"], isOffset) &&
    isAbsentOr(value["page_size"], isPageSize);
}

function isOffset(value: unknown): value is number {
  return isIntegerIn(value, 0, Number.MAX_SAFE_INTEGER);
}

function isPageSize(value: unknown): value is number {
  return isIntegerIn(value, 1, 100);
}

function isOrder(value: unknown): value is NonNullable<PageParams["sorting"]> {
  return isPlainObject(value) &&
    isString(value["field"]) &&
    isOneOf(value["direction"], ["asc", "desc"]);
}
