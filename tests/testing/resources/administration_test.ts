import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { PrefactorApiError, PrefactorHttpClient, PrefactorNotFoundError } from "@prefactor/http";
import { isRiskRuleset, PrefactorAdminClient } from "@prefactor/http/admin";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { Caller, codesOf } from "../helpers.ts";

const ACCOUNT_ID = "acme";
const RULESET = {
  action_multipliers: {},
  category_weights: {},
  thresholds: { critical: 9, high: 6, medium: 3 },
};

function createAdmin(): { admin: PrefactorAdminClient; client: PrefactorHttpClient } {
  const client = new PrefactorHttpClient(new PrefactorSandbox({ accountId: ACCOUNT_ID }).config());
  return { admin: new PrefactorAdminClient(client), client };
}

Deno.test("sandbox.fetch() creates, gets, lists and deletes every resource of the administration", async () => {
  const { people, teams, environments, riskProfiles, agentDeployments, integrations } = createAdmin().admin;
  const lifecycles = [
    [people, await people.create({ name: "Ada", email: "ada@example.com" }), () => people.list()],
    [teams, await teams.create({ name: "A" }), () => teams.list()],
    [
      environments,
      await environments.create({ name: "A", account_id: ACCOUNT_ID }),
      () => environments.list({ account_id: ACCOUNT_ID }),
    ],
    [
      riskProfiles,
      await riskProfiles.create({ name: "A", ruleset: RULESET }),
      () => riskProfiles.list({ account_id: ACCOUNT_ID }),
    ],
    [
      agentDeployments,
      await agentDeployments.create({ agent_id: "a", environment_id: "e" }),
      () => agentDeployments.list({ agent_id: "a" }),
    ],
    [
      integrations,
      await integrations.create({ integration_type: "slack", config: {} }),
      () => integrations.list(),
    ],
  ] as const;
  for (const [client, { id }, list] of lifecycles) {
    assertEquals((await client.get(id)).id, id);
    assertEquals((await list()).summaries.at(-1)?.id, id);
    await client.delete(id);
    await assertRejects(() => client.get(id), PrefactorNotFoundError);
  }
});

Deno.test("sandbox.fetch() updates resources of the administration", async () => {
  const { teams, environments, people, riskProfiles } = createAdmin().admin;
  const team = await teams.create({ name: "A" });
  assertEquals((await teams.update(team.id, { name: "B" })).name, "B");
  const environment = await environments.create({ name: "A", account_id: ACCOUNT_ID });
  assertEquals((await environments.update(environment.id, { name: "B" })).name, "B");
  const person = await people.create({ name: "Ada", email: "ada@example.com", title: "Dr" });
  assertEquals((await people.update(person.id, { title: null })).title, null);
  const profile = await riskProfiles.create({ name: "A", ruleset: RULESET, description: "d" });
  const updated = await riskProfiles.update(profile.id, { description: null });
  assertEquals([updated.description, updated.ruleset], [null, RULESET]);
});

Deno.test("sandbox.fetch() has the account, an environment and an admin user from the start", async () => {
  const { admin: { accounts, environments, adminUsers }, client } = createAdmin();
  const [account] = (await accounts.list()).summaries;
  assertEquals([account?.id, account?.name], [ACCOUNT_ID, "Sandbox"]);
  assertEquals((await accounts.update(ACCOUNT_ID, { name: "Acme" })).name, "Acme");
  assertEquals((await accounts.get(ACCOUNT_ID)).name, "Acme");

  const [environment] = (await environments.list()).summaries;
  const run = await client.agentInstances.register({
    agent_id: "librarian",
    agent_version: {},
    agent_schema_version: {},
  });
  assertEquals([environment?.name, environment?.id], ["Default", run.environment_id]);
  const shown = await environments.show({ environment_id: run.environment_id });
  assertEquals([shown.id, typeof shown.inserted_at], [run.environment_id, "string"]);
  await assertRejects(() => environments.show({ external_identifier: "none" }), PrefactorNotFoundError);

  const [user] = (await adminUsers.list({ account_id: ACCOUNT_ID })).summaries;
  assertEquals([user?.email, user?.job_title], ["admin@sandbox.prefactor.test", null]);
  assertEquals((await adminUsers.update(user!.id, { job_title: "Clerk" })).job_title, "Clerk");
  assertEquals((await adminUsers.update(user!.id, { job_title: null })).job_title, null);
  assertEquals((await adminUsers.get(user!.id)).email, user?.email);
});

