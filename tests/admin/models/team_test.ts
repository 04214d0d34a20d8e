import * as models from "../../../src/admin/models/team.ts";
import { fields, NUMBER, optional } from "../../models/break_every_leaf.ts";
import { KEY, request, response, testModels, TIMES } from "./rows.ts";

testModels(models, {
  responses: [
    response(
      models.isTeamSummary,
      "type name",
      "",
      { agent_count: 2, people_count: 4 },
      fields("agent_count people_count", optional(NUMBER)),
    ),
    response(
      models.isTeam,
      "type name",
      TIMES,
      { agent_count: 2, people_count: 4 },
      fields("agent_count people_count", optional(NUMBER)),
    ),
  ],
  requests: [
    request(models.isCreateTeamRequest, "name", `id ${KEY}`),
    request(models.isUpdateTeamRequest, "", "name"),
  ],
});
