/**
 * Ids of new records.
 *
 * @module
 */

import { fieldError, invalidFields } from "../replies.ts";
import type { Store } from "../store.ts";

/** Returns the id that the caller chose, which must be free, or a new one if the caller chose none. */
export function freeId(store: Store, taken: { get(id: string): unknown }, id: unknown): string {
  if (typeof id !== "string") return store.account.createId();
  if (taken.get(id) !== undefined) throw invalidFields({ id: fieldError("taken", "The id is taken") });
  return id;
}
