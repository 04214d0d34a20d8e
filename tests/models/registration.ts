/**
 * Examples of the models of a registration, and their rules.
 *
 * @module
 */

import { actionProfile, dataCategories } from "../../mod.ts";
import {
  absentOr,
  ARRAY,
  fields,
  list,
  MAP,
  OBJECT,
  oneOf,
  OPAQUE,
  optional,
  required,
  type Rules,
  STRING,
  under,
} from "./break_every_leaf.ts";

export const ENVIRONMENT = {
  prefactor_sdk: ["@prefactor/http@0.1.0"],
  agent_sdk: ["langchain@1.2.0", "zod@4.0.0"],
  runtime: "deno@2.9.6",
  os: "linux",
};
export const ENVIRONMENT_RULES: Rules = {
  ...list("prefactor_sdk", optional(ARRAY), STRING, 1),
  ...list("agent_sdk", optional(ARRAY), STRING, 2),
  ...fields("runtime os", optional(STRING)),
};

export const VERSION = {
  name: "Librarian",
  external_identifier: "1.4.0",
  description: "Finds books",
  runtime_environment: ENVIRONMENT,
};
export const VERSION_RULES: Rules = {
  ...fields("name external_identifier description", optional(STRING)),
  runtime_environment: optional({ ...OBJECT, right: [{}] }),
  ...under("runtime_environment", ENVIRONMENT_RULES),
};

/** Returns a new object each time, because an object that is used in two places would be broken in both. */
function dataRisk() {
  return {
    action_profile: actionProfile(),
    params_data_categories: dataCategories(),
    result_data_categories: dataCategories(),
  };
}

const CATEGORIES_RULES: Rules = {
  ...fields(Object.keys(dataCategories()).join(" "), required(oneOf("unknown", "included", "excluded"))),
  classification: required(oneOf("unknown", "public", "internal", "confidential", "restricted", "secret")),
};

const DATA_RISK_RULES: Rules = {
  ...fields("action_profile params_data_categories result_data_categories", required(OBJECT)),
  ...under(
    "action_profile",
    fields(Object.keys(actionProfile()).join(" "), required(oneOf("unknown", "allowed", "disallowed"))),
  ),
  ...under("params_data_categories", CATEGORIES_RULES),
  ...under("result_data_categories", CATEGORIES_RULES),
};

export const SPAN_TYPE_SCHEMA = {
  name: "agent:llm",
  params_schema: { type: "object" },
  result_schema: { type: "object" },
  title: "Model call",
  description: "Asks the model",
  template: "{{model}}: {{prompt}} → {{response}}",
  data_risk: dataRisk(),
};
export const SPAN_TYPE_SCHEMA_RULES: Rules = {
  name: required(STRING),
  params_schema: required(OPAQUE),
  result_schema: optional(OPAQUE),
  ...fields("title description template", optional(STRING)),
  data_risk: optional(OBJECT),
  ...under("data_risk", DATA_RISK_RULES),
};

export const QUALITY_SCHEMA = {
  name: "review",
  schema: { type: "object" },
  title: "Review",
  description: "What a reviewer says",
  template: "{{score}} of 10",
  data_risk: dataRisk(),
};
export const QUALITY_SCHEMA_RULES: Rules = {
  name: required(STRING),
  schema: required(OPAQUE),
  ...fields("title description template", optional(STRING)),
  data_risk: optional(OBJECT),
  ...under("data_risk", DATA_RISK_RULES),
};

export const SCHEMA_VERSION = {
  external_identifier: "s1",
  span_schemas: { "agent:llm": { type: "object" }, constructor: {}, ["__proto__"]: {} },
  span_result_schemas: { "agent:llm": { type: "object" } },
  span_type_schemas: [{ name: "agent:tool", params_schema: {} }, SPAN_TYPE_SCHEMA],
  quality_schemas: [QUALITY_SCHEMA],
  alert_schemas: [{ name: "over_budget", schema: {} }],
};
export const SCHEMA_VERSION_RULES: Rules = {
  external_identifier: optional(STRING),
  span_schemas: optional(MAP),
  ...fields("span_schemas.agent:llm span_schemas.constructor span_schemas.__proto__", absentOr(OPAQUE)),
  span_result_schemas: optional(MAP),
  "span_result_schemas.agent:llm": absentOr(OPAQUE),
  ...list("span_type_schemas", optional(ARRAY), OBJECT, 2),
  "span_type_schemas[0].name": required(STRING),
  "span_type_schemas[0].params_schema": required(OPAQUE),
  ...under("span_type_schemas[1]", SPAN_TYPE_SCHEMA_RULES),
  ...list("quality_schemas", optional(ARRAY), OBJECT, 1),
  ...under("quality_schemas[0]", QUALITY_SCHEMA_RULES),
  ...list("alert_schemas", optional(ARRAY), OBJECT, 1),
  "alert_schemas[0].name": required(STRING),
  "alert_schemas[0].schema": required(OPAQUE),
};
