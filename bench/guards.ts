/**
 * The guards of the models and schema libraries that check the same fields.
 *
 * ```sh
 * deno run -A tools/with_std.ts run -A bench/guards.ts --quick
 * ```
 *
 * @module
 */

import { type AgentInstance, isAgentInstance, isAgentSpan } from "../mod.ts";
import { type Options, type Report, type Row, runAlone } from "./lib/report.ts";
import { createdSpan } from "./lib/span.ts";
import { estimate } from "./lib/stats.ts";
import { Ajv, fastFormats, type Format, fullFormats } from "./peers/ajv.ts";
import { FormatRegistry, Type, TypeCompiler } from "./peers/typebox.ts";
import * as v from "./peers/valibot.ts";
import { z } from "./peers/zod.ts";

/** The default of `--seconds`. */
export const SECONDS = 2;

type Check = (value: unknown) => boolean;
type Model = Record<string, string>;

/** The number of values that a guard checks in rotation, so that none stays in a register. */
const VALUES = 64;
/** How long a guard runs in each round, in ms. */
const SLICE_MS = 5;

/**
 * The fields of the models, from which the schema for each library is generated. A `?` allows a missing field and
 * `null`.
 */
const MODELS: Record<"AgentSpan" | "AgentInstance", Model> = {
  AgentSpan: {
    type: "=agent_span",
    id: "string",
    agent_instance_id: "string",
    schema_name: "string",
    status: "string",
    account_id: "string?",
    agent_id: "string?",
    parent_span_id: "string?",
    schema_title: "string?",
    purpose: "string?",
    payload: "object",
    result_payload: "object?",
    summary: "string?",
    data_risk: "object?",
    sensitive_encoding: "boolean?",
    payload_byte_size_estimate: "number?",
    started_at: "date-time?",
    inserted_at: "date-time?",
    updated_at: "date-time?",
    finished_at: "date-time?",
  },
  AgentInstance: {
    type: "=agent_instance",
    id: "string",
    account_id: "string",
    agent_id: "string",
    agent_version_id: "string",
    environment_id: "string",
    agent_deployment_id: "string?",
    status: "string",
    inserted_at: "date-time",
    updated_at: "date-time",
    started_at: "date-time?",
    finished_at: "date-time?",
    last_activity_span_at: "date-time?",
    termination_reason: "string?",
    external_identifier: "string?",
    purpose: "string?",
    span_counts: "counts?",
    span_schema_counts: "object?",
    cost_breakdown: "object?",
    quality_payloads: "object?",
    quality_summaries: "object?",
    risk_score: "object?",
    raised_alert_count: "number?",
  },
};
const COUNTS = ["total", "pending", "active", "complete", "failed", "cancelled", "finished"];
const AJV = "ajv, compiled";
const PARSE = "JSON.parse of the same text";
const REQUIRED = /^[^?]*$/;

function ajv(model: Model, dateTime: Format | undefined): Check {
  const count = { type: "integer" };
  const counts = Object.fromEntries(COUNTS.map((name) => [name, count]));
  const schemaOf = (kind: string): object => {
    if (kind.startsWith("=")) return { const: kind.slice(1) };
    if (["string", "number", "boolean", "object"].includes(kind)) return { type: kind };
    if (kind === "date-time") {
      return { type: "string", ...(dateTime && { format: "date-time" }) };
    }
    if (kind === "counts") return { type: "object", properties: counts, required: COUNTS };
    return { ...schemaOf(kind.slice(0, -1)), nullable: true };
  };
  return new Ajv({ ...(dateTime && { formats: { "date-time": dateTime } }) }).compile({
    type: "object",
    properties: mapValues(model, schemaOf),
    required: Object.keys(model).filter((name) => name !== "payload" && REQUIRED.test(model[name]!)),
  });
}

function typebox(model: Model): Check {
  const { validate } = fullFormats["date-time"] as { validate: (value: string) => boolean };
  FormatRegistry.Set("date-time", validate);
  const schemaOf = (kind: string): ReturnType<typeof Type.Unsafe> => {
    if (kind.startsWith("=")) return Type.Literal(kind.slice(1));
    if (kind === "string") return Type.String();
    if (kind === "number") return Type.Number();
    if (kind === "boolean") return Type.Boolean();
    if (kind === "object") return Type.Object({});
    if (kind === "date-time") return Type.String({ format: "date-time" });
    if (kind === "counts") {
      return Type.Object(Object.fromEntries(COUNTS.map((name) => [name, Type.Integer()])));
    }
    return Type.Optional(Type.Union([schemaOf(kind.slice(0, -1)), Type.Null()]));
  };
  const schema = TypeCompiler.Compile(Type.Object(mapValues(model, schemaOf)));
  return (value) => schema.Check(value);
}

function zod(model: Model): Check {
  const schemaOf = (kind: string): z.ZodType => {
    if (kind.startsWith("=")) return z.literal(kind.slice(1));
    if (kind === "string") return z.string();
    if (kind === "number") return z.number();
    if (kind === "boolean") return z.boolean();
    if (kind === "object") return z.looseObject({});
    if (kind === "date-time") return z.iso.datetime({ offset: true });
    if (kind === "counts") return z.looseObject(Object.fromEntries(COUNTS.map((name) => [name, z.int()])));
    return schemaOf(kind.slice(0, -1)).nullish();
  };
  const schema = z.looseObject(mapValues(model, schemaOf));
  return (value) => schema.safeParse(value).success;
}

