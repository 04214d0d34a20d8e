import * as models from "../../../src/admin/models/lists.ts";
import { PAGE_PARAMS, PAGE_PARAMS_RULES } from "../../models/page_params.ts";
import { request, testModels } from "./rows.ts";

testModels(models, {
  requests: [
    request(models.isListByAccountRequest, "", "account_id", PAGE_PARAMS, PAGE_PARAMS_RULES),
    request(models.isListByAgentRequest, "agent_id", "", PAGE_PARAMS, PAGE_PARAMS_RULES),
  ],
});
