/**
 * Records runs whose spans have the start and end times that a test sets.
 *
 * @module
 */

import {
  actionProfile,
  dataCategories,
  type FinishStatus,
  type JsonObject,
  type PrefactorHttpClient,
  type RegisterInstanceRequest,
  type SpanTypeSchemaForCreate,
} from "@prefactor/http";

/** A span to record. */
export interface Step {
  readonly type: string;
  /** The start and the end in ms after the start of the run. A step without an end is active. */
  readonly from: number;
  readonly to?: number;
  readonly failed?: boolean;
  readonly payload?: JsonObject;
  readonly result?: JsonObject;
  readonly steps?: readonly Step[];
}

/** A run to record. */
export interface Run {
  readonly agent: Partial<RegisterInstanceRequest>;
  readonly steps: readonly Step[];
  /** The status at the end, if the run has ended, and its duration in ms. */
  readonly status?: FinishStatus;
  readonly duration?: number;
  /** The start of the run. Defaults to now. */
  readonly start?: number;
}

/** Records a run. Returns its ID, and the IDs of its spans in the order of the steps in the tree. */
export async function record(
  client: PrefactorHttpClient,
  run: Run,
): Promise<{ id: string; spans: string[] }> {
  const { start = Date.now() } = run;
  const at = (ms: number) => new Date(start + ms);
  const { id } = await client.agentInstances.register({
    agent_id: "librarian",
    agent_version: {},
    agent_schema_version: {},
    ...run.agent,
  });
  await client.agentInstances.start(id, { timestamp: at(0) });
  const spans: string[] = [];
  await add(run.steps, null);
  if (run.status) {
    await client.agentInstances.finish(id, { status: run.status, timestamp: at(run.duration ?? 0) });
  }
  return { id, spans };

  async function add(steps: readonly Step[], parent_span_id: string | null): Promise<void> {
    for (const { type, from, to, failed = false, payload, result, steps: children = [] } of steps) {
      const span = await client.agentSpans.create({
        agent_instance_id: id,
        schema_name: type,
        parent_span_id,
        status: to === undefined ? "active" : failed ? "failed" : "complete",
        payload,
        result_payload: result,
        started_at: at(from),
        finished_at: to === undefined ? null : at(to),
      });
      spans.push(span.id);
      await add(children, span.id);
    }
  }
}

function type(
  name: string,
  title: string,
  required: string[],
  results: JsonObject = {},
): SpanTypeSchemaForCreate {
  return {
    name,
    title,
    template: `{{${required[0]}}}`,
    params_schema: { type: "object", required },
    result_schema: { type: "object", properties: results },
    data_risk: {
      action_profile: actionProfile({ read_data: "allowed", destroy_data: "disallowed" }),
      params_data_categories: dataCategories({ classification: "internal", contact_information: "included" }),
      result_data_categories: dataCategories({ classification: "internal" }),
    },
  };
}

/** A run that fails at its last step, because of an earlier one. */
export const REFUND: Run = {
  agent: {
    agent_id: "refund-assistant",
    agent_version: { external_identifier: "2.3.0" },
    agent_schema_version: {
      span_type_schemas: [
        type("agent:answer", "Answer", ["question"]),
        type("agent:plan", "Plan", ["question"]),
        type("llm:chat", "Chat completion", ["model", "messages"]),
        type("tool:find_order", "Find order", ["customer"], { total: { type: "number" } }),
        type("tool:read_policy", "Read policy", ["policy"]),
        type("tool:check_stock", "Check stock", ["item"]),
        type("agent:decide", "Decide", ["order"]),
        type("tool:refund", "Refund", ["order", "amount"]),
        type("http:request", "HTTP request", ["url"]),
      ],
    },
  },
  status: "failed",
  duration: 4_320,
  steps: [{
    type: "agent:answer",
    from: 4,
    to: 4_318,
    failed: true,
    payload: {
      question: "The kettle arrived broken. Can I have my money back?",
      customer: "ada@example.com",
    },
    result: { error: { name: "RefundError", message: "amount must be a number, but is “49,90”" } },
    steps: [
      {
        type: "agent:plan",
        from: 12,
        to: 905,
        payload: { question: "The kettle arrived broken. Can I have my money back?" },
        result: { steps: ["find the order", "read the policy", "decide", "refund"] },
        steps: [{
          type: "llm:chat",
          from: 20,
          to: 890,
          payload: {
            model: "small",
            messages: [
              { role: "system", content: "You plan the steps of a refund.\nAnswer with a list." },
              { role: "user", content: "The kettle arrived broken. Can I have my money back?" },
            ],
          },
          result: {
            text: "find the order, read the policy, decide, refund",
            tokens: { input: 412, output: 38 },
          },
        }],
      },
      {
        type: "tool:find_order",
        from: 930,
        to: 1_410,
        payload: { customer: "ada@example.com" },
        result: { order: "A-2214", item: "kettle", total: "49,90" },
        steps: [{
          type: "http:request",
          from: 940,
          to: 1_398,
          payload: { url: "https://orders.example.com/v2/search?customer=ada%40example.com" },
          result: { status: 200, bytes: 2_112 },
        }],
      },
      {
        type: "tool:read_policy",
        from: 935,
        to: 1_120,
        payload: { policy: "returns" },
        result: { days: 30, conditions: ["unused", "or broken on arrival"] },
      },
      {
        type: "tool:check_stock",
        from: 940,
        to: 1_690,
        payload: { item: "kettle" },
        result: { available: 17 },
      },
      {
        type: "agent:decide",
        from: 1_720,
        to: 3_160,
        payload: { order: "A-2214" },
        result: { decision: "refund", reason: "broken on arrival, 6 days ago" },
        steps: [{
          type: "llm:chat",
          from: 1_731,
          to: 3_140,
          payload: {
            model: "large",
            messages: [{
              role: "user",
              content: "Order A-2214, policy: 30 days, broken on arrival. Refund?",
            }],
          },
          result: { text: "Yes: broken on arrival, within 30 days.", tokens: { input: 1_904, output: 61 } },
        }],
      },
      {
        type: "tool:refund",
        from: 3_190,
        to: 4_300,
        failed: true,
        payload: { order: "A-2214", amount: "49,90" },
        result: { error: { name: "RefundError", message: "amount must be a number, but is “49,90”" } },
        steps: [
          {
            type: "http:request",
            from: 3_210,
            to: 3_700,
            payload: { url: "https://pay.example.com/v1/refunds" },
            result: { status: 400, bytes: 96 },
          },
          {
            type: "http:request",
            from: 3_820,
            to: 4_290,
            failed: true,
            payload: { url: "https://pay.example.com/v1/refunds" },
            result: { error: { name: "HttpError", message: "400 from pay.example.com" } },
          },
        ],
      },
    ],
  }],
};
