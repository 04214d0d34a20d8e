/**
 * The rows that the page receives: one for each run, span and request, without payloads and bodies.
 *
 * @module
 */

import { isObject, isString } from "../../guards.ts";
import type { AgentInstanceSpanCounts } from "../../models/agent_instance.ts";
import type { FaultState } from "../faults.ts";
import { type LogEntry, redactText } from "../request_log.ts";
import type { Outcome, SandboxInstance, SandboxSpan, Store } from "../store.ts";
import { parsePfid } from "../../pfid.ts";

/** The maximum length of a text in a row, in characters. */
const MAX_TEXT = 200;

/** An agent by its ID. */
export interface AgentRow {
  readonly id: string;
  readonly name: string | null;
}

/** A run in the list of runs. */
export interface RunRow {
  readonly id: string;
  readonly agent_id: string;
  readonly version: string | null;
  readonly status: string;
  readonly inserted_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly termination_reason: string | null;
  readonly external_identifier: string | null;
  readonly span_counts: AgentInstanceSpanCounts;
}

/** A span in the tree of its run. */
export interface SpanRow {
  readonly id: string;
  readonly run_id: string;
  readonly parent_id: string | null;
  readonly name: string;
  readonly title: string | null;
  readonly status: string;
  readonly inserted_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  /** The error of a failed span, or the summary of any other span. */
  readonly note: string | null;
  /** The number of schema mismatches. */
  readonly mismatches: number;
}

/** A request in the list of requests. */
export interface RequestRow {
  readonly id: string;
  /** The time at which it arrived, in ms since the Unix epoch. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The ID of the run that it is about, if known. */
  readonly run_id: string | null;
  readonly fault: string | null;
  /** The status of the response, or `null` if none was delivered yet. */
  readonly status: number | null;
  /** The time that it took, in ms, or `null` while it is in flight. */
  readonly duration: number | null;
  /** The code of an error response. */
  readonly code: string | null;
  readonly idempotency_key: string | null;
  /** The number of items of a bulk request. */
  readonly items: number | null;
  /** The number of these items that failed. */
  readonly failed_items: number;
  /** The number of replayed replies. */
  readonly replays: number;
}

/** The rows that were added or changed since a cursor. */
export interface PageChanges {
  /** The cursor of the last change in the rows. */
  readonly cursor: string;
  /** The server's time, in ms since the Unix epoch. */
  readonly now: number;
  readonly agents: readonly AgentRow[];
  readonly runs: readonly RunRow[];
  readonly spans: readonly SpanRow[];
  readonly requests: readonly RequestRow[];
  /** The IDs of removed records. Those that are also among the rows were added again. */
  readonly removed: {
    readonly runs: readonly string[];
    readonly spans: readonly string[];
    readonly requests: readonly string[];
  };
  readonly faults: FaultState;
}

/** Creates the row of a run. */
export function toRunRow(store: Store, instance: SandboxInstance): RunRow {
  const { id, status, span_counts } = instance;
  const version = store.plainRecords("agent_version").get(instance.agent_version_id ?? "");
  return {
    id,
    agent_id: instance.agent_id ?? "",
    version: [version?.["external_identifier"], version?.["name"]].find(isString) ?? null,
    status,
    inserted_at: instance.inserted_at ?? "",
    started_at: instance.started_at ?? null,
    finished_at: instance.finished_at ?? null,
    termination_reason: instance.termination_reason ?? null,
    external_identifier: instance.external_identifier ?? null,
    span_counts,
  };
}

/** Creates the row of a span. */
export function toSpanRow(span: SandboxSpan): SpanRow {
  return {
    id: span.id,
    run_id: span.agent_instance_id,
    parent_id: span.parent_span_id ?? null,
    name: span.schema_name,
    title: span.schema_title ?? null,
    status: span.status,
    inserted_at: span.inserted_at ?? "",
    started_at: span.started_at ?? null,
    finished_at: span.finished_at ?? null,
    note: (span.status === "failed" ? errorOf(span) : undefined) ?? shorten(span.summary),
    mismatches: span.schema_mismatches?.length ?? 0,
  };
}

/** Returns the field `error` in the result of a span, which is a text or an object with a name and a message. */
function errorOf({ result_payload }: SandboxSpan): string | undefined {
  const error = result_payload?.["error"];
  const text = isObject(error)
    ? [error["name"], error["message"]].filter((part) => typeof part === "string").join(": ")
    : error;
  return typeof text === "string" && text !== "" ? shorten(text)! : undefined;
}

function shorten(text: string | null | undefined): string | null {
  if (!text) return null;
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}

/** Creates the row of a request. */
export function toRequestRow(store: Store, entry: LogEntry, outcome: Outcome | undefined): RequestRow {
  const body = isObject(entry.body) ? entry.body : {};
  const items = Array.isArray(body["items"]) ? body["items"] : undefined;
  const outputs = isObject(outcome?.body?.["outputs"]) ? Object.values(outcome.body["outputs"]) : [];
  const key = entry.headers["idempotency-key"] ?? body["idempotency_key"];
  const code = outcome?.body?.["code"];
  return {
    id: entry.id,
    at: parsePfid(entry.id).timestamp,
    method: entry.method,
    path: entry.path,
    query: entry.query,
    run_id: runOf(store, entry, outcome),
    fault: entry.fault ?? null,
    status: entry.status ?? null,
    duration: outcome?.duration ?? null,
    code: typeof code === "string" ? code : null,
    idempotency_key: typeof key === "string" ? key : null,
    items: items?.length ?? null,
    failed_items: outputs.filter((output) => isObject(output) && output["status"] === "error").length,
    replays: outcome?.replays ?? 0,
  };
}

/** Finds the run that a request is about, by an ID in its path, its body, its first item or its reply. */
function runOf(store: Store, { path, body }: LogEntry, outcome: Outcome | undefined): string | null {
  const fields = isObject(body) ? body : {};
  const first = Array.isArray(fields["items"]) ? fields["items"][0] : undefined;
  const objects = [
    fields,
    fields["details"],
    first,
    isObject(first) && first["details"],
    outcome?.body?.["details"],
  ];
  const ids = [
    ...path.split("/"),
    ...objects.filter(isObject).flatMap((
      object,
    ) => [object["agent_instance_id"], object["agent_span_id"], object["id"]]),
  ];
  for (const id of ids) {
    if (typeof id !== "string") continue;
    const runId = store.instances.get(id)?.id ?? store.spans.get(id)?.agent_instance_id;
    if (runId !== undefined) return runId;
  }
  return null;
}

/** The fields whose values the sandbox sets. They are not redacted, so that a short token cannot break them. */
const OWN_FIELDS = new Set(["status", "span_counts"]);

/** Returns a copy of the record without the token. The names of its fields are kept. */
export function redactRecord<T extends object>(record: T, token: string): T {
  const fields = Object.entries(record).map(([name, field]) => [
    name,
    OWN_FIELDS.has(name) ? field : withoutToken(field, token),
  ]);
  return Object.fromEntries(fields);
}

/** Returns a copy of the value in which `[token]` replaces the token in all texts and names. */
export function withoutToken(value: unknown, token: string): unknown {
  if (typeof value === "string") return redactText(value, token);
  if (Array.isArray(value)) return value.map((item) => withoutToken(item, token));
  if (!isObject(value)) return value;
  const fields = Object.entries(value).map(([name, field]) => [
    withoutToken(name, token),
    withoutToken(field, token),
  ]);
  return Object.fromEntries(fields);
}
