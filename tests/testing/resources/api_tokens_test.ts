import { assertEquals, assertRejects } from "@std/assert";
import { PrefactorApiError, PrefactorAuthError, PrefactorHttpClient } from "@prefactor/http";
import { type CreateApiTokenRequest, PrefactorAdminClient } from "@prefactor/http/admin";
import { PrefactorSandbox } from "@prefactor/http/testing";
import { Caller, codesOf } from "../helpers.ts";

const ACCOUNT_ID = "acme";
const VERSIONS = { agent_version: {}, agent_schema_version: {} };
const DEPLOYMENT = {
  token_scope: "agent_deployment",
  agent_id: "librarian",
  environment_id: "staging",
} as const;

/** Creates a sandbox and the means to create tokens in it, and clients with them. */
function setUp() {
  const sandbox = new PrefactorSandbox({ accountId: ACCOUNT_ID });
  const client = new PrefactorHttpClient(sandbox.config({ maxRetries: 0 }));
  const { apiTokens, agentDeployments } = new PrefactorAdminClient(client);
  const clientWith = (apiToken: string) =>
    new PrefactorHttpClient(sandbox.config({ apiToken, maxRetries: 0 }));
  return { sandbox, client, apiTokens, agentDeployments, clientWith };
}

Deno.test("sandbox.fetch() accepts a created account token for everything", async () => {
  const { client, apiTokens, clientWith } = setUp();
  const { details, token } = await apiTokens.create({ token_scope: "account" });
  assertEquals([details.token_scope, details.account_id, details.status], ["account", ACCOUNT_ID, "active"]);
  assertEquals([details.agent_deployment_id, details.expires_at, details.last_used_at], [null, null, null]);

  const created = clientWith(token);
  const { id } = await created.agentInstances.register({ agent_id: "librarian", ...VERSIONS });
  assertEquals((await client.agentInstances.get(id)).id, id);
  assertEquals((await created.agentInstances.get(id)).id, id);
  assertEquals(typeof (await apiTokens.get(details.id)).last_used_at, "string");
});

Deno.test("sandbox.fetch() accepts a created deployment token for recording in its deployment only", async () => {
  const { sandbox, client, apiTokens, agentDeployments, clientWith } = setUp();
  const { details, token } = await apiTokens.create(DEPLOYMENT);
  const deployment = await agentDeployments.get(details.agent_deployment_id!);
  assertEquals([deployment.agent_id, deployment.environment_id], ["librarian", "staging"]);

  const agent = clientWith(token);
  await agent.ping();
  const run = await agent.agentInstances.register(VERSIONS);
  assertEquals([run.agent_id, run.environment_id, run.agent_deployment_id], [
    "librarian",
    "staging",
    deployment.id,
  ]);
  await agent.agentInstances.start(run.id);
  const span = await agent.agentSpans.create({
    agent_instance_id: run.id,
    schema_name: "search",
    status: "active",
  });
  await agent.agentSpans.finish(span.id);
  await agent.agentInstances.finish(run.id);
  assertEquals(sandbox.instances.get(run.id)?.status, "complete");

  const quality = { name: "tone", payload: {} };
  const alert = { agent_instance_id: run.id, name: "a", severity: "info", payload: {} } as const;
  for (
    const refused of [
      () => agent.agentInstances.get(run.id),
      () => agent.agentInstances.list({ agent_id: "librarian" }),
      () => agent.agentSpans.list({ agent_instance_id: run.id }),
      () => agent.agents.list(),
      () => agent.agentInstances.recordQuality(run.id, quality),
      () => agent.agentInstances.terminate(run.id, { reason: "enough" }),
      () => agent.alerts.raise(alert),
      () => new PrefactorAdminClient(agent).apiTokens.list(),
    ]
  ) {
    const error = await assertRejects(refused, PrefactorAuthError);
    assertEquals([error.statusCode, error.code], [401, "unauthorized"]);
  }
  const other = { agent_id: "scribe", ...VERSIONS };
  assertEquals(
    (await assertRejects(() => agent.agentInstances.register(other), PrefactorApiError)).statusCode,
    422,
  );
  assertEquals((await client.agentInstances.register(other)).agent_id, "scribe");
});

