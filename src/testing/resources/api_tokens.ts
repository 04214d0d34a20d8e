/**
 * API tokens.
 *
 * @module
 */

import { isDateTime, isOneOf } from "../../guards.ts";
import { type Fields, isFilled, optional, required } from "../fields.ts";
import { equals } from "../lists.ts";
import { fieldError, invalidFields } from "../replies.ts";
import type { Route } from "../route.ts";
import type { PlainRecord, Store } from "../store.ts";
import { createToken } from "../tokens.ts";
import { deploymentOf } from "./agent_deployments.ts";
import { checkAccount } from "./ids.ts";
import { createRecord, type PlainResource, plainRoutes } from "./plain_resource.ts";

const API_TOKEN: PlainResource = {
  type: "api_token",
  operations: ["list", "get", "delete"],
  fields: {},
  createFields: {
    token_scope: required((value) => isOneOf(value, ["account", "agent_deployment"])),
    agent_id: optional(isFilled),
    environment_id: optional(isFilled),
    expires_at: optional(isDateTime),
  },
  defaults: () => ({ status: "active", last_used_at: null }),
  filters: { account_id: equals<PlainRecord>("account_id") },
  actions: [
    { action: "suspend", from: ["active"], to: "suspended" },
    { action: "activate", from: ["suspended"], to: "active" },
    { action: "revoke", from: ["active", "suspended"], to: "revoked" },
  ],
  deletableFrom: ["revoked"],
};

/** The operations on API tokens. */
export const API_TOKEN_ROUTES: readonly Route[] = [
  ...plainRoutes(API_TOKEN),
  {
    method: "POST",
    path: "api_token",
    hasDetails: true,
    fields: { ...API_TOKEN.createFields, account_id: optional(isFilled) },
    handle: (store, { fields }) => create(store, fields),
  },
];

/** Creates a token. Only this response contains the token itself. */
function create(store: Store, fields: Fields): { details: PlainRecord; token: string } {
  checkAccount(store, fields);
  checkScope(fields);
  const { agent_id, environment_id } = fields;
  const agent_deployment_id = fields["token_scope"] === "account"
    ? null
    : deploymentOf(store, agent_id as string, environment_id as string).id;
  const record = createRecord(store, API_TOKEN, store.account.createId(), fields);
  const details = { ...record, agent_deployment_id };
  const token = createToken();
  store.plainRecords("api_token").set(details.id, details);
  store.tokenIds.set(token, details.id);
  return { details, token };
}

/** Rejects a deployment scope without an agent and an environment, and an account scope with either of them. */
function checkScope(fields: Fields): void {
  const isAccount = fields["token_scope"] === "account";
  const wrong = ["agent_id", "environment_id"].filter((field) => isAccount === isFilled(fields[field]));
  if (wrong.length === 0) return;
  throw invalidFields(Object.fromEntries(wrong.map((field) => [
    field,
    isAccount
      ? fieldError("invalid", `${field} must be absent if the scope is an account`)
      : fieldError("required", `${field} is required if the scope is a deployment`),
  ])));
}
