/**
 * The records of the sandbox.
 *
 * @module
 */

import type { Agent } from "../models/agent.ts";
import type { AgentInstance, AgentInstanceSpanCounts } from "../models/agent_instance.ts";
import type { AgentSpan } from "../models/agent_span.ts";
import type { Alert, AlertSeverity } from "../models/alert.ts";
import type { AgentStatus, JsonObject } from "../models/common.ts";
import type { AlertSchema, QualitySchema, SpanTypeSchemaForCreate } from "../models/registration.ts";
import { createPfid, isPfid, parsePfid } from "../pfid.ts";
import { Bounds, type Collection } from "./collection.ts";
import type { Reply } from "./replies.ts";
import type { LogEntry } from "./request_log.ts";

/** An instance in the sandbox, in its form in API responses. Changes replace the object. */
export interface SandboxInstance extends Readonly<AgentInstance> {
  /** The status. */
  readonly status: AgentStatus;
  /** The ID of the schema version that it was registered with. */
  readonly agent_schema_version_id: string;
  /** The number of its spans, by status. */
  readonly span_counts: Readonly<AgentInstanceSpanCounts>;
}

/** A span in the sandbox, in its form in API responses. Changes replace the object. */
export interface SandboxSpan extends Readonly<AgentSpan> {
  /** The status. */
  readonly status: AgentStatus;
  /** The payload that it was created with. */
  readonly payload: JsonObject;
  /** The mismatches between the payloads and the schemas of the instance. Absent if there are none. */
  readonly schema_mismatches?: readonly string[];
}

/** An agent in the sandbox, in its form in API responses. Changes replace the object. */
export interface SandboxAgent extends Readonly<Agent> {
  /** The status. */
  readonly status: "pending" | "active" | "retired";
  /** The ID of the version of the last registration with `update_current_version`. */
  readonly current_version_id: string | null;
}

/** An alert in the sandbox, in its form in API responses. Changes replace the object. */
export interface SandboxAlert extends Readonly<Alert> {
  /** The ID of the instance that it is about. */
  readonly agent_instance_id: string;
  /** The name. */
  readonly name: string;
  /** The severity. */
  readonly severity: AlertSeverity;
  /** The status. */
  readonly status: "raised" | "cleared";
  /** The payload with which it was last raised, or cleared if that had one. */
  readonly payload: JsonObject;
  /** The time at which it was raised. */
  readonly raised_at: string;
  /** The time at which it was cleared, or `null` if it is raised. */
  readonly cleared_at: string | null;
}

/** A record of a plain resource. */
export interface PlainRecord {
  readonly id: string;
  readonly external_identifier?: unknown;
  readonly [field: string]: unknown;
}

/** The schemas of a version, by name. */
export type Schemas = Readonly<{
  span_type_schemas: { readonly [name: string]: SpanTypeSchemaForCreate };
  quality_schemas: { readonly [name: string]: QualitySchema };
  alert_schemas: { readonly [name: string]: AlertSchema };
}>;

const NO_SCHEMAS: Schemas = { span_type_schemas: {}, quality_schemas: {}, alert_schemas: {} };

/** The first reply to an idempotency key. */
export interface RecordedReply {
  /** The text of the request body. */
  readonly request: string;
  /** The reply to it. */
  readonly reply: Reply;
}

/** The outcome of a request, in addition to its record in the log. */
export interface Outcome {
  /** The ID of the request. */
  readonly id: string;
  /** The time that it took, in ms. */
  readonly duration: number;
  /** The number of replayed replies: 1 for a replayed request, any number for a bulk request. */
  readonly replays: number;
  /** The body of the reply, even if a fault prevented its delivery, or `undefined` if there was none. */
  readonly body: Reply["body"] | undefined;
}

/** Returns the mismatches between a payload and its schema, with one sentence for each. */
export type PayloadValidator = (payload: JsonObject, schema: JsonObject) => readonly string[];

