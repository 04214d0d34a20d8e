/**
 * Resources without rules of their own: list, get, create, update and delete.
 *
 * @module
 */

import { type FieldRules, type Fields, isFilled, optional } from "../fields.ts";
import { type ListFilters, listPage, PAGE_FIELDS } from "../lists.ts";
import { ErrorReply } from "../replies.ts";
import type { Route } from "../route.ts";
import type { PlainRecord, Store } from "../store.ts";
import { freeId } from "./ids.ts";

/** The description of a plain resource. */
export interface PlainResource {
  /** The `type` of its records, also its path. */
  readonly type: string;
  /** The rules of the fields that a create and an update take. Optional fields default to `null`. */
  readonly fields: FieldRules;
  /** The rules of the fields that only a create takes. */
  readonly createFields?: FieldRules;
  /** Defaults other than `null`, also of fields that no request sets. */
  readonly defaults?: Fields;
  /** The filters of its list. */
  readonly filters?: ListFilters<PlainRecord>;
  /** The part before the slash of the `_type` of a create and an update in bulk requests. Defaults to none. */
  readonly bulkName?: string;
}

/** Creates a record of a plain resource, which is not stored yet. */
export function createRecord(
  store: Store,
  { type, fields, createFields, defaults = {} }: PlainResource,
  id: string,
  given: Fields,
): PlainRecord {
  const now = new Date().toISOString();
  return {
    type,
    id,
    account_id: store.account.id,
    ...defaults,
    ...pick({ ...fields, ...createFields }, given, defaults),
    inserted_at: now,
    updated_at: now,
  };
}

/** Returns the fields that have a rule, with the values of `others` for those that are left out. */
function pick(rules: FieldRules, given: Fields, others: Fields): Fields {
  const valueOf = (field: string) => given[field] === undefined ? others[field] ?? null : given[field];
  return Object.fromEntries(Object.keys(rules).map((field) => [field, valueOf(field)]));
}

/** Creates the operations of a plain resource. */
export function plainRoutes(resource: PlainResource): Route[] {
  const { type, fields, createFields = {}, filters = {}, bulkName } = resource;
  const path = `${type}/{${type}_id}`;

  function find(store: Store, id: string): PlainRecord {
    const record = store.plainRecords(type).get(id);
    if (!record) throw new ErrorReply(404, "not_found", `The ${type} was not found`);
    return record;
  }

  function save(store: Store, record: PlainRecord): { details: PlainRecord } {
    store.plainRecords(type).set(record.id, record);
    return { details: record };
  }

  return [
    {
      method: "GET",
      path: type,
      fields: PAGE_FIELDS,
      handle: (store, input) => listPage(store.plainRecords(type).records.values(), input.fields, filters),
    },
    {
      method: "POST",
      path: type,
      hasDetails: true,
      ...(bulkName && { bulkType: `${bulkName}/create` }),
      fields: { ...fields, ...createFields, id: optional(isFilled) },
      handle(store, input) {
        const id = freeId(store, store.plainRecords(type), input.fields["id"]);
        return save(store, createRecord(store, resource, id, input.fields));
      },
    },
    { method: "GET", path, handle: (store, { id }) => ({ details: find(store, id) }) },
    {
      method: "PUT",
      path,
      hasDetails: true,
      ...(bulkName && { bulkType: `${bulkName}/update` }),
      fields,
      handle(store, input) {
        const record = find(store, input.id);
        const updated_at = new Date().toISOString();
        return save(store, { ...record, ...pick(fields, input.fields, record), updated_at });
      },
    },
    {
      method: "DELETE",
      path,
      handle(store, { id }) {
        const details = find(store, id);
        store.plainRecords(type).delete(id);
        return { details };
      },
    },
  ];
}
