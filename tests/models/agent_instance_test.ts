import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  actionProfile,
  type AgentInstance,
  AgentInstanceClient,
  dataCategories,
  type HttpRequester,
  isAgentInstance,
  isAgentInstanceSpanCounts,
  isAgentSchemaVersionForRegister,
  isAgentVersionForRegister,
  isFinishInstanceRequest,
  isRegisterInstanceRequest,
  isSpanTypeSchemaForCreate,
  isStartInstanceRequest,
  PrefactorResponseContractError,
} from "../../mod.ts";
import {
  absentOr,
  ARRAY,
  BOOLEAN,
  breakEveryLeaf,
  brokenCases,
  DATE_TIME,
  literal,
  MAP,
  OBJECT,
  oneOf,
  OPAQUE,
  optional,
  required,
  type Rules,
  SAFE_INTEGER,
  STRING,
  TIMESTAMP,
  under,
} from "./break_every_leaf.ts";

const SPAN_COUNTS = { total: 6, pending: 1, active: 2, complete: 1, failed: 1, cancelled: 1, finished: 3 };

const SPAN_COUNTS_RULES: Rules = {
  total: required(SAFE_INTEGER),
  pending: required(SAFE_INTEGER),
  active: required(SAFE_INTEGER),
  complete: required(SAFE_INTEGER),
  failed: required(SAFE_INTEGER),
  cancelled: required(SAFE_INTEGER),
  finished: required(SAFE_INTEGER),
};

const INSTANCE: AgentInstance = {
  type: "agent_instance",
  id: "i-1",
  account_id: "ac-1",
  agent_id: "a-1",
  agent_version_id: "v-1",
  environment_id: "e-1",
  agent_deployment_id: "d-1",
  status: "terminated",
  inserted_at: "2024-05-06T07:08:09Z",
  updated_at: "2024-05-06T07:08:10Z",
  started_at: "2024-05-06T07:08:11Z",
  finished_at: "2024-05-06T07:08:12Z",
  termination_reason: "ran wild",
  span_counts: SPAN_COUNTS,
  purpose: "live",
};

const INSTANCE_RULES: Rules = {
  type: required(literal("agent_instance")),
  id: required(STRING),
  account_id: required(STRING),
  agent_id: required(STRING),
  agent_version_id: required(STRING),
  environment_id: required(STRING),
  agent_deployment_id: optional(STRING),
  status: required({ ...STRING, right: ["active", "a status of tomorrow", ""] }),
  inserted_at: required(DATE_TIME),
  updated_at: required(DATE_TIME),
  started_at: optional(DATE_TIME),
  finished_at: optional(DATE_TIME),
  termination_reason: optional(STRING),
  span_counts: optional(OBJECT),
  ...under("span_counts", SPAN_COUNTS_RULES),
  purpose: optional({ ...STRING, right: ["a purpose of tomorrow"] }),
};

const VERSION = { name: "Librarian", external_identifier: "1.4.0", description: "Finds books" };

const VERSION_RULES: Rules = {
  name: optional(STRING),
  external_identifier: optional(STRING),
  description: optional(STRING),
};

const SPAN_TYPE_SCHEMA = {
  name: "agent:llm",
  params_schema: { type: "object" },
  result_schema: { type: "object" },
  title: "Model call",
  description: "Asks the model",
  template: "{{model}}: {{prompt}} → {{response}}",
  data_risk: {
    action_profile: actionProfile(),
    params_data_categories: dataCategories(),
    result_data_categories: dataCategories(),
  },
};

const PERMISSION = required(oneOf("unknown", "allowed", "disallowed"));
const PRESENCE = required(oneOf("unknown", "included", "excluded"));
const CLASSIFICATION = required(
  oneOf("unknown", "public", "internal", "confidential", "restricted", "secret"),
);

const CATEGORIES_RULES: Rules = {
  ...Object.fromEntries(Object.keys(dataCategories()).map((name) => [name, PRESENCE])),
  classification: CLASSIFICATION,
};

const SPAN_TYPE_SCHEMA_RULES: Rules = {
  name: required(STRING),
  params_schema: required(OPAQUE),
  result_schema: optional(OPAQUE),
  title: optional(STRING),
  description: optional(STRING),
  template: optional(STRING),
  data_risk: optional(OBJECT),
  "data_risk.action_profile": required(OBJECT),
  ...under(
    "data_risk.action_profile",
    Object.fromEntries(Object.keys(actionProfile()).map((name) => [name, PERMISSION])),
  ),
  "data_risk.params_data_categories": required(OBJECT),
  ...under("data_risk.params_data_categories", CATEGORIES_RULES),
  "data_risk.result_data_categories": required(OBJECT),
  ...under("data_risk.result_data_categories", CATEGORIES_RULES),
};

const SCHEMA_VERSION = {
  external_identifier: "s1",
  span_schemas: { "agent:llm": { type: "object" }, constructor: {}, ["__proto__"]: {} },
  span_result_schemas: { "agent:llm": { type: "object" } },
  span_type_schemas: [{ name: "agent:tool", params_schema: {} }, SPAN_TYPE_SCHEMA],
};

const SCHEMA_VERSION_RULES: Rules = {
  external_identifier: optional(STRING),
  span_schemas: optional(MAP),
  "span_schemas.agent:llm": absentOr(OPAQUE),
  "span_schemas.constructor": absentOr(OPAQUE),
  "span_schemas.__proto__": absentOr(OPAQUE),
  span_result_schemas: optional(MAP),
  "span_result_schemas.agent:llm": absentOr(OPAQUE),
  span_type_schemas: optional({ ...ARRAY, right: [[]] }),
  "span_type_schemas[0]": absentOr(OBJECT),
  "span_type_schemas[0].name": required(STRING),
  "span_type_schemas[0].params_schema": required(OPAQUE),
  "span_type_schemas[1]": absentOr(OBJECT),
  ...under("span_type_schemas[1]", SPAN_TYPE_SCHEMA_RULES),
};