/** The deployment of a deployment-scoped token. */
export interface SandboxDeployment {
  /** The ID of the deployment. Defaults to a new ID. */
  id?: string;
  /** The ID of the deployed agent. Defaults to a new ID. */
  agentId?: string;
  /** The ID of the environment. Defaults to the sandbox's default environment. */
  environmentId?: string;
}

/** A {@linkcode SandboxDeployment} with the defaults filled in. */
export type Deployment = Readonly<Required<SandboxDeployment>>;

/** The account that a store belongs to. */
export interface Account {
  /** Creates an ID in the partition of the account. */
  readonly createId: () => string;
  /** The ID of the account. */
  readonly id: string;
  /** The ID of the environment for registrations without one. */
  readonly environmentId: string;
  /** The deployment of the sandbox's own token, if the token is deployment-scoped. */
  readonly deployment: Deployment | undefined;
}

/** Creates an account, with new IDs in place of omitted ones. */
export function createAccount(id: string | undefined, deployment: SandboxDeployment | undefined): Account {
  const partition = partitionOf(id);
  const createId = () => createPfid({ partition });
  const environmentId = createId();
  return {
    createId,
    id: id ?? createId(),
    environmentId,
    deployment: deployment && {
      id: deployment.id ?? createId(),
      agentId: deployment.agentId ?? createId(),
      environmentId: deployment.environmentId ?? environmentId,
    },
  };
}

/** Returns the partition of an account ID: that of a PFID, a hash of any other ID, or a random one without an ID. */
function partitionOf(accountId: string | undefined): number {
  if (accountId === undefined) return Math.floor(Math.random() * 2 ** 30);
  return isPfid(accountId) ? parsePfid(accountId).partition : hash(accountId);
}

/** Hashes a text to 30 bits. */
function hash(text: string): number {
  let bits = text.length;
  for (const character of text) bits = Math.imul(bits, 31) + character.codePointAt(0)!;
  return bits >>> 2;
}

/**
 * The plain record types without a `create` operation. They are exempt from the bounds, which would drop initial
 * records.
 */
const TYPES_OF_FIXED_NUMBER = ["account", "admin_user"];

/** The records of one account. Their collections share bounds. */
export class Store {
  /** A random ID that distinguishes this store from others. */
  readonly id: string = crypto.randomUUID();
  readonly account: Account;
  readonly validatePayload: PayloadValidator;
  /** The requests by ID. */
  readonly requests: Collection<LogEntry>;
  /** The outcomes by request ID, for the page of the server. */
  readonly outcomes: Collection<Outcome>;
  /** The first replies by operation and idempotency key. */
  readonly replies: Collection<RecordedReply>;
  /** The number of replies that were replayed. */
  replays = 0;
  readonly agents: Collection<SandboxAgent>;
  /** The IDs of registered versions by type and content. */
  readonly versionIds: Collection<string>;
  /** The IDs of the API tokens by token. */
  readonly tokenIds: Collection<string>;
  readonly instances: Collection<SandboxInstance>;
  readonly spans: Collection<SandboxSpan>;
  readonly alerts: Collection<SandboxAlert>;
  readonly #bounds: Bounds;
  readonly #plainRecords = new Map<string, Collection<PlainRecord>>();
  readonly #spanIds = new Map<string, Set<string>>();

  constructor(account: Account, bounds: Bounds, validatePayload: PayloadValidator) {
    this.account = account;
    this.validatePayload = validatePayload;
    this.#bounds = bounds;
    for (const type of TYPES_OF_FIXED_NUMBER) {
      this.#plainRecords.set(type, new Bounds(1, Infinity).createCollection());
    }
    this.requests = bounds.createCollection({ hasEnded: () => true });
    this.outcomes = bounds.createCollection({ hasEnded: () => true });
    this.replies = bounds.createCollection({ hasEnded: () => true });
    this.agents = this.plainRecords("agent") as Collection<object> as Collection<SandboxAgent>;
    this.versionIds = bounds.createCollection();
    this.tokenIds = bounds.createCollection();
    this.instances = bounds.createCollection<SandboxInstance>({
      hasEnded,
      onDrop: (instance) => this.#dropSpansOf(instance.id),
    });
    this.spans = bounds.createCollection<SandboxSpan>({
      hasEnded,
      onDrop: (span) => this.#spanIds.get(span.agent_instance_id)?.delete(span.id),
    });
    this.alerts = bounds.createCollection({ hasEnded: ({ status }) => status === "cleared" });
  }

