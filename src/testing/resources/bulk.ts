/**
 * Bulk requests.
 *
 * @module
 */

import { fail, isObject, isString } from "../../guards.ts";
import type { BulkItem } from "../../models/bulk.ts";
import { type FieldRules, type Fields, findFieldErrors, isFilled, required } from "../fields.ts";
import { fieldError, type FieldErrors, invalidFields, type Reply } from "../replies.ts";
import type { Route, RouteInput } from "../route.ts";
import type { Store } from "../store.ts";

const ITEM_RULES: FieldRules = { _type: required(isFilled), idempotency_key: required(isItemKey) };

function isItemKey(value: unknown): boolean {
  return isString(value) && (value.length >= 8 && value.length <= 64 || fail("8 to 64 characters"));
}

/** Creates the operation that executes items in order until one fails. */
export function bulkRoute(
  runItem: (store: Store, item: BulkItem, deployment: RouteInput["deployment"]) => Reply,
): Route {
  return {
    method: "POST",
    path: "bulk",
    allowsDeployment: true,
    handle(store, { fields, deployment }) {
      const outputs: [string, Reply["body"]][] = [];
      for (const item of checkItems(fields)) {
        const { status, body } = runItem(store, item, deployment);
        outputs.push([item.idempotency_key, body]);
        if (status !== 200) break;
      }
      return { outputs: Object.fromEntries(outputs) };
    },
  };
}

function checkItems({ items }: Fields): BulkItem[] {
  if (items === undefined || items === null || Array.isArray(items) && items.length === 0) {
    throw invalidFields({ items: fieldError("required", "At least one item is required") });
  }
  if (!Array.isArray(items)) throw invalidFields({ items: fieldError("invalid", "items must be an array") });
  const keys = new Set<unknown>();
  const errors: FieldErrors = {};
  items.forEach((item: unknown, index) => {
    const error = isObject(item)
      ? findFieldErrors(ITEM_RULES, item)
      : fieldError("invalid", "The item must be an object");
    const key = isObject(item) ? item["idempotency_key"] : undefined;
    if (error) errors[index] = error;
    else if (keys.has(key)) {
      errors[index] = { idempotency_key: fieldError("taken", "Another item has the same key") };
    }
    keys.add(key);
  });
  if (Object.keys(errors).length > 0) throw invalidFields({ items: errors });
  return items;
}
