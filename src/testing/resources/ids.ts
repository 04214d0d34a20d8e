/**
 * Ids of new records, and the fields of a query that identify a record.
 *
 * @module
 */

import type { Fields } from "../fields.ts";
import { fieldError, invalidFields } from "../replies.ts";
import type { Store } from "../store.ts";

/** Returns the id that the caller chose, which must be free, or a new one if the caller chose none. */
export function freeId(store: Store, taken: { get(id: string): unknown }, id: unknown): string {
  if (typeof id !== "string") return store.account.createId();
  if (taken.get(id) !== undefined) throw invalidFields({ id: fieldError("taken", "The id is taken") });
  return id;
}

/** Refuses the id of another account. */
export function checkAccount({ account }: Store, { account_id }: Fields): void {
  if (typeof account_id !== "string" || account_id === account.id) return;
  throw invalidFields({ account_id: fieldError("invalid", "account_id must be the account of the token") });
}

/** Returns the value of the only one of two fields that is set, and which field that is. */
export function onlyOneOf(
  fields: Fields,
  a: string,
  b: string,
): { readonly field: string; readonly id: string } {
  const [field, other] = [a, b].filter((name) => typeof fields[name] === "string");
  if (field !== undefined && other === undefined) return { field, id: fields[field] as string };
  const error = fieldError(other ? "invalid" : "required", `Exactly one of ${a} and ${b} is required`);
  throw invalidFields({ [a]: error });
}

/** Finds the record with the id or, the first of several, with the external identifier that a query has. */
export function findShown<T extends { readonly external_identifier?: unknown }>(
  { records }: { readonly records: ReadonlyMap<string, T> },
  fields: Fields,
  idField: string,
): T | undefined {
  const { field, id } = onlyOneOf(fields, idField, "external_identifier");
  if (field === idField) return records.get(id);
  return [...records.values()].find((record) => record.external_identifier === id);
}
