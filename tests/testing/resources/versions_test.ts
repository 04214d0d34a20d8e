import { assertEquals, assertNotEquals } from "@std/assert";
import { actionProfile, dataCategories, PrefactorHttpClient } from "@prefactor/http";
import { PrefactorAdminClient } from "@prefactor/http/admin";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { Caller, codesOf } from "../helpers.ts";

const RISK = {
  action_profile: actionProfile(),
  params_data_categories: dataCategories(),
  result_data_categories: dataCategories(),
};
const SPAN_TYPE = { name: "search", params_schema: { type: "object" }, title: "Search", data_risk: RISK };
const QUALITY = { name: "tone", schema: {} };
const ALERT = { name: "budget", schema: {} };

function createAdmin() {
  const client = new PrefactorHttpClient(new PrefactorSandbox().config());
  return { client, admin: new PrefactorAdminClient(client) };
}

Deno.test("sandbox.fetch() records the versions of a registration", async () => {
  const { client, admin: { agentVersions, agentSchemaVersions } } = createAdmin();
  const run = await client.agentInstances.register({
    agent_id: "librarian",
    agent_version: { external_identifier: "1.4.0", name: "Spring" },
    agent_schema_version: {
      external_identifier: "s1",
      span_schemas: { "agent:llm": { type: "object" } },
      span_result_schemas: { "agent:llm": { type: "string" } },
      span_type_schemas: [SPAN_TYPE],
      quality_schemas: [QUALITY],
      alert_schemas: [ALERT],
    },
  });
  const version = await agentVersions.get(run.agent_version_id);
  assertEquals([version.type, version.agent_id, version.external_identifier], [
    "agent_version",
    "librarian",
    "1.4.0",
  ]);
  assertEquals(version.current_agent_deployment_refs, [
    { id: run.agent_deployment_id, environment_id: run.environment_id },
  ]);

  const schemas = await agentSchemaVersions.get(version.agent_schema_version_id!);
  assertEquals(schemas.external_identifier, "s1");
  assertEquals<unknown>(schemas.span_type_schemas, {
    "agent:llm": { name: "agent:llm", params_schema: { type: "object" }, result_schema: { type: "string" } },
    search: SPAN_TYPE,
  });
  assertEquals([schemas.quality_schemas, schemas.alert_schemas], [{ tone: QUALITY }, { budget: ALERT }]);
  assertEquals(schemas.current_agent_deployment_refs, version.current_agent_deployment_refs);
});

Deno.test("sandbox.fetch() records a version of the same content once, whatever the order of its fields", async () => {
  const { client } = createAdmin();
  const register = async (name: string, schema: object, agent_id = "librarian") => {
    const agent_schema_version = { span_schemas: { a: schema } };
    const run = await client.agentInstances.register({
      agent_id,
      agent_version: { name },
      agent_schema_version,
    });
    return run.agent_version_id;
  };
  const first = await register("n", { type: "object", required: ["x"] });
  assertEquals(await register("n", { required: ["x"], type: "object" }), first);
  assertNotEquals(await register("m", { type: "object", required: ["x"] }), first);
  assertNotEquals(await register("n", { type: "object" }), first);
  assertNotEquals(await register("n", { type: "object", required: ["x"] }, "scribe"), first);
});

Deno.test("sandbox.fetch() lists the versions of an agent, schema versions without their schemas", async () => {
  const { client, admin: { agentVersions, agentSchemaVersions } } = createAdmin();
  for (const [agent_id, external_identifier] of [["a", "1"], ["a", "2"], ["b", "1"]] as const) {
    await client.agentInstances.register({
      agent_id,
      agent_version: { external_identifier },
      agent_schema_version: { span_type_schemas: [SPAN_TYPE] },
    });
  }
  const versions = (await agentVersions.list({ agent_id: "a" })).summaries;
  assertEquals(versions.map(({ external_identifier }) => external_identifier), ["1", "2"]);
  assertEquals(versions.map((version) => version.current_agent_deployment_refs?.length), [0, 1]);
  const [schemas, ...others] = (await agentSchemaVersions.list({ agent_id: "a" })).summaries;
  assertEquals([others, schemas?.span_schemas_count], [[], 1]);
  assertEquals(Object.keys(schemas!).filter((field) => field.endsWith("_schemas")), []);
  const { status, json } = await new Caller().get("agent_version");
  assertEquals([status, codesOf(json.errors)], [422, { agent_id: "required" }]);
});

Deno.test("sandbox.fetch() creates versions and says whether an identifier repeats", async () => {
  const { admin: { agentVersions, agentSchemaVersions } } = createAdmin();
  const identity = { agent_id: "a", external_identifier: "1" };
  const first = await agentVersions.create(identity);
  assertEquals([first.external_identifier_repeats, first.agent_schema_version_id], [false, null]);
  await agentVersions.create(identity);
  assertEquals((await agentVersions.get(first.id)).external_identifier_repeats, true);
  const created = await agentSchemaVersions.create({ ...identity, span_type_schemas: [SPAN_TYPE] });
  assertEquals<unknown>(created.span_type_schemas, { search: SPAN_TYPE });
  assertEquals(await agentSchemaVersions.get(created.id), created);
});

for (
  const [type, fields, errors] of [
    ["agent_version", {}, { agent_id: "required", external_identifier: "required" }],
    ["agent_version", { agent_id: "a", external_identifier: "1", runtime_environment: { os: 1 } }, {
      runtime_environment: { os: "invalid" },
    }],
    [
      "agent_schema_version",
      { agent_id: "a", external_identifier: "1", span_type_schemas: [{ name: "a" }] },
      {
        span_type_schemas: { 0: { params_schema: "required" } },
      },
    ],
  ] as const
) {
  Deno.test(`sandbox.fetch() rejects ${type} with ${JSON.stringify(fields)}`, async () => {
    const { status, json } = await new Caller().post(type, { details: fields });
    assertEquals([status, codesOf(json.errors)], [422, { details: errors }]);
  });
}