function valibot(model: Model): Check {
  const schemaOf = (kind: string): v.GenericSchema => {
    if (kind.startsWith("=")) return v.literal(kind.slice(1));
    if (kind === "string") return v.string();
    if (kind === "number") return v.number();
    if (kind === "boolean") return v.boolean();
    if (kind === "object") return v.looseObject({});
    if (kind === "date-time") return v.pipe(v.string(), v.isoTimestamp());
    if (kind === "counts") {
      return v.looseObject(
        Object.fromEntries(COUNTS.map((name) => [name, v.pipe(v.number(), v.safeInteger())])),
      );
    }
    return v.nullish(schemaOf(kind.slice(0, -1)));
  };
  const schema = v.looseObject(mapValues(model, schemaOf));
  return (value) => v.is(schema, value);
}

function mapValues<T>(model: Model, map: (kind: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(model).map(([name, kind]) => [name, map(kind)]));
}

function instance(): AgentInstance {
  const { id, inserted_at: at } = createdSpan() as { id: string; inserted_at: string };
  return {
    type: "agent_instance",
    id,
    account_id: id,
    agent_id: id,
    agent_version_id: id,
    environment_id: id,
    agent_deployment_id: null,
    status: "active",
    inserted_at: at,
    updated_at: at,
    started_at: at,
    finished_at: null,
    termination_reason: null,
    span_counts: { total: 9, pending: 1, active: 2, complete: 3, failed: 2, cancelled: 1, finished: 6 },
    purpose: "live",
  };
}

/** Returns a value with one invalid field, which every guard must reject. */
function invalid(text: string): unknown {
  return { ...JSON.parse(text), finished_at: 7 };
}

/** Returns the average time of a check in one round, in ns. */
function time(check: Check, values: readonly unknown[]): number {
  let checked = 0;
  let accepted = 0;
  const start = performance.now();
  let now = start;
  while (now - start < SLICE_MS) {
    for (let round = 0; round < 4; round++) {
      for (const value of values) {
        if (check(value)) accepted++;
      }
    }
    checked += 4 * values.length;
    now = performance.now();
  }
  if (accepted !== checked) throw new Error("Cannot compare the guards: one rejects a valid value");
  return (now - start) / checked * 1e6;
}

interface Timed {
  readonly name: string;
  readonly check: Check;
  readonly times: number[];
}

/** Returns the median ratio of a check's time to another check's time in the same round. */
function ratio(column: readonly Timed[], index: number, other: string): number {
  const others = column.find(({ name }) => name === other)!.times;
  return estimate(column[index]!.times.map((ns, round) => ns / others[round]!)).median;
}

/** Measures every guard on both models, in rotation. */
export function measure({ seconds }: Options): Promise<Report> {
  const columns = (["AgentSpan", "AgentInstance"] as const).map((name) => {
    const model = MODELS[name];
    const text = JSON.stringify(name === "AgentSpan" ? createdSpan() : instance());
    const guard: Check = name === "AgentSpan" ? isAgentSpan : isAgentInstance;
    const checks: Record<string, Check> = {
      "@prefactor/http": guard,
      [AJV]: ajv(model, fullFormats["date-time"]),
      "ajv, compiled, fast format": ajv(model, fastFormats["date-time"]),
      "ajv, compiled, no format": ajv(model, undefined),
      "typebox, compiled": typebox(model),
      "valibot": valibot(model),
      "zod": zod(model),
    };
    for (const [name, check] of Object.entries(checks)) {
      if (check(invalid(text))) {
        throw new Error(`Cannot compare the guards: ${name} accepts an invalid value`);
      }
    }
    checks[PARSE] = () => JSON.parse(text) !== null;
    const values = Array.from({ length: VALUES }, () => JSON.parse(text));
    const times: Timed[] = Object.entries(checks).map(([name, check]) => ({ name, check, times: [] }));
    for (let warmUp = 0; warmUp < 20; warmUp++) times.forEach(({ check }) => time(check, values));
    const rounds = Math.max(10, Math.round(seconds * 1_000 / SLICE_MS));
    for (let round = 0; round < rounds; round++) {
      for (const { check, times: own } of times) own.push(time(check, values));
    }
    return times;
  });
  const rows: Row[] = columns[0]!.map(({ name }, index) => ({
    name,
    figures: [
      ...columns.map((column) => estimate(column[index]!.times)),
      ...[AJV, PARSE].flatMap((other) => columns.map((column) => ratio(column, index, other))),
    ],
  }));
  return Promise.resolve({
    title: "Guards: time to check a valid value",
    notes: [
      "All check the same fields and, unless the row says otherwise, that timestamps are date-times. ajv and",
      "typebox use the function of ajv-formats, which checks the length of months, as our guards do. Its fast",
      "format does not.",
    ],
    columns: [
      { name: "span", unit: "ns" },
      { name: "instance", unit: "ns" },
      { name: "span, to ajv", unit: "ratio" },
      { name: "instance, to ajv", unit: "ratio" },
      { name: "span, to JSON.parse", unit: "ratio" },
      { name: "instance, to JSON.parse", unit: "ratio" },
    ],
    rows,
  });
}

if (import.meta.main) await runAlone(measure, SECONDS);
