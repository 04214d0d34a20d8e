/** Two helpers that record the steps of a run, to copy into your own program. */
import type { AgentInstance, AgentSpan, CreateSpanRequest, FinishStatus } from "@prefactor/http";
import { isAgentSpan, type JsonObject, type PrefactorHttpClient } from "@prefactor/http";

/** A run in progress. */
export interface Run {
  readonly client: PrefactorHttpClient;
  readonly instance: AgentInstance;
  /** The finished spans, as returned by the API. */
  readonly spans: AgentSpan[];
}

/** Runs a step and records it as a span with its payload, its start and end time, and its result or error. */
export async function withSpan<T extends JsonObject>(
  { client, instance, spans }: Run,
  parent: AgentSpan | null,
  schema: string,
  payload: JsonObject,
  work: (span: AgentSpan) => T | Promise<T>,
): Promise<T> {
  const span = await client.agentSpans.create({
    agent_instance_id: instance.id,
    parent_span_id: parent?.id ?? null,
    schema_name: schema,
    status: "active",
    payload,
    started_at: new Date(),
  });
  const end = async (status: FinishStatus, result: JsonObject) => {
    const request = { status, result_payload: result, timestamp: new Date() };
    spans.push(await client.agentSpans.finish(span.id, request));
  };
  let result: T;
  try {
    result = await work(span);
  } catch (error) {
    await end("failed", { error: String(error) });
    throw error;
  }
  await end("complete", result);
  return result;
}

/** Records finished steps in one request. */
export async function recordSteps(
  { client, instance, spans }: Run,
  parent: AgentSpan,
  schema: string,
  steps: Partial<CreateSpanRequest>[],
): Promise<void> {
  const items = steps.map((step) => ({
    _type: "agent_spans/create",
    agent_instance_id: instance.id,
    parent_span_id: parent.id,
    schema_name: schema,
    status: "complete",
    ...step,
    idempotency_key: client.createIdempotencyKey(),
  }));
  const { outputs } = await client.bulk.execute({ items });
  for (const { idempotency_key } of items) {
    const output = outputs[idempotency_key]; // absent if an earlier item failed
    if (output?.status !== "success") {
      throw new Error(`Cannot record a step: ${output?.message ?? "not executed"}`);
    }
    if (isAgentSpan(output.details)) spans.push(output.details);
  }
}
