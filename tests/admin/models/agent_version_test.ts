import * as models from "../../../src/admin/models/agent_version.ts";
import { KEY, request, response, testModels, TIMES, VERSION, VERSION_RULES } from "./rows.ts";

testModels(models, {
  responses: [
    response(
      models.isAgentVersion,
      "type account_id agent_id agent_schema_version_id external_identifier observed_classification " +
        "theoretical_classification",
      TIMES,
      VERSION,
      VERSION_RULES,
    ),
  ],
  requests: [
    request(models.isCreateAgentVersionRequest, "agent_id external_identifier", KEY),
  ],
});
