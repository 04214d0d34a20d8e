/**
 * The span that every contender creates, and the answers to it.
 *
 * @module
 */

import type { AgentSpan, CreateSpanRequest } from "../../mod.ts";

/** The size of the body that creates a span, in bytes. */
export const USUAL_BYTES = 1_400;

/** The token of the benchmark. */
export const TOKEN = "bench-token";

const ID = "01jd0000000000000000000000000000";

/** What creates a span whose body on the wire has about so many bytes, if there is room for the fields. */
export function spanToCreate(bytes = USUAL_BYTES) {
  const fields = {
    agent_instance_id: ID,
    schema_name: "agent:llm",
    status: "active",
    payload: { model: "small", temperature: 0.2, prompt: "" },
    parent_span_id: ID,
    started_at: "2025-01-31T12:00:00.000Z",
  } satisfies CreateSpanRequest;
  const left = bytes - JSON.stringify({ details: fields }).length;
  fields.payload.prompt = text(left);
  return fields;
}

/** The span as the server answers with it. */
export function createdSpan(bytes = USUAL_BYTES): AgentSpan {
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
    ...spanToCreate(bytes),
  };
}

/** Prose, with what JSON has to escape now and then. */
function text(length: number): string {
  const sentence = 'The librarian said: "Look it up in the catalogue, shelf 14".\n';
  let written = "";
  for (let index = 0, left = length; left > 0; index++) {
    const character = sentence[index % sentence.length]!;
    left -= JSON.stringify(character).length - 2;
    written += character;
  }
  return written;
}
