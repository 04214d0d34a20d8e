import * as models from "../../../src/admin/models/admin_user.ts";
import { optional, TIMESTAMP } from "../../models/break_every_leaf.ts";
import { request, response, testModels, TIMES } from "./rows.ts";

testModels(models, {
  responses: [
    response(
      models.isAdminUser,
      "type account_id email name job_title",
      `last_active_at profile_completed_at ${TIMES}`,
    ),
  ],
  requests: [
    request(
      models.isUpdateAdminUserRequest,
      "",
      "name job_title",
      { profile_completed_at: new Date(0) },
      { profile_completed_at: optional(TIMESTAMP) },
    ),
  ],
});
