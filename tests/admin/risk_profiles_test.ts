import { RiskProfileClient } from "@prefactor/http/admin";
import { OBJECT, required, STRING, testEndpoint } from "../endpoints/table.ts";
import { adminOf, create, get, list, remove, type Resource, typed, update } from "./rows.ts";

const RULESET = {
  action_multipliers: { destroy_data: 2 },
  category_weights: { minors_data: null },
  thresholds: { critical: 80, high: 50, medium: 20 },
};
const RISK_PROFILE: Resource = {
  noun: "risk profile",
  plural: "risk profiles",
  path: "risk_profile",
  details: { type: "risk_profile", id: "r-1", ruleset: RULESET },
};
const TEMPLATE = { ruleset: RULESET };

testEndpoint({
  Client: RiskProfileClient,
  of: (client) => adminOf(client).riskProfiles,
  operations: {
    get: get(RISK_PROFILE),
    template: {
      action: "get the template of a risk profile",
      request: "GET /api/v1/risk_profile/template",
      call: (riskProfiles, { params, options }) => riskProfiles.template(params, options),
      params: {
        sentIn: "query",
        required: { template_name: "default" },
        all: { template_name: "default" },
        types: { template_name: required(STRING) },
      },
      response: TEMPLATE,
      result: TEMPLATE,
    },
    list: list(RISK_PROFILE, { filters: ["account_id"] }),
    create: create(RISK_PROFILE, {
      required: { name: "Strict", ruleset: RULESET },
      all: { name: "Strict", ruleset: RULESET, description: "For minors", id: "r-1" },
      types: { name: required(STRING), ruleset: required(OBJECT), ...typed("description id") },
    }),
    update: update(RISK_PROFILE, {
      nullable: ["name", "description", "ruleset"],
      all: { name: "Strict", ruleset: RULESET, description: "For minors" },
      types: { ...typed("name description"), ruleset: OBJECT },
    }),
    delete: remove(RISK_PROFILE),
  },
});
