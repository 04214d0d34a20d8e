/**
 * Code that must compile, and code that must not: `@ts-expect-error` fails if the compiler accepts the line.
 *
 * The functions are never called.
 *
 * @module
 */

import type {
  AgentInstance,
  AgentInstanceSummary,
  AgentSchemaVersionForRegister,
  AgentSpan,
  AgentSpanSummary,
  AgentStatus,
  BulkRequest,
  ClearAlertRequest,
  CreateSpanRequest,
  FinishInstanceRequest,
  FinishSpanRequest,
  FinishStatus,
  InstancePurpose,
  JsonObject,
  JsonObjectLike,
  ListSpansRequest,
  Page,
  PageParams,
  QualitySchema,
  RaiseAlertRequest,
  RecordQualityRequest,
  RegisterInstanceRequest,
  RuntimeEnvironment,
  StartInstanceRequest,
} from "../mod.ts";
import { isAgentSpan, isAgentStatus, isAgentSummary, isPage, isPfid, runtimeEnvironment } from "../mod.ts";

Deno.test("payloads, requests and responses have the right types", () => {
  // Type checking this file is the test.
});

interface Prompt {
  prompt: string;
  messages: readonly { role: string; text: string }[];
  temperature?: number;
  at: Date;
}

class Result {
  hits = 3;
  describe(): string {
    return `${this.hits} hits`;
  }
}

type Either = { kind: "text"; text: string } | { kind: "image"; url: string };

function payloadsCompile(
  prompt: Prompt,
  either: Either,
  record: Record<string, unknown>,
  frozen: Readonly<Record<string, unknown>>,
  partial: Partial<Prompt>,
  readonly: Readonly<Prompt>,
  response: JsonObject,
  object: object,
): JsonObjectLike[] {
  return [
    prompt,
    either,
    record,
    frozen,
    partial,
    readonly,
    response,
    object,
    {},
    { prompt: "Why?", nested: { deep: [1, null, prompt] }, list: ["a"] as const },
    { type: "object", required: ["a", "b"], properties: { a: { enum: [1, 2] } } } as const,
    new Result(),
    JSON.parse("{}"),
  ];
}

function genericPayloadsCompile<T extends Prompt>(prompt: T): CreateSpanRequest {
  return { agent_instance_id: "i-1", schema_name: "agent:llm", status: "active", payload: prompt };
}

function payloadsDoNotCompile(
  take: (payload: JsonObjectLike) => void,
  anything: unknown,
  prompt: Prompt | undefined,
): void {
  // @ts-expect-error -- an array
  take([]);
  // @ts-expect-error -- an array of objects
  take([{ a: 1 }]);
  // @ts-expect-error -- a readonly array
  take(["a"] as const);
  // @ts-expect-error -- a function
  take(() => ({}));
  // @ts-expect-error -- a class
  take(Result);
  // @ts-expect-error -- a date
  take(new Date());
  // @ts-expect-error -- a map
  take(new Map([["a", 1]]));
  // @ts-expect-error -- a set
  take(new Set(["a"]));
  // @ts-expect-error -- bytes
  take(new Uint8Array(1));
  // @ts-expect-error -- a promise, whose `await` is missing
  take(Promise.resolve({ a: 1 }));
  // @ts-expect-error -- a string
  take("{}");
  // @ts-expect-error -- a number
  take(1);
  // @ts-expect-error -- null
  take(null);
  // @ts-expect-error -- undefined
  take(undefined);
  // @ts-expect-error -- anything
  take(anything);
  // @ts-expect-error -- maybe undefined
  take(prompt);
}

function payloadFieldsCompile(prompt: Prompt): unknown[] {
  return [
    { result_payload: prompt } satisfies FinishSpanRequest,
    { result_payload: null } satisfies FinishSpanRequest,
    { name: "review", payload: prompt } satisfies RecordQualityRequest,
    { name: "review", payload: null } satisfies RecordQualityRequest,
    // @ts-expect-error -- `null` has to be explicit
    { name: "review" } satisfies RecordQualityRequest,
    {
      agent_instance_id: "i-1",
      name: "over_budget",
      severity: "info",
      payload: prompt,
    } satisfies RaiseAlertRequest,
    { agent_instance_id: "i-1", name: "over_budget", payload: prompt } satisfies ClearAlertRequest,
    // @ts-expect-error -- an array
    { result_payload: [prompt] } satisfies FinishSpanRequest,
  ];
}

function schemasCompile(schema: { type: "object"; required: readonly string[] }): unknown[] {
  const schemas = [{ name: "review", schema }] as const;
  return [
    {
      span_schemas: { search: { type: "object", required: ["query"] as const } },
      span_type_schemas: [{ name: "search", params_schema: schema }] as const,
      quality_schemas: schemas,
      alert_schemas: schemas,
    } satisfies AgentSchemaVersionForRegister,
    // @ts-expect-error -- no schema
    { name: "review" } satisfies QualitySchema,
  ];
}