Deno.test("sandbox.fetch() creates a deployment for several tokens once", async () => {
  const { apiTokens, agentDeployments } = setUp();
  const tokens = [await apiTokens.create(DEPLOYMENT), await apiTokens.create(DEPLOYMENT)];
  const { summaries } = await agentDeployments.list();
  assertEquals(tokens.map(({ details }) => details.agent_deployment_id), [
    summaries[0]?.id,
    summaries[0]?.id,
  ]);
  assertEquals(summaries.length, 1);
});

Deno.test("sandbox.fetch() rejects a token while it is suspended, and for good once it is revoked", async () => {
  const { apiTokens, clientWith } = setUp();
  const { details: { id }, token } = await apiTokens.create(DEPLOYMENT);
  const works = () => clientWith(token).ping().then(() => true, (error) => error.code);
  const conflict = async (act: () => Promise<unknown>) =>
    assertEquals((await assertRejects(act, PrefactorApiError)).code, "invalid_action");

  assertEquals(await works(), true);
  await conflict(() => apiTokens.activate(id));
  assertEquals((await apiTokens.suspend(id)).status, "suspended");
  assertEquals(await works(), "bad_authtoken");
  await conflict(() => apiTokens.suspend(id));
  assertEquals((await apiTokens.activate(id)).status, "active");
  assertEquals(await works(), true);
  await conflict(() => apiTokens.delete(id));
  assertEquals((await apiTokens.revoke(id)).status, "revoked");
  assertEquals(await works(), "bad_authtoken");
  for (const act of [apiTokens.activate, apiTokens.suspend, apiTokens.revoke]) {
    await conflict(() => act.call(apiTokens, id));
  }
  await apiTokens.delete(id);
  assertEquals(await works(), "bad_authtoken");
  assertEquals((await apiTokens.list({ account_id: ACCOUNT_ID })).summaries, []);
});

Deno.test("sandbox.fetch() shows a token only in the response to its creation", async () => {
  const { sandbox, apiTokens, clientWith } = setUp();
  const { details, token } = await apiTokens.create({ token_scope: "account" });
  await clientWith(token).request("POST", "/api/v1/bulk", { json: { note: token } }).catch(() => {});
  const seen = [await apiTokens.get(details.id), await apiTokens.list(), await apiTokens.suspend(details.id)];
  assertEquals(JSON.stringify([details, seen, sandbox.requests]).includes(token), false);
  assertEquals(sandbox.requests[1]?.body, { note: "[token]" });
});

Deno.test("sandbox.fetch() keeps the idempotency keys of two deployments apart", async () => {
  const { sandbox, apiTokens, clientWith } = setUp();
  const key = { idempotency_key: "key-00001" };
  for (const agent_id of ["librarian", "scribe", "scribe"]) {
    const { token } = await apiTokens.create({ ...DEPLOYMENT, agent_id });
    await clientWith(token).agentInstances.register({ ...VERSIONS, ...key });
  }
  assertEquals([...sandbox.instances.values()].map(({ agent_id }) => agent_id), ["librarian", "scribe"]);
});

Deno.test("sandbox.reset() makes created tokens invalid", async () => {
  const { sandbox, client, apiTokens, clientWith } = setUp();
  const { token } = await apiTokens.create({ token_scope: "account" });
  sandbox.reset();
  await assertRejects(() => clientWith(token).ping(), PrefactorAuthError);
  await client.ping();
});

for (
  const [details, errors] of [
    [{}, { token_scope: "required" }],
    [{ token_scope: "environment" }, { token_scope: "invalid" }],
    [{ token_scope: "account", account_id: "other" }, { account_id: "invalid" }],
    [{ token_scope: "account", expires_at: "soon" }, { expires_at: "invalid" }],
    [{ token_scope: "account", agent_id: "a" }, { agent_id: "invalid" }],
    [{ token_scope: "agent_deployment" }, { agent_id: "required", environment_id: "required" }],
    [{ token_scope: "agent_deployment", agent_id: "a" }, { environment_id: "required" }],
  ] as [Partial<CreateApiTokenRequest>, object][]
) {
  Deno.test(`sandbox.fetch() rejects a token with ${JSON.stringify(details)}`, async () => {
    const { status, json } = await new Caller().post("api_token", { details });
    assertEquals([status, codesOf(json.errors)], [422, { details: errors }]);
  });
}
