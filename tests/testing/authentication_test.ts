import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { authenticate } from "../../src/testing/authentication.ts";
import { Bounds } from "../../src/testing/collection.ts";
import { createAccount, Store } from "../../src/testing/store.ts";

function createStore(deployment?: { id: string; agentId: string; environmentId: string }): Store {
  return new Store(createAccount("account", deployment), new Bounds(10, Infinity), () => []);
}

Deno.test("authenticate() accepts the sandbox's own token, with its deployment", () => {
  const deployment = { id: "d-1", agentId: "a-1", environmentId: "e-1" };
  assertEquals(authenticate(createStore(), "own", "Bearer own"), { deployment: undefined });
  assertEquals(authenticate(createStore(deployment), "own", "bearer own"), { deployment });
});

for (
  const header of [null, "", "own", "Bearer", "Bearer ", "Bearer other", "Basic own", "Bearer __proto__"]
) {
  Deno.test(`authenticate() rejects the header "${header}"`, () => {
    assertEquals(authenticate(createStore(), "own", header), undefined);
  });
}

Deno.test("authenticate() accepts a created token until it expires, and records its use", () => {
  using time = new FakeTime("2024-05-01T12:00:00.000Z");
  const store = createStore();
  const apiTokens = store.plainRecords("api_token");
  const fields = { agent_deployment_id: "d-1", agent_id: "a-1", environment_id: "e-1" };
  apiTokens.set("t-1", { id: "t-1", status: "active", expires_at: "2024-05-01T12:00:01.000Z", ...fields });
  store.tokenIds.set("created", "t-1");
  assertEquals(authenticate(store, "own", "Bearer created"), {
    deployment: { id: "d-1", agentId: "a-1", environmentId: "e-1" },
  });
  time.tick(1_000);
  assertEquals(authenticate(store, "own", "Bearer created"), undefined);
  assertEquals(apiTokens.get("t-1")?.["last_used_at"], "2024-05-01T12:00:00.000Z");
});