function statusesOfRequests(any: AgentStatus, finish: FinishStatus): unknown[] {
  const span = { agent_instance_id: "i-1", schema_name: "search" };
  return [
    { status: finish } satisfies FinishInstanceRequest,
    { status: "cancelled" } satisfies FinishSpanRequest,
    { ...span, status: finish } satisfies CreateSpanRequest,
    { ...span, status: "pending" } satisfies CreateSpanRequest,
    // @ts-expect-error -- no span is created as terminated
    { ...span, status: "terminated" } satisfies CreateSpanRequest,
    // @ts-expect-error -- it may be terminated
    { ...span, status: any } satisfies CreateSpanRequest,
    // @ts-expect-error -- a finish ends the instance
    { status: "active" } satisfies FinishInstanceRequest,
    // @ts-expect-error -- only a person terminates an instance
    { status: "terminated" } satisfies FinishInstanceRequest,
    // @ts-expect-error -- the status of a span is required
    span satisfies CreateSpanRequest,
  ];
}

function fieldsOfRequests(purpose: InstancePurpose): unknown[] {
  const registration = { agent_version: {}, agent_schema_version: {} };
  return [
    { timestamp: new Date() } satisfies StartInstanceRequest,
    { timestamp: "2024-05-06T07:08:09Z", idempotency_key: undefined } satisfies StartInstanceRequest,
    // @ts-expect-error -- a number is no timestamp
    { timestamp: Date.now() } satisfies StartInstanceRequest,
    // @ts-expect-error -- the name of the field
    { started_at: new Date() } satisfies StartInstanceRequest,
    { ...registration, purpose } satisfies RegisterInstanceRequest,
    {
      ...registration,
      agent_version: { runtime_environment: runtimeEnvironment("a@1") },
    } satisfies RegisterInstanceRequest,
    // @ts-expect-error -- no such purpose
    { ...registration, purpose: "demo" } satisfies RegisterInstanceRequest,
    { agent_sdk: ["a@1"] as const } satisfies RuntimeEnvironment,
    { agent_id: "a-1", pagination: { page_size: 10 }, start_time: new Date() } satisfies ListSpansRequest,
    { sorting: { field: "id", direction: "desc" } } satisfies PageParams,
    // @ts-expect-error -- no such direction
    { sorting: { field: "id", direction: "down" } } satisfies PageParams,
    // @ts-expect-error -- no such severity
    { agent_instance_id: "i-1", name: "a", severity: "high", payload: {} } satisfies RaiseAlertRequest,
    {
      items: [{ _type: "agent_spans/create", idempotency_key: "create-0001", more: 1 }],
    } satisfies BulkRequest,
    // @ts-expect-error -- no key
    { items: [{ _type: "agent_spans/create" }] } satisfies BulkRequest,
  ];
}

function responsesAreOpen(instance: AgentInstance, span: AgentSpan, row: AgentInstanceSummary): void {
  instance.status = "a future status";
  instance.purpose = "a future purpose";
  const cost: number | null | undefined = instance.cost_breakdown?.groups?.[0]?.total_cost;
  const review: JsonObject | undefined = instance.quality_payloads?.["review"];
  const status: string | null | undefined = row.status;
  const payload: JsonObject | undefined = span.payload;
  // @ts-expect-error -- it may be absent
  const started: string = instance.started_at;
  // @ts-expect-error -- of a row only the ID is certain
  const agent: string = row.agent_id;
  // @ts-expect-error -- a row has no counts
  row.span_counts;
  void [cost, review, status, payload, started, agent];
}

function guardsNarrow(
  value: unknown,
  span: AgentSpan,
  rows: Page<AgentSpanSummary>,
): void {
  if (isAgentSpan(value)) value.schema_name.trim();
  if (isPfid(value)) value.slice(10, 16);
  if (isPage(value, isAgentSummary)) value.summaries[0]?.name?.trim();
  if (isAgentStatus(span.status)) {
    const status: AgentStatus = span.status;
    void status;
  }
  // @ts-expect-error -- the status is open
  const status: AgentStatus = span.status;
  const next: number | null | undefined = rows.pagination?.next_page_offset;
  void [status, next, rows.summaries[0]?.risk_score];
}

void [
  payloadsCompile,
  genericPayloadsCompile,
  payloadsDoNotCompile,
  payloadFieldsCompile,
  schemasCompile,
  statusesOfRequests,
  fieldsOfRequests,
  responsesAreOpen,
  guardsNarrow,
];
