/**
 * Items of a bulk request, encoded as the operations that they stand for.
 *
 * @module
 */

import type { ArgumentChecker } from "../arguments.ts";
import { FINISH_INSTANCE, REGISTER_INSTANCE, START_INSTANCE } from "../endpoints/agent_instances.ts";
import { CREATE_SPAN, FINISH_SPAN } from "../endpoints/agent_spans.ts";
import { encodeFields, type Operation } from "../endpoints/operation.ts";
import { isObject } from "../guards.ts";
import type { BulkItem } from "../models/bulk.ts";

const OPERATIONS = new Map(
  [REGISTER_INSTANCE, START_INSTANCE, FINISH_INSTANCE, CREATE_SPAN, FINISH_SPAN]
    .map((operation) => [operation.bulk?.type, operation as Operation<object, unknown>]),
);

/**
 * Encodes the fields of an item like those of the single operation: defaults are filled in, absent fields left out,
 * and dates become strings. An item of an unknown type is returned as it is.
 */
export function encodeItem(item: BulkItem, checker: ArgumentChecker): BulkItem {
  const operation = OPERATIONS.get(item._type);
  if (!operation) return item;
  const { _type, idempotency_key, details, ...fields } = item;
  return {
    _type,
    idempotency_key,
    ...(isObject(details)
      ? { ...fields, details: encodeFields(operation, details, checker) }
      : encodeFields(operation, fields, checker)),
  };
}
