import * as models from "../../../src/admin/models/admin_user_invite.ts";
import { KEY, request, response, testModels, TIMES } from "./rows.ts";

testModels(models, {
  responses: [
    response(models.isAdminUserInvite, "type account_id email status invite_url token", TIMES),
  ],
  requests: [
    request(models.isCreateAdminUserInviteRequest, "email", `account_id ${KEY}`),
  ],
});
