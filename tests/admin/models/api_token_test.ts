import * as models from "../../../src/admin/models/api_token.ts";
import {
  OBJECT,
  oneOf,
  optional,
  required,
  STRING,
  TIMESTAMP,
  under,
} from "../../models/break_every_leaf.ts";
import { KEY, request, response, testModels, TIMES } from "./rows.ts";

const TOKEN = response(
  models.isApiToken,
  "type token_scope account_id agent_id environment_id agent_deployment_id status",
  `expires_at last_used_at ${TIMES}`,
);

testModels(models, {
  responses: [
    TOKEN,
    [models.isCreatedApiToken, { details: TOKEN[1], token: "secret" }, {
      details: required(OBJECT),
      ...under("details", TOKEN[2]),
      token: required(STRING),
    }],
  ],
  requests: [
    request(
      models.isCreateApiTokenRequest,
      "",
      `account_id agent_id environment_id ${KEY}`,
      { token_scope: "account", expires_at: new Date(0) },
      { token_scope: required(oneOf("account", "agent_deployment")), expires_at: optional(TIMESTAMP) },
    ),
  ],
});
