import * as models from "../../../src/admin/models/account.ts";
import { request, response, testModels, TIMES } from "./rows.ts";

testModels(models, {
  responses: [
    response(models.isAccount, "type name", TIMES),
  ],
  requests: [
    request(models.isUpdateAccountRequest, "", "name"),
  ],
});
