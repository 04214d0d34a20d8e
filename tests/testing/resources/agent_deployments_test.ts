import { assertEquals } from "@std/assert";
import { PrefactorHttpClient } from "@prefactor/http";
import { PrefactorAdminClient } from "@prefactor/http/admin";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { Caller, codesOf } from "../helpers.ts";

const REGISTRATION = { agent_id: "librarian", agent_version: {}, agent_schema_version: {} };

Deno.test("sandbox.fetch() pins and unpins the version of a deployment", async () => {
  await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
  const { agentDeployments } = new PrefactorAdminClient(client);
  const pinned = { agent_id: "a", environment_id: "e", current_version_id: "v" };
  const { id, current_version_id } = await agentDeployments.create(pinned);
  assertEquals(current_version_id, "v");
  const unpinned = await agentDeployments.update(id, { current_version_id: null });
  assertEquals([unpinned.agent_id, unpinned.current_version_id], ["a", null]);
  assertEquals((await agentDeployments.list({ agent_id: "b" })).summaries, []);
});

Deno.test("sandbox.fetch() registers instances in the deployment of their agent and environment", async () => {
  await using client = new PrefactorHttpClient(new PrefactorSandbox().config());
  const { agentDeployments } = new PrefactorAdminClient(client);
  const given = await agentDeployments.create({ agent_id: "librarian", environment_id: "staging" });
  const inStaging = await client.agentInstances.register({ ...REGISTRATION, environment_id: "staging" });
  assertEquals(inStaging.agent_deployment_id, given.id);
  assertEquals((await agentDeployments.get(given.id)).current_version_id, inStaging.agent_version_id);

  const first = await client.agentInstances.register(REGISTRATION);
  const second = await client.agentInstances.register({
    ...REGISTRATION,
    agent_version: { external_identifier: "2" },
    update_current_version: false,
  });
  assertEquals(second.agent_deployment_id, first.agent_deployment_id);
  const { environment_id, current_version_id } = await agentDeployments.get(first.agent_deployment_id!);
  assertEquals([environment_id, current_version_id], [first.environment_id, first.agent_version_id]);
  assertEquals((await agentDeployments.list({ agent_id: "librarian" })).summaries.length, 2);
});

Deno.test("sandbox.fetch() rejects a deployment without an agent and an environment", async () => {
  const { status, json } = await new Caller().post("agent_deployment", { details: {} });
  assertEquals([status, codesOf(json.errors)], [
    422,
    { details: { agent_id: "required", environment_id: "required" } },
  ]);
});
