/**
 * What the sandbox holds.
 *
 * @module
 */

import type { AgentInstance, AgentInstanceSpanCounts } from "../models/agent_instance.ts";
import type { AgentSpan } from "../models/agent_span.ts";
import type { AgentStatus, JsonObject } from "../models/common.ts";
import type { AgentSchemaVersionForRegister } from "../models/registration.ts";
import type { Answer } from "./replies.ts";
import { BoundedMap, LifecycleMap } from "./bounded.ts";
import { PfidSource } from "./pfid.ts";

/** An instance in the sandbox: what the API answers with. A change replaces it and leaves this object as it was. */
export interface SandboxInstance extends Readonly<AgentInstance> {
  /** Where it stands. */
  readonly status: AgentStatus;
  /** The version of the span schemas that it registered with. */
  readonly agent_schema_version_id: string;
  /** How many spans it has had. */
  readonly span_counts: Readonly<AgentInstanceSpanCounts>;
}

/** A span in the sandbox: what the API answers with. A change replaces it and leaves this object as it was. */
export interface SandboxSpan extends Readonly<AgentSpan> {
  /** Where it stands. */
  readonly status: AgentStatus;
  /** What it was given. */
  readonly payload: JsonObject;
  /** How the payloads differ from the schemas that the instance registered; absent where they do not. */
  readonly schema_mismatches?: readonly string[];
}

/** An agent in the sandbox. */
export interface SandboxAgent {
  /** The id that registrations name. */
  readonly id: string;
  /** The version that the last registration with `update_current_version` made the current one. */
  readonly current_version_id: string | null;
}

/** The schemas that an instance registered. */
export interface SchemaVersion {
  /** The id of the version. */
  readonly id: string;
  /** The schemas. */
  readonly content: AgentSchemaVersionForRegister;
}

/** The first answer to an idempotency key. */
export interface RecordedAnswer {
  /** What was asked. */
  readonly body: string;
  /** What was answered. */
  readonly answer: Answer;
}

/** Tells how a payload differs from its schema, a sentence for each difference. */
export type PayloadValidator = (payload: JsonObject, schema: JsonObject) => readonly string[];

/** The deployment that a deployment-scoped token stands for. */
export interface SandboxDeployment {
  /** The id of the deployment; made up unless given. */
  id?: string;
  /** The agent that is deployed; an id is made up unless given. */
  agentId?: string;
  /** The environment that it is deployed to; the sandbox's default one unless given. */
  environmentId?: string;
}

/** Whose a store is. */
export interface Account {
  /** Makes all ids. */
  readonly ids: PfidSource;
  /** The account's own id. */
  readonly id: string;
  /** The environment where a registration names none. */
  readonly environmentId: string;
  /** What the token stands for, where it is deployment-scoped. */
  readonly deployment: Required<SandboxDeployment> | undefined;
}

/** Makes an account, with ids in place of what is left out. */
export function makeAccount(id: string | undefined, deployment: SandboxDeployment | undefined): Account {
  const ids = new PfidSource(id);
  const environmentId = ids.next();
  return {
    ids,
    id: id ?? ids.next(),
    environmentId,
    deployment: deployment && {
      id: deployment.id ?? ids.next(),
      agentId: deployment.agentId ?? ids.next(),
      environmentId: deployment.environmentId ?? environmentId,
    },
  };
}

/** Everything that one account has. Each collection keeps to `maxRecords`. */
export class Store {
  readonly account: Account;
  readonly validatePayload: PayloadValidator;
  readonly agents: BoundedMap<SandboxAgent>;
  readonly versionIds: BoundedMap<string>;
  readonly schemaVersions: BoundedMap<SchemaVersion>;
  readonly answers: BoundedMap<RecordedAnswer>;
  readonly instances: LifecycleMap<SandboxInstance>;
  readonly spans: LifecycleMap<SandboxSpan>;
  /** What belongs to an instance beside its own fields. */
  readonly #parts = new Map<string, { readonly schemas: SchemaVersion; readonly spanIds: Set<string> }>();

  constructor(account: Account, maxRecords: number, validatePayload: PayloadValidator) {
    this.account = account;
    this.validatePayload = validatePayload;
    this.agents = new BoundedMap(maxRecords);
    this.versionIds = new BoundedMap(maxRecords);
    this.schemaVersions = new BoundedMap(maxRecords);
    this.answers = new BoundedMap(maxRecords);
    this.instances = new LifecycleMap(maxRecords, (instance) => this.#dropSpansOf(instance.id));
    this.spans = new LifecycleMap(
      maxRecords,
      (span) => this.#spanIdsOf(span.agent_instance_id)?.delete(span.id),
    );
  }

  /** Adds an instance. */
  addInstance(instance: SandboxInstance, schemas: SchemaVersion): void {
    this.instances.put(instance);
    this.#parts.set(instance.id, { schemas, spanIds: new Set() });
  }

  /** Changes fields of an instance. */
  changeInstance(instance: SandboxInstance, changes: Partial<SandboxInstance>): SandboxInstance {
    const changed = { ...instance, ...changes, updated_at: new Date().toISOString() };
    this.instances.put(changed);
    return changed;
  }

  /** Adds a span, and counts it. */
  addSpan(span: SandboxSpan, instance: SandboxInstance): void {
    this.spans.put(span);
    this.#spanIdsOf(instance.id)?.add(span.id);
    this.#count(instance, span.status, 1, 1);
  }

  /** Changes fields of a span, and counts it anew. */
  changeSpan(span: SandboxSpan, changes: Partial<SandboxSpan>): SandboxSpan {
    const changed = { ...span, ...changes, updated_at: new Date().toISOString() };
    this.spans.put(changed);
    const instance = this.instances.get(span.agent_instance_id);
    if (instance) this.#count(this.#count(instance, span.status, -1, 0), changed.status, 1, 0);
    return changed;
  }

  /** The spans that an instance still has, in the order in which they came. */
  spansOf(instanceId: string): SandboxSpan[] {
    const ids = this.#spanIdsOf(instanceId) ?? [];
    return Array.from(ids, (id) => this.spans.get(id)).filter((span) => span !== undefined);
  }

  /** The schemas that an instance registered. */
  schemasOf(instanceId: string): AgentSchemaVersionForRegister {
    return this.#parts.get(instanceId)?.schemas.content ?? {};
  }

  #count(instance: SandboxInstance, status: AgentStatus, by: 1 | -1, total: 0 | 1): SandboxInstance {
    const counts = { ...instance.span_counts };
    counts.total += total;
    if (status !== "terminated") counts[status] += by;
    if (status !== "pending" && status !== "active") counts.finished += by;
    return this.changeInstance(instance, { span_counts: counts });
  }

  #spanIdsOf(instanceId: string): Set<string> | undefined {
    return this.#parts.get(instanceId)?.spanIds;
  }

  #dropSpansOf(instanceId: string): void {
    for (const id of this.#spanIdsOf(instanceId) ?? []) this.spans.delete(id);
    this.#parts.delete(instanceId);
  }
}
