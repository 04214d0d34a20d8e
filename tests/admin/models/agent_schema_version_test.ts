import * as models from "../../../src/admin/models/agent_schema_version.ts";
import { fields, NUMBER, OPAQUE, optional } from "../../models/break_every_leaf.ts";
import { SCHEMA_VERSION, SCHEMA_VERSION_RULES } from "../../models/registration.ts";
import { KEY, request, response, testModels, TIMES, VERSION, VERSION_RULES } from "./rows.ts";

const { external_identifier: _name, ...SCHEMAS } = SCHEMA_VERSION;
const { external_identifier: _rule, ...SCHEMAS_RULES } = SCHEMA_VERSION_RULES;

testModels(models, {
  responses: [
    response(
      models.isAgentSchemaVersionSummary,
      "type account_id agent_id external_identifier",
      TIMES,
      { ...VERSION, span_schemas_count: 3 },
      { ...VERSION_RULES, span_schemas_count: optional(NUMBER) },
    ),
    response(
      models.isAgentSchemaVersion,
      "type account_id agent_id external_identifier",
      TIMES,
      { ...VERSION, span_type_schemas: { search: {} }, quality_schemas: {}, alert_schemas: {} },
      { ...VERSION_RULES, ...fields("span_type_schemas quality_schemas alert_schemas", optional(OPAQUE)) },
    ),
  ],
  requests: [
    request(
      models.isCreateAgentSchemaVersionRequest,
      "agent_id external_identifier",
      KEY,
      SCHEMAS,
      SCHEMAS_RULES,
    ),
  ],
});
