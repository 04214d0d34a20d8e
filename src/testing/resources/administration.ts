/**
 * The administration resources.
 *
 * @module
 */

import { isRiskRuleset } from "../../admin/models/risk_profile.ts";
import { isArrayOf, isDateTime, isObject, isOneOf, isString } from "../../guards.ts";
import { actionProfile, dataCategories } from "../../models/data_risk.ts";
import { isFilled, optional, required } from "../fields.ts";
import { equals } from "../lists.ts";
import type { Route } from "../route.ts";
import type { PlainRecord, Store } from "../store.ts";
import { createToken } from "../tokens.ts";
import { findShown } from "./ids.ts";
import { createRecord, findRecord, type PlainResource, plainRoutes } from "./plain_resource.ts";

const TIMES = ["inserted_at", "updated_at"];
const BY_ACCOUNT = { account_id: equals<PlainRecord>("account_id") };

const ACCOUNT: PlainResource = {
  type: "account",
  operations: ["list", "get", "update"],
  fields: { name: required(isFilled) },
};

const ADMIN_USER: PlainResource = {
  type: "admin_user",
  operations: ["list", "get", "update"],
  fields: {
    name: optional(isString),
    job_title: optional(isString),
    profile_completed_at: optional(isDateTime),
  },
  createFields: { email: required(isFilled) },
  defaults: () => ({ last_active_at: null }),
  filters: BY_ACCOUNT,
};

const ENVIRONMENT: PlainResource = {
  type: "environment",
  fields: { name: required(isFilled) },
  createFields: { account_id: required(isFilled) },
  defaults: () => ({ description: null, external_identifier: null, purpose: null }),
  filters: BY_ACCOUNT,
  detailsOnly: TIMES,
  bulkName: "environments",
};

const RESOURCES: readonly PlainResource[] = [
  ACCOUNT,
  ADMIN_USER,
  ENVIRONMENT,
  {
    type: "admin_user_invite",
    operations: ["list", "get", "create"],
    fields: {},
    createFields: { email: required(isFilled) },
    defaults() {
      const token = createToken();
      return { status: "pending", token, invite_url: `https://sandbox.prefactor.test/invites/${token}` };
    },
    actions: [{ action: "revoke", from: ["pending"], to: "revoked" }],
  },
  {
    type: "person",
    fields: {
      email: required(isFilled),
      name: required(isFilled),
      team_ids: optional((value) => isArrayOf(value, isString)),
      title: optional(isString),
    },
    defaults: () => ({ team_ids: [] }),
    filters: { team_id: isInTeam },
    detailsOnly: TIMES,
  },
  {
    type: "team",
    fields: { name: required(isFilled) },
    detailsOnly: TIMES,
    derive: (store, { id }) => ({
      agent_count: count(store.plainRecords("agent").records.values(), ({ team_id }) => team_id === id),
      people_count: count(store.plainRecords("person").records.values(), (person) => isInTeam(person, id)),
    }),
  },
  {
    type: "risk_profile",
    fields: { name: required(isFilled), ruleset: required(isRiskRuleset), description: optional(isString) },
    defaults: () => ({ agreed_data_risk: null }),
    filters: BY_ACCOUNT,
  },
  {
    type: "account_integration",
    fields: { status: optional((value) => isOneOf(value, ["active", "paused"])), config: required(isObject) },
    createFields: { integration_type: required((value) => isOneOf(value, ["slack"])) },
    defaults: () => ({ status: "active" }),
    derive: (_store, { config }) => ({ config: withoutWebhook(config as object) }),
  },
];

/** The administration operations. */
export const ADMINISTRATION_ROUTES: readonly Route[] = [
  ...RESOURCES.flatMap(plainRoutes),
  {
    method: "GET",
    path: "environment/show",
    bulkType: "environments/show",
    fields: { environment_id: optional(isFilled), external_identifier: optional(isFilled) },
    handle(store, { fields }) {
      const environment = findShown(store.plainRecords("environment"), fields, "environment_id");
      return { details: findRecord(store, "environment", environment?.id ?? "") };
    },
  },
  {
    method: "GET",
    path: "risk_profile/template",
    fields: { template_name: required(isFilled) },
    handle: () => ({ ruleset: RULESET }),
  },
  {
    method: "POST",
    path: "account_integration/{account_integration_id}/test",
    handle(store, { id }) {
      findRecord(store, "account_integration", id);
      return { delivered: true };
    },
  },
];

/** The template of a risk profile, in which all actions and categories have the same weight. */
const RULESET = {
  action_multipliers: weightsOf(Object.keys(actionProfile())),
  category_weights: weightsOf(Object.keys(dataCategories()).filter((kind) => kind !== "classification")),
  thresholds: { critical: 9, high: 6, medium: 3 },
};

function weightsOf(kinds: readonly string[]) {
  return Object.fromEntries(kinds.map((kind) => [kind, 1]));
}

/** Adds the initial records of an account. */
export function addFirstRecords(store: Store): Store {
  const { account } = store;
  for (
    const [resource, id, fields] of [
      [ACCOUNT, account.id, { name: "Sandbox" }],
      [ENVIRONMENT, account.environmentId, { name: "Default", account_id: account.id }],
      [ADMIN_USER, account.createId(), { email: "admin@sandbox.prefactor.test" }],
    ] as const
  ) {
    store.plainRecords(resource.type).set(id, createRecord(store, resource, id, fields));
  }
  return store;
}

function isInTeam({ team_ids }: PlainRecord, id: string): boolean {
  return Array.isArray(team_ids) && team_ids.includes(id);
}

function count(records: Iterable<PlainRecord>, matches: (record: PlainRecord) => boolean): number {
  return [...records].filter(matches).length;
}

function withoutWebhook(config: object): object {
  return Object.hasOwn(config, "webhook_url") ? { ...config, webhook_url: "[redacted]" } : config;
}
