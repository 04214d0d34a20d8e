import * as models from "../../../src/admin/models/integration.ts";
import { literal, oneOf, OPAQUE, optional, required } from "../../models/break_every_leaf.ts";
import { KEY, request, response, testModels, TIMES } from "./rows.ts";

const DELIVERED = {
  ...required({ expected: "a JSON value", wrong: [1n], right: [1, "1", [], {}] }),
  nullable: true,
  opaque: true,
};
const STATUS = optional(oneOf("active", "paused"));

testModels(models, {
  responses: [
    response(
      models.isIntegration,
      "type account_id integration_type status",
      TIMES,
      { config: { enabled_events: [] } },
      { config: optional(OPAQUE) },
    ),
    [models.isIntegrationTest, { delivered: true }, { delivered: DELIVERED }],
  ],
  requests: [
    request(
      models.isCreateIntegrationRequest,
      "",
      KEY,
      { integration_type: "slack", status: "active", config: { _version: 1 } },
      { integration_type: required(literal("slack")), status: STATUS, config: required(OPAQUE) },
    ),
    request(
      models.isUpdateIntegrationRequest,
      "",
      "",
      { status: "paused", config: { _version: 1 } },
      { status: STATUS, config: optional(OPAQUE) },
    ),
  ],
});
