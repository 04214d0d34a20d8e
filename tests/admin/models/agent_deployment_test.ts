import * as models from "../../../src/admin/models/agent_deployment.ts";
import { PAGE_PARAMS, PAGE_PARAMS_RULES } from "../../models/page_params.ts";
import { KEY, request, response, testModels, TIMES } from "./rows.ts";

testModels(models, {
  responses: [
    response(
      models.isAgentDeployment,
      "type account_id agent_id environment_id current_version_id",
      TIMES,
    ),
  ],
  requests: [
    request(
      models.isCreateAgentDeploymentRequest,
      "agent_id environment_id",
      `current_version_id id ${KEY}`,
    ),
    request(models.isUpdateAgentDeploymentRequest, "", "current_version_id"),
    request(models.isListAgentDeploymentsRequest, "", "agent_id", PAGE_PARAMS, PAGE_PARAMS_RULES),
  ],
});
