import { assert, assertEquals } from "@std/assert";
import {
  actionProfile,
  type DataCategories,
  dataCategories,
  isActionProfile,
  isDataCategories,
  isDataRisk,
} from "../../mod.ts";
import { fields, OBJECT, oneOf, required, type Rules, testRequestGuards, under } from "./break_every_leaf.ts";

const PERMISSION = required(oneOf("unknown", "allowed", "disallowed"));
const PRESENCE = required(oneOf("unknown", "included", "excluded"));

const PROFILE_RULES: Rules = {
  create_data: PERMISSION,
  read_data: PERMISSION,
  update_data: PERMISSION,
  destroy_data: PERMISSION,
  financial_transactions: PERMISSION,
  external_communication: PERMISSION,
};

const CATEGORIES_RULES: Rules = {
  personal_identifiers: PRESENCE,
  contact_information: PRESENCE,
  financial_information: PRESENCE,
  health_and_medical: PRESENCE,
  criminal_justice: PRESENCE,
  authentication_and_secrets: PRESENCE,
  organisational_confidential: PRESENCE,
  minors_data: PRESENCE,
  location_and_tracking: PRESENCE,
  behavioural_and_inferred: PRESENCE,
  gdpr_racial_or_ethnic_origin: PRESENCE,
  gdpr_political_opinions: PRESENCE,
  gdpr_religious_or_philosophical_beliefs: PRESENCE,
  gdpr_trade_union_membership: PRESENCE,
  gdpr_genetic_data: PRESENCE,
  gdpr_biometric_for_identification: PRESENCE,
  gdpr_sex_life_or_sexual_orientation: PRESENCE,
  classification: required(oneOf("unknown", "public", "internal", "confidential", "restricted", "secret")),
};

function allUnknown(rules: Rules): Record<string, string> {
  return Object.fromEntries(Object.keys(rules).map((name) => [name, "unknown"]));
}

testRequestGuards([
  [isActionProfile, allUnknown(PROFILE_RULES), PROFILE_RULES],
  [isDataCategories, allUnknown(CATEGORIES_RULES), CATEGORIES_RULES],
  [
    isDataRisk,
    {
      action_profile: actionProfile({ read_data: "allowed" }),
      params_data_categories: dataCategories({ minors_data: "excluded" }),
      result_data_categories: dataCategories({ classification: "secret" }),
    },
    {
      ...fields("action_profile params_data_categories result_data_categories", required(OBJECT)),
      ...under("action_profile", PROFILE_RULES),
      ...under("params_data_categories", CATEGORIES_RULES),
      ...under("result_data_categories", CATEGORIES_RULES),
    },
  ],
]);

Deno.test("actionProfile() defaults to unknown", () => {
  assertEquals<object>(actionProfile(), allUnknown(PROFILE_RULES));
  assertEquals<object>(actionProfile({ read_data: "allowed", destroy_data: "disallowed" }), {
    ...allUnknown(PROFILE_RULES),
    read_data: "allowed",
    destroy_data: "disallowed",
  });
});

Deno.test("dataCategories() defaults to unknown", () => {
  assertEquals<object>(dataCategories(), allUnknown(CATEGORIES_RULES));
  assertEquals<object>(dataCategories({ minors_data: "excluded", classification: "secret" }), {
    ...allUnknown(CATEGORIES_RULES),
    minors_data: "excluded",
    classification: "secret",
  });
});

Deno.test("actionProfile() and dataCategories() treat an undefined field as absent", () => {
  const without = { read_data: undefined, minors_data: undefined, classification: undefined } as object;
  assert(isActionProfile(actionProfile(without)));
  assert(isDataCategories(dataCategories(without as Partial<DataCategories>)));
});

Deno.test("actionProfile() and dataCategories() do not change their argument", () => {
  const given = Object.freeze({ read_data: "allowed", minors_data: "included" } as const);
  assertEquals(actionProfile(given).read_data, "allowed");
  assertEquals(dataCategories(given).minors_data, "included");
  assertEquals(Object.keys(given), ["read_data", "minors_data"]);
});
