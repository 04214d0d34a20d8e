import { assert, assertEquals } from "@std/assert";
import * as models from "../../../src/admin/models/environment.ts";
import { findIssue } from "../../../src/guards.ts";
import { required, STRING } from "../../models/break_every_leaf.ts";
import { KEY, request, response, testModels, TIMES } from "./rows.ts";

testModels(models, {
  responses: [
    response(
      models.isEnvironmentSummary,
      "type account_id name description external_identifier purpose",
      "",
    ),
    response(
      models.isEnvironment,
      "type account_id name description external_identifier purpose",
      TIMES,
    ),
  ],
  requests: [
    request(models.isCreateEnvironmentRequest, "name account_id", `id ${KEY}`),
    request(models.isUpdateEnvironmentRequest, "", "name"),
    request(models.isShowEnvironmentRequest, "", "", { environment_id: "e-1" }, {
      environment_id: {
        ...required(STRING),
        missing: { path: "external_identifier", expected: "a string if 'environment_id' is absent" },
      },
    }),
  ],
});

Deno.test("isShowEnvironmentRequest() accepts exactly one identifier", () => {
  assert(models.isShowEnvironmentRequest({ external_identifier: "production" }));
  const both = { environment_id: "e-1", external_identifier: "production" };
  const issue = findIssue(models.isShowEnvironmentRequest, both);
  assertEquals([issue?.path, issue?.expected], [
    "external_identifier",
    "absent if 'environment_id' is given",
  ]);
});
