/**
 * Creates the operations of resources from descriptions: list, get, create, update, delete, and status changes.
 *
 * @module
 */

import { type FieldRules, type Fields, isFilled, optional } from "../fields.ts";
import { type ListFilters, listPage, PAGE_FIELDS } from "../lists.ts";
import { ErrorReply } from "../replies.ts";
import type { Route } from "../route.ts";
import type { PlainRecord, Store } from "../store.ts";
import { checkAccount, freeId } from "./ids.ts";
import { invalidAction } from "./lifecycle.ts";

/** An operation that a plain resource can have, apart from its actions. */
export type PlainOperation = "list" | "get" | "create" | "update" | "delete";

/** An action that changes the status of a record. Its path is below that of the record. */
export interface StatusAction {
  readonly action: string;
  /** The statuses in which the action is allowed. */
  readonly from: readonly string[];
  readonly to: string;
}

/** The description of a plain resource. */
export interface PlainResource {
  /** The `type` of its records, which is also its path. */
  readonly type: string;
  /** The operations that it has. Defaults to all. */
  readonly operations?: readonly PlainOperation[];
  /** The rules for the fields of `create` and `update`. Optional fields default to `null`. */
  readonly fields: FieldRules;
  /** The rules for the fields of `create` only. */
  readonly createFields?: FieldRules;
  /** The rules for the fields of `list`, in addition to those of every list. */
  readonly listFields?: FieldRules;
  /** Returns defaults other than `null`, including those of fields that no request sets. */
  defaults?(): Fields;
  /** Converts the fields of `create` to those of the record. */
  convert?(fields: Fields): Fields;
  /** The filters of its list. */
  readonly filters?: ListFilters<PlainRecord>;
  /** The fields that records in a list omit. */
  readonly detailsOnly?: readonly string[];
  /** Returns the fields that differ from the stored record in every response. */
  derive?(store: Store, record: PlainRecord): Fields;
  readonly actions?: readonly StatusAction[];
  /** The statuses in which a record can be deleted. Defaults to all. */
  readonly deletableFrom?: readonly string[];
  /** The part of `_type` before the slash, for `list`, `create` and `update` in bulk requests. Defaults to none. */
  readonly bulkName?: string;
}

/** Creates a record of a plain resource without storing it. */
export function createRecord(
  store: Store,
  { type, fields, createFields, defaults, convert }: PlainResource,
  id: string,
  given: Fields,
): PlainRecord {
  const now = new Date().toISOString();
  const others = defaults?.() ?? {};
  const picked = pick({ ...fields, ...createFields }, given, others);
  return {
    type,
    id,
    account_id: store.account.id,
    ...others,
    ...(convert?.(picked) ?? picked),
    inserted_at: now,
    updated_at: now,
  };
}

/** Returns the fields that have a rule. The values of omitted fields come from `others`. */
function pick(rules: FieldRules, given: Fields, others: Fields): Fields {
  const valueOf = (field: string) => given[field] === undefined ? others[field] ?? null : given[field];
  return Object.fromEntries(Object.keys(rules).map((field) => [field, valueOf(field)]));
}

/** Finds a record of a plain resource. */
export function findRecord(store: Store, type: string, id: string): PlainRecord {
  const record = store.plainRecords(type).get(id);
  if (!record) throw new ErrorReply(404, "not_found", `The ${nounOf(type)} was not found`);
  return record;
}

function nounOf(type: string): string {
  return type.replaceAll("_", " ");
}

/** Converts a record to its form in responses. */
export function present(store: Store, { derive }: PlainResource, record: PlainRecord): PlainRecord {
  return derive ? { ...record, ...derive(store, record) } : record;
}

/** Creates the operations of a plain resource. */
export function plainRoutes(resource: PlainResource): Route[] {
  const { type, fields, createFields, listFields, filters = {}, detailsOnly, bulkName } = resource;
  const path = `${type}/{${type}_id}`;

  function save(store: Store, record: PlainRecord): { details: PlainRecord } {
    store.plainRecords(type).set(record.id, record);
    return { details: present(store, resource, record) };
  }

  function change(store: Store, record: PlainRecord, changes: Fields): { details: PlainRecord } {
    return save(store, { ...record, ...changes, updated_at: new Date().toISOString() });
  }

  const routes: { readonly [operation in PlainOperation]: Route } = {
    list: {
      method: "GET",
      path: type,
      ...(bulkName && { bulkType: `${bulkName}/list` }),
      fields: { ...listFields, ...PAGE_FIELDS },
      handle: (store, input) =>
        listPage(store.plainRecords(type).records.values(), input.fields, {
          filters,
          detailsOnly,
          present: (record) => present(store, resource, record),
        }),
    },
    get: {
      method: "GET",
      path,
      handle: (store, { id }) => ({ details: present(store, resource, findRecord(store, type, id)) }),
    },
    create: {
      method: "POST",
      path: type,
      hasDetails: true,
      ...(bulkName && { bulkType: `${bulkName}/create` }),
      fields: { ...fields, ...createFields, id: optional(isFilled) },
      handle(store, input) {
        checkAccount(store, input.fields);
        const id = freeId(store, store.plainRecords(type), input.fields["id"]);
        return save(store, createRecord(store, resource, id, input.fields));
      },
    },
    update: {
      method: "PUT",
      path,
      hasDetails: true,
      ...(bulkName && { bulkType: `${bulkName}/update` }),
      fields,
      handle(store, input) {
        const record = findRecord(store, type, input.id);
        return change(store, record, pick(fields, input.fields, record));
      },
    },
    delete: {
      method: "DELETE",
      path,
      handle(store, { id }) {
        const record = findRecord(store, type, id);
        checkStatus(record, "delete", resource.deletableFrom);
        store.plainRecords(type).delete(id);
        return { details: present(store, resource, record) };
      },
    },
  };
  const operations = resource.operations ?? ["list", "create", "get", "update", "delete"];
  const actions = resource.actions ?? [];
  return [
    ...operations.map((operation) => routes[operation]),
    ...actions.map(({ action, from, to }): Route => ({
      method: "POST",
      path: `${path}/${action}`,
      handle(store, { id }) {
        const record = findRecord(store, type, id);
        checkStatus(record, action, from);
        return change(store, record, { status: to });
      },
    })),
  ];
}

function checkStatus(record: PlainRecord, action: string, from: readonly string[] | undefined): void {
  const status = String(record["status"]);
  if (from && !from.includes(status)) throw invalidAction(action, nounOf(String(record["type"])), status);
}
