/**
 * Chooses the IDs of new records, and finds the record that a query identifies.
 *
 * @module
 */

import type { Fields } from "../fields.ts";
import { fieldError, invalidFields } from "../replies.ts";
import type { Store } from "../store.ts";

/** Returns the caller's ID, which must not be in use, or a new one if the caller has not set any. */
export function freeId(store: Store, taken: { get(id: string): unknown }, id: unknown): string {
  if (typeof id !== "string") return store.account.createId();
  if (taken.get(id) !== undefined) throw invalidFields({ id: fieldError("taken", "The ID is taken") });
  return id;
}

/** Rejects the ID of another account. */
export function checkAccount({ account }: Store, { account_id }: Fields): void {
  if (typeof account_id !== "string" || account_id === account.id) return;
  throw invalidFields({ account_id: fieldError("invalid", "account_id must be the account of the token") });
}

/** Returns the value and the name of the one field of two that is set. */
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

/** Finds the record with the ID in a query, or the first record with the external identifier in it. */
export function findShown<T extends { readonly external_identifier?: unknown }>(
  { records }: { readonly records: ReadonlyMap<string, T> },
  fields: Fields,
  idField: string,
): T | undefined {
  const { field, id } = onlyOneOf(fields, idField, "external_identifier");
  if (field === idField) return records.get(id);
  return [...records.values()].find((record) => record.external_identifier === id);
}