const FINISH_RULES: Rules = {
  status: optional(oneOf("complete", "failed", "cancelled")),
  timestamp: optional(TIMESTAMP),
  idempotency_key: optional(STRING),
};

/** What answers every request with the given details. */
function answering(details: unknown): HttpRequester {
  const answer = { status: "success", details } as Awaited<ReturnType<HttpRequester["request"]>>;
  return { request: () => Promise.resolve(answer) };
}

Deno.test("isAgentInstanceSpanCounts() refuses each wrong count and the fault names it", () => {
  breakEveryLeaf(isAgentInstanceSpanCounts, SPAN_COUNTS, SPAN_COUNTS_RULES);
});

Deno.test("isAgentInstance() refuses each wrong field and the fault names it", () => {
  breakEveryLeaf(isAgentInstance, INSTANCE, INSTANCE_RULES);
});

Deno.test("isAgentVersionForRegister() refuses each wrong field and the fault names it", () => {
  breakEveryLeaf(isAgentVersionForRegister, VERSION, VERSION_RULES);
});

Deno.test("isSpanTypeSchemaForCreate() refuses each wrong field and the fault names it", () => {
  breakEveryLeaf(isSpanTypeSchemaForCreate, SPAN_TYPE_SCHEMA, SPAN_TYPE_SCHEMA_RULES);
});

Deno.test("isAgentSchemaVersionForRegister() refuses each wrong field and the fault names it", () => {
  breakEveryLeaf(isAgentSchemaVersionForRegister, SCHEMA_VERSION, SCHEMA_VERSION_RULES);
});

Deno.test("isRegisterInstanceRequest() refuses each wrong field and the fault names it", () => {
  const request = {
    agent_id: "a-1",
    agent_version: VERSION,
    agent_schema_version: SCHEMA_VERSION,
    id: "i-1",
    environment_id: "e-1",
    idempotency_key: "k-1",
    update_current_version: false,
    purpose: "eval",
  };
  breakEveryLeaf(isRegisterInstanceRequest, request, {
    agent_id: optional(STRING),
    agent_version: required({ ...OBJECT, right: [{}] }),
    ...under("agent_version", VERSION_RULES),
    agent_schema_version: required({ ...OBJECT, right: [{}] }),
    ...under("agent_schema_version", SCHEMA_VERSION_RULES),
    id: optional(STRING),
    environment_id: optional(STRING),
    idempotency_key: optional(STRING),
    update_current_version: optional(BOOLEAN),
    purpose: optional(oneOf("live", "smoke_test", "eval")),
  });
});

Deno.test("isStartInstanceRequest() refuses each wrong field and the fault names it", () => {
  breakEveryLeaf(isStartInstanceRequest, { timestamp: new Date(0), idempotency_key: "k-1" }, {
    timestamp: optional(TIMESTAMP),
    idempotency_key: optional(STRING),
  });
});

Deno.test("isFinishInstanceRequest() refuses each wrong field and the fault names it", () => {
  const request = { status: "failed", timestamp: "2024-05-06T07:08:09Z", idempotency_key: "k-1" };
  breakEveryLeaf(isFinishInstanceRequest, request, FINISH_RULES);
});

Deno.test("AgentInstanceClient gives back the instance as it came, with what it does not know", async () => {
  const details = { ...INSTANCE, status: "paused", x_new: { a: [1] } };
  const client = new AgentInstanceClient(answering(details));
  assertEquals<unknown>(await client.register({ agent_version: {}, agent_schema_version: {} }), details);
  assertEquals<unknown>(await client.start("i-1"), details);
  assertEquals<unknown>(await client.finish("i-1"), details);
});

Deno.test("AgentInstanceClient names the first wrong field of an answer and keeps the answer", async () => {
  for (const { value, path, found } of brokenCases(INSTANCE, INSTANCE_RULES)) {
    const client = new AgentInstanceClient(answering(value));
    for (
      const call of [
        () => client.register({ agent_version: {}, agent_schema_version: {} }),
        () => client.start("i-1"),
        () => client.finish("i-1"),
      ]
    ) {
      const error = await assertRejects(call, PrefactorResponseContractError);
      assertEquals(error.path, `details.${path}`, Deno.inspect(found));
      assertStringIncludes(error.message, `'details.${path}'`);
      assertEquals(error.body, { status: "success", details: value });
    }
  }
});

Deno.test("AgentInstanceClient names the place of wrong details", async () => {
  const table: [answer: Record<string, unknown>, path: string][] = [
    [{}, "status"],
    [{ status: null, details: INSTANCE }, "status"],
    [{ status: "error", details: INSTANCE }, "status"],
    [{ status: "success" }, "details"],
    [{ status: "success", details: null }, "details"],
    [{ status: "success", details: [INSTANCE] }, "details"],
    [{ status: "success", details: "i-1" }, "details"],
    [
      { status: "success", details: { ...INSTANCE, span_counts: { ...SPAN_COUNTS, total: "6" } } },
      "details.span_counts.total",
    ],
  ];
  for (const [answer, path] of table) {
    const client = new AgentInstanceClient({ request: () => Promise.resolve(answer as never) });
    const error = await assertRejects(() => client.start("i-1"), PrefactorResponseContractError);
    assertEquals(error.path, path);
  }
});
