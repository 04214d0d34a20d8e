import * as models from "../../../src/admin/models/risk_profile.ts";
import {
  absentOr,
  fields,
  MAP,
  NUMBER,
  OBJECT,
  OPAQUE,
  optional,
  required,
  type Rules,
  under,
} from "../../models/break_every_leaf.ts";
import { KEY, request, response, testModels, TIMES } from "./rows.ts";

const WEIGHT = { ...absentOr({ ...NUMBER, right: [0, 1.5] }), nullable: true };
const RULESET = {
  action_multipliers: { destroy_data: 2, read_data: null },
  category_weights: { minors_data: 10 },
  thresholds: { critical: 80, high: 50, medium: 20 },
};
const RULESET_RULES: Rules = {
  action_multipliers: required(MAP),
  ...fields("action_multipliers.destroy_data action_multipliers.read_data", WEIGHT),
  category_weights: required(MAP),
  "category_weights.minors_data": WEIGHT,
  thresholds: required(OBJECT),
  ...fields("thresholds.critical thresholds.high thresholds.medium", required(NUMBER)),
};

testModels(models, {
  responses: [
    response(
      models.isRiskProfile,
      "type name description",
      TIMES,
      { ruleset: { thresholds: {} }, agreed_data_risk: { a: 1 } },
      fields("ruleset agreed_data_risk", optional(OPAQUE)),
    ),
    [models.isRiskProfileTemplate, { ruleset: { thresholds: {} } }, { ruleset: required(OPAQUE) }],
  ],
  requests: [
    request(models.isRiskRuleset, "", "", RULESET, RULESET_RULES),
    request(models.isRiskProfileTemplateRequest, "template_name", ""),
    request(
      models.isCreateRiskProfileRequest,
      "name",
      `description id ${KEY}`,
      { ruleset: RULESET },
      { ruleset: required(OBJECT), ...under("ruleset", RULESET_RULES) },
    ),
    request(
      models.isUpdateRiskProfileRequest,
      "",
      "name description",
      { ruleset: RULESET },
      { ruleset: optional(OBJECT), ...under("ruleset", RULESET_RULES) },
    ),
  ],
});
