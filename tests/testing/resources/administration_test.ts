import { assertEquals, assertRejects } from "@std/assert";
import { PrefactorHttpClient, PrefactorNotFoundError } from "@prefactor/http";
import { PrefactorAdminClient } from "@prefactor/http/admin";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { Caller, codesOf } from "../helpers.ts";

const RULESET = {
  action_multipliers: {},
  category_weights: {},
  thresholds: { critical: 9, high: 6, medium: 3 },
};

function createAdmin(): PrefactorAdminClient {
  return new PrefactorAdminClient(new PrefactorHttpClient(new PrefactorSandbox().config()));
}

Deno.test("sandbox.fetch() creates, updates, lists and deletes every plain resource of the administration", async () => {
  const { people, teams, environments, riskProfiles, agentDeployments, integrations } = createAdmin();
  const config = { _version: 1, webhook_url: "https://example.com", enabled_events: [] };
  const lifecycles = [
    [people, await people.create({ name: "Ada", email: "ada@example.com" }), () => people.list()],
    [teams, await teams.create({ name: "A" }), () => teams.list()],
    [environments, await environments.create({ name: "A", account_id: "a" }), () => environments.list()],
    [riskProfiles, await riskProfiles.create({ name: "A", ruleset: RULESET }), () => riskProfiles.list()],
    [
      agentDeployments,
      await agentDeployments.create({ agent_id: "a", environment_id: "e" }),
      () => agentDeployments.list({ agent_id: "a" }),
    ],
    [
      integrations,
      await integrations.create({ integration_type: "slack", config }),
      () => integrations.list(),
    ],
  ] as const;
  for (const [client, { id }, list] of lifecycles) {
    assertEquals((await list()).summaries.map((summary) => summary.id), [id]);
    await client.delete(id);
    await assertRejects(() => client.get(id), PrefactorNotFoundError);
  }
});

Deno.test("sandbox.fetch() updates resources of the administration", async () => {
  const { teams, agentDeployments, integrations } = createAdmin();
  const team = await teams.create({ name: "A" });
  assertEquals((await teams.update(team.id, { name: "B" })).name, "B");
  const pinned = { agent_id: "a", environment_id: "e", current_version_id: "v" };
  const { id } = await agentDeployments.create(pinned);
  const unpinned = await agentDeployments.update(id, { current_version_id: null });
  assertEquals([unpinned.agent_id, unpinned.current_version_id], ["a", null]);
  assertEquals((await agentDeployments.list({ agent_id: "b" })).summaries, []);
  const integration = await integrations.create({ integration_type: "slack", config: {} });
  const paused = await integrations.update(integration.id, { status: "paused" });
  assertEquals([integration.status, paused.status, paused.integration_type], ["active", "paused", "slack"]);
});

for (
  const [type, details, errors] of [
    ["team", {}, { name: "required" }],
    ["environment", { name: "" }, { name: "invalid" }],
    ["risk_profile", { name: "A", ruleset: 1 }, { ruleset: "invalid" }],
    ["agent_deployment", {}, { agent_id: "required", environment_id: "required" }],
    ["account_integration", { integration_type: "fax", config: {} }, { integration_type: "invalid" }],
  ] as const
) {
  Deno.test(`sandbox.fetch() refuses ${type} with ${JSON.stringify(details)}`, async () => {
    const { status, json } = await new Caller().post(type, { details });
    assertEquals([status, codesOf(json.errors)], [422, { details: errors }]);
  });
}
