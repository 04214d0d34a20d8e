/**
 * The resources of the administration.
 *
 * @module
 */

import { isRiskRuleset } from "../../admin/models/risk_profile.ts";
import { isArrayOf, isObject, isOneOf, isString } from "../../guards.ts";
import { isFilled, optional, required } from "../fields.ts";
import { equals } from "../lists.ts";
import type { Route } from "../route.ts";
import type { PlainRecord } from "../store.ts";
import { type PlainResource, plainRoutes } from "./plain_resource.ts";

const RESOURCES: readonly PlainResource[] = [
  {
    type: "person",
    fields: {
      email: required(isFilled),
      name: required(isFilled),
      team_ids: optional((value) => isArrayOf(value, isString)),
      title: optional(isString),
    },
    defaults: { team_ids: [] },
    filters: { team_id: ({ team_ids }, id) => Array.isArray(team_ids) && team_ids.includes(id) },
  },
  { type: "team", fields: { name: required(isFilled) } },
  { type: "environment", fields: { name: required(isFilled) } },
  {
    type: "risk_profile",
    fields: { name: required(isFilled), ruleset: required(isRiskRuleset), description: optional(isString) },
  },
  {
    type: "agent_deployment",
    fields: { current_version_id: optional(isFilled) },
    createFields: { agent_id: required(isFilled), environment_id: required(isFilled) },
    filters: { agent_id: equals<PlainRecord>("agent_id") },
  },
  {
    type: "account_integration",
    fields: { status: optional((value) => isOneOf(value, ["active", "paused"])), config: required(isObject) },
    createFields: { integration_type: required((value) => isOneOf(value, ["slack"])) },
    defaults: { status: "active" },
  },
];

/** The operations of the administration. */
export const ADMINISTRATION_ROUTES: readonly Route[] = RESOURCES.flatMap(plainRoutes);
