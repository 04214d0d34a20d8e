import * as models from "../../../src/admin/models/person.ts";
import { ARRAY, list, optional, type Rules, STRING } from "../../models/break_every_leaf.ts";
import { PAGE_PARAMS, PAGE_PARAMS_RULES } from "../../models/page_params.ts";
import { KEY, request, response, testModels, TIMES } from "./rows.ts";

const TEAM_IDS: Rules = list("team_ids", optional(ARRAY), STRING, 2);

testModels(models, {
  responses: [
    response(models.isPersonSummary, "type name email title", "", { team_ids: ["t-1", "t-2"] }, TEAM_IDS),
    response(models.isPerson, "type name email title", TIMES, { team_ids: ["t-1", "t-2"] }, TEAM_IDS),
  ],
  requests: [
    request(
      models.isCreatePersonRequest,
      "email name",
      `title id ${KEY}`,
      { team_ids: ["t-1", "t-2"] },
      TEAM_IDS,
    ),
    request(
      models.isUpdatePersonRequest,
      "",
      "email name title",
      { team_ids: ["t-1", "t-2"] },
      TEAM_IDS,
    ),
    request(models.isListPeopleRequest, "", "team_id", PAGE_PARAMS, PAGE_PARAMS_RULES),
  ],
});
