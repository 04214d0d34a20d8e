/**
 * Filters, sorts and paginates lists.
 *
 * @module
 */

import { fail, isOneOf } from "../guards.ts";
import { type FieldRules, type Fields, isFilled, optional } from "./fields.ts";

/** The rules for the fields that every list takes. */
export const PAGE_FIELDS: FieldRules = {
  "pagination[offset]": optional((value) => /^\d{1,9}$/.test(String(value)) || fail("an integer >= 0")),
  "pagination[page_size]": optional((value) =>
    /^(?:[1-9]\d?|100)$/.test(String(value)) || fail("an integer from 1 to 100")
  ),
  "sorting[field]": optional(isFilled),
  "sorting[direction]": optional((value) => isOneOf(value, ["asc", "desc"])),
};

/**
 * The filters of a list, by the field of the query that sets them. A filter that the query does not set is not applied.
 */
export interface ListFilters<T> {
  readonly [field: string]: (record: T, value: string) => boolean;
}

/** Creates a filter for records whose field equals the value in the query. `null` selects records without a value. */
export function equals<T extends object>(field: keyof T): ListFilters<T>[string] {
  return (record, value) => value === "null" ? (record[field] ?? null) === null : record[field] === value;
}

/** Returns the records that match the filters that the query sets. */
export function filterRecords<T extends object>(
  records: Iterable<T>,
  fields: Fields,
  filters: ListFilters<T>,
): T[] {
  const set = Object.entries(filters).filter(([field]) => typeof fields[field] === "string");
  return [...records].filter((record) =>
    set.every(([field, matches]) => matches(record, fields[field] as string))
  );
}

/** The options of {@linkcode listPage}. */
export interface ListOptions<T> {
  readonly filters?: ListFilters<T>;
  /** Converts a record to its form in responses. Defaults to the record itself. */
  present?(record: T): object;
  /** The fields that records in a list omit. */
  readonly detailsOnly?: readonly string[] | undefined;
}

/** Filters and sorts the records and returns the page that the query asks for. */
export function listPage<T extends object>(
  records: Iterable<T>,
  fields: Fields,
  { filters = {}, present = (record) => record, detailsOnly = [] }: ListOptions<T> = {},
): Record<string, unknown> {
  const found = filterRecords(records, fields, filters);
  const sorting = sortingOf(fields);
  if (sorting) found.sort(comparing(sorting));
  const offset = Number(fields["pagination[offset]"] ?? 0);
  const size = Number(fields["pagination[page_size]"] ?? 100);
  const summaries = found.slice(offset, offset + size).map((record) => without(present(record), detailsOnly));
  const isEmpty = summaries.length === 0;
  return {
    summaries,
    pagination: {
      item_count: found.length,
      item_start: isEmpty ? 0 : offset + 1,
      item_end: isEmpty ? 0 : offset + summaries.length,
      page_count: Math.ceil(found.length / size),
      page_index: Math.floor(offset / size) + 1,
      page_offset: offset,
      page_size: size,
      next_page_offset: offset + size < found.length ? offset + size : null,
      previous_page_offset: offset > 0 ? Math.max(0, offset - size) : null,
    },
    sorting: sorting ?? null,
  };
}

function without(record: object, fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(record).filter(([field]) => !fields.includes(field)));
}

interface Sorting {
  readonly field: string;
  readonly direction: "asc" | "desc";
}

function sortingOf(fields: Fields): Sorting | undefined {
  const field = fields["sorting[field]"];
  if (typeof field !== "string") return undefined;
  return { field, direction: fields["sorting[direction]"] === "desc" ? "desc" : "asc" };
}

/** Compares records by a field, in code units or as numbers. Records without the field come last. */
function comparing({ field, direction }: Sorting): (a: object, b: object) => number {
  const sign = direction === "desc" ? -1 : 1;
  const valueOf = (record: object) =>
    Object.hasOwn(record, field) ? (record as Record<string, string | number | null>)[field] ?? null : null;
  return (recordA, recordB) => {
    const [a, b] = [valueOf(recordA), valueOf(recordB)];
    if (a === b) return 0;
    if (a === null) return 1;
    if (b === null) return -1;
    return a < b ? -sign : sign;
  };
}
