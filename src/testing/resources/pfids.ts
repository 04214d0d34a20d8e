/**
 * IDs that the platform generates.
 *
 * @module
 */

import { isIntegerIn } from "../../guards.ts";
import { isFilled, optional, required } from "../fields.ts";
import type { Route } from "../route.ts";
import { checkAccount } from "./ids.ts";

const MAX_COUNT = 1_000;

/** The operation that generates IDs in the partition of the account. */
export const PFID_ROUTE: Route = {
  method: "POST",
  path: "pfid/generate",
  fields: {
    count: required((value) => isIntegerIn(value, 1, MAX_COUNT)),
    account_id: optional(isFilled),
  },
  handle(store, { fields }) {
    checkAccount(store, fields);
    const { id, createId } = store.account;
    return { account_id: id, pfids: Array.from({ length: fields["count"] as number }, createId) };
  },
};