Deno.test("sandbox.fetch() keeps the account even if maxBytes is tiny", async () => {
  const caller = new Caller(new PrefactorSandbox({ accountId: ACCOUNT_ID, maxBytes: 1_000, maxRecords: 1 }));
  for (let n = 0; n < 20; n++) await caller.register({ agent_id: `a${n}` });
  assertEquals((await caller.get(`account/${ACCOUNT_ID}`)).status, 200);
});

Deno.test("sandbox.fetch() invites an admin user, and revokes a pending invite once", async () => {
  const { adminUserInvites } = createAdmin().admin;
  const invite = await adminUserInvites.create({ email: "ada@example.com" });
  assertEquals([invite.status, invite.email], ["pending", "ada@example.com"]);
  assertMatch(invite.invite_url!, /^https:\/\/sandbox\.prefactor\.test\/invites\/\S{36,}$/);
  assertEquals(invite.invite_url?.endsWith(invite.token!), true);
  assertEquals((await adminUserInvites.revoke(invite.id)).status, "revoked");
  const error = await assertRejects(() => adminUserInvites.revoke(invite.id), PrefactorApiError);
  assertEquals([error.statusCode, error.code], [409, "invalid_action"]);
  assertEquals((await adminUserInvites.list()).summaries.map(({ status }) => status), ["revoked"]);
});

Deno.test("sandbox.fetch() counts the people and the agents of a team", async () => {
  const { admin: { people, teams }, client } = createAdmin();
  const [a, b] = [await teams.create({ name: "A" }), await teams.create({ name: "B" })];
  for (const team_ids of [[a.id], [a.id, b.id]]) {
    await people.create({ name: "Ada", email: "ada@example.com", team_ids });
  }
  await client.agents.create({ name: "Librarian", team_id: a.id });
  const counts = (await teams.list()).summaries.map((team) => [team.people_count, team.agent_count]);
  assertEquals(counts, [[2, 1], [1, 0]]);
  assertEquals((await teams.get(b.id)).people_count, 1);
});

Deno.test("sandbox.fetch() never shows the address of an integration's webhook", async () => {
  const { integrations } = createAdmin().admin;
  const config = { _version: 1, webhook_url: "https://hooks.example.com/secret", enabled_events: [] };
  const created = await integrations.create({ integration_type: "slack", config });
  const shown = { ...config, webhook_url: "[redacted]" };
  assertEquals([created.status, created.config], ["active", shown]);
  const paused = await integrations.update(created.id, { status: "paused" });
  assertEquals([paused.status, paused.integration_type, paused.config], ["paused", "slack", shown]);
  assertEquals((await integrations.list()).summaries[0]?.config, shown);
  assertEquals(await integrations.test(created.id), { status: "success", delivered: true } as object);
  await assertRejects(() => integrations.test("none"), PrefactorNotFoundError);
});

Deno.test("sandbox.fetch() returns a ruleset as the template of a risk profile", async () => {
  const { riskProfiles } = createAdmin().admin;
  const { ruleset } = await riskProfiles.template({ template_name: "standard" });
  assertEquals([isRiskRuleset(ruleset), ruleset["thresholds"]], [true, RULESET.thresholds]);
});

for (
  const [type, details, errors] of [
    ["team", {}, { name: "required" }],
    ["environment", { name: "" }, { name: "invalid", account_id: "required" }],
    ["environment", { name: "A", account_id: "other" }, { account_id: "invalid" }],
    ["risk_profile", { name: "A", ruleset: 1 }, { ruleset: "invalid" }],
    ["account_integration", { integration_type: "fax", config: {} }, { integration_type: "invalid" }],
    ["admin_user_invite", {}, { email: "required" }],
  ] as const
) {
  Deno.test(`sandbox.fetch() rejects ${type} with ${JSON.stringify(details)}`, async () => {
    const { status, json } = await new Caller().post(type, { details });
    assertEquals([status, codesOf(json.errors)], [422, { details: errors }]);
  });
}

Deno.test("sandbox.fetch() lists no records of another account", async () => {
  const { environments, riskProfiles, adminUsers } = createAdmin().admin;
  for (const client of [environments, riskProfiles, adminUsers]) {
    assertEquals((await client.list({ account_id: "other" })).summaries, []);
  }
});
