/**
 * The span that every client creates, and the response to it.
 *
 * @module
 */

import type { AgentSpan, CreateSpanRequest } from "../../mod.ts";

/** The default size of a request body, in bytes. */
export const DEFAULT_BYTES = 1_400;

/** The token of the benchmarks. */
export const TOKEN = "bench-token";

const ID = "01jd0000000000000000000000000000";

/** Returns params of `agentSpans.create()` with the required fields, padded to a request body of about `bytes` bytes. */
export function spanParams(bytes = DEFAULT_BYTES) {
  const fields = {
    agent_instance_id: ID,
    schema_name: "agent:llm",
    status: "active",
    payload: { model: "small", temperature: 0.2, prompt: "" },
    parent_span_id: ID,
    started_at: "2025-01-31T12:00:00.000Z",
  } satisfies CreateSpanRequest;
  fields.payload.prompt = prose(bytes - JSON.stringify({ details: fields }).length);
  return fields;
}

/** Returns the span as the server returns it. */
export function createdSpan(bytes = DEFAULT_BYTES): AgentSpan {
  return {
    type: "agent_span",
    id: ID,
    account_id: ID,
    agent_id: ID,
    schema_title: "Language model call",
    result_payload: null,
    summary: null,
    inserted_at: "2025-01-31T12:00:00.123Z",
    updated_at: "2025-01-31T12:00:00.123Z",
    finished_at: null,
    ...spanParams(bytes),
  };
}

/** Returns text whose JSON takes about `bytes` bytes, with a few characters that JSON escapes. */
function prose(bytes: number): string {
  const sentence = 'The librarian said: "Look it up in the catalogue, shelf 14".\n';
  let text = "";
  for (let index = 0, left = bytes; left > 0; index++) {
    const character = sentence[index % sentence.length]!;
    left -= JSON.stringify(character).length - 2;
    text += character;
  }
  return text;
}