  /** The number of the last change. */
  get lastChange(): number {
    return this.#bounds.lastChange;
  }

  /**
   * Drops records to stay within the bound on bytes. Called only between operations, so that no operation loses its
   * records.
   */
  trim(): void {
    this.#bounds.trim();
  }

  /** Returns the records of a plain resource by its type. */
  plainRecords(type: string): Collection<PlainRecord> {
    let records = this.#plainRecords.get(type);
    if (!records) this.#plainRecords.set(type, records = this.#bounds.createCollection());
    return records;
  }

  /** Adds an instance. */
  addInstance(instance: SandboxInstance): void {
    this.instances.set(instance.id, instance);
    this.#spanIds.set(instance.id, new Set());
  }

  /** Changes fields of an instance. */
  changeInstance(instance: SandboxInstance, changes: Partial<SandboxInstance>): SandboxInstance {
    const changed = { ...instance, ...changes, updated_at: new Date().toISOString() };
    this.instances.set(changed.id, changed);
    return changed;
  }

  /** Terminates an instance, which must be active. */
  terminateInstance(instance: SandboxInstance, reason: string, at: string): SandboxInstance {
    return this.changeInstance(instance, {
      status: "terminated",
      termination_reason: reason,
      finished_at: at,
    });
  }

  /** Adds a span and updates the counts. */
  addSpan(span: SandboxSpan, instance: SandboxInstance): void {
    this.spans.set(span.id, span);
    this.#spanIds.get(instance.id)?.add(span.id);
    this.changeInstance(instance, {
      span_counts: countsAfter(instance, span.status, 1, 1),
      last_activity_span_at: span.inserted_at ?? null,
    });
  }

  /** Changes fields of a span and updates the counts. */
  changeSpan(span: SandboxSpan, changes: Partial<SandboxSpan>): SandboxSpan {
    const changed = { ...span, ...changes, updated_at: new Date().toISOString() };
    this.spans.set(changed.id, changed);
    const instance = this.instances.get(span.agent_instance_id);
    if (instance) {
      const span_counts = countsAfter(instance, span.status, -1, 0);
      this.changeInstance(instance, {
        span_counts: countsAfter({ span_counts }, changed.status, 1, 0),
      });
    }
    return changed;
  }

  /** Returns the spans of an instance, in the order of their creation. */
  spansOf(instanceId: string): SandboxSpan[] {
    const ids = this.#spanIds.get(instanceId) ?? [];
    return Array.from(ids, (id) => this.spans.get(id)).filter((span) => span !== undefined);
  }

  /** Returns the schemas that an instance was registered with. */
  schemasOf(instanceId: string): Schemas {
    const versionId = this.instances.get(instanceId)?.agent_schema_version_id ?? "";
    const version: object | undefined = this.plainRecords("agent_schema_version").get(versionId);
    return version as Schemas | undefined ?? NO_SCHEMAS;
  }

  #dropSpansOf(instanceId: string): void {
    for (const id of this.#spanIds.get(instanceId) ?? []) this.spans.delete(id);
    this.#spanIds.delete(instanceId);
  }
}

/** Returns the counts after adding or removing a span with the status. */
function countsAfter(
  { span_counts }: Pick<SandboxInstance, "span_counts">,
  status: AgentStatus,
  by: 1 | -1,
  total: 0 | 1,
): AgentInstanceSpanCounts {
  const counts = { ...span_counts };
  counts.total += total;
  if (status !== "terminated") counts[status] += by;
  if (hasEnded({ status })) counts.finished += by;
  return counts;
}

/** Returns whether the status is final. */
export function hasEnded({ status }: { readonly status: AgentStatus }): boolean {
  return status !== "pending" && status !== "active";
}
