/**
 * A span as the recorder keeps it, and the items of bulk requests that record it.
 *
 * @module
 */

import { byteLength, type ReadyItem } from "../bulk/sender.ts";
import type { AgentInstance } from "../models/agent_instance.ts";
import { createPfid } from "../pfid.ts";

/** The status with which a span or a run ends. */
export type EndStatus = "complete" | "failed";

/** A run that is registered, as far as its items need it. */
export interface RegisteredRun {
  /** The agent instance. */
  readonly instance: AgentInstance;
  /** The partition of the ids of its account. */
  readonly partition: number;
  /** Creates an idempotency key. */
  createKey(): string;
}

/** The place of a span in the tree. A child keeps the place of its parent, but not the parent. */
export class Place {
  #id: string | undefined;
  #parent: Place | undefined;
  #isRemoved = false;

  /** Creates the place of a span, below that of its parent if it has one. */
  constructor(parent: Place | undefined) {
    this.#parent = parent;
  }

  /** The place of the nearest ancestor that was not removed. */
  get parent(): Place | undefined {
    while (this.#parent && this.#parent.#isRemoved) this.#parent = this.#parent.#parent;
    return this.#parent;
  }

  /** Returns the id of the span, which is created at the first call: only the registration says the partition. */
  idIn(partition: number): string {
    return this.#id ??= createPfid({ partition });
  }

  /** Hangs the children on the parent, because the span is not recorded. */
  remove(): void {
    this.#isRemoved = true;
  }

  /** Forgets the parent, because the start of the span is recorded. */
  settle(): void {
    this.#parent = undefined;
  }
}

/** How a span ended. */
export interface SpanEnd {
  readonly status: EndStatus;
  /** In ms since the epoch. */
  readonly at: number;
  /** The JSON of the result. */
  readonly result: string | undefined;
}

/** What a span is created from. */
export interface SpanStart {
  readonly schemaName: string;
  readonly parent: Place | undefined;
  /** A date-time, or ms since the epoch. */
  readonly startedAt: string | number;
  readonly isSensitive: boolean;
  /** The JSON of the payload. */
  readonly payload: string;
}

/** A span, until its end is recorded. */
export class Span {
  readonly schemaName: string;
  readonly place: Place;
  readonly startedAt: string | number;
  readonly isSensitive: boolean;
  /** The JSON of the result that was set, until the span ends. */
  result: string | undefined;
  /** What became of the span; `undefined` while an item of it is still to be sent. */
  outcome: "recorded" | "failed" | "dropped" | undefined;
  /** The item with the start, until it is done. */
  startItem: SpanItem | undefined;
  /** The item with the end, if it is not in that of the start, until it is done. */
  endItem: SpanItem | undefined;
  /** The id, once the start is recorded. */
  id: string | undefined;
  /** Why the start is not recorded. */
  error: unknown;
  /** Called once it is known whether the start is recorded. */
  onStartDone: (() => void) | undefined;

  /** Creates a span that has started. */
  constructor({ schemaName, parent, startedAt, isSensitive, payload }: SpanStart) {
    this.schemaName = schemaName;
    this.place = new Place(parent);
    this.startedAt = startedAt;
    this.isSensitive = isSensitive;
    this.startItem = new SpanItem(this, { payload });
  }

  /** Notes that the start is recorded under the id. */
  startRecorded(id: string): void {
    this.id = id;
    this.place.settle();
    this.#startDone();
  }

  /** Notes that the start is not recorded. */
  startFailed(error: unknown): void {
    this.error = error;
    this.place.remove();
    this.#startDone();
  }

  #startDone(): void {
    this.startItem = undefined;
    this.onStartDone?.();
    this.onStartDone = undefined;
  }
}

/** The most that an item can have beside its schema name, payload and result, in bytes. */
const BASE_BYTES = 512;

/** The most that JSON needs for a character, in bytes: \\u0000. */
const MAX_BYTES_PER_CHARACTER = 6;

/** An item that records the start of a span, its end, or both. */
export class SpanItem implements ReadyItem {
  readonly span: Span;
  /** The number of the item in its queue. */
  sequence = 0;
  /** At least the size of the JSON. */
  bytes: number;
  key = "";
  /** The JSON of the item, once it is written. An item that was sent once is sent again as it is. */
  json = "";

  readonly #payload: string | undefined;
  #end: SpanEnd | undefined;
  #parent: Place | undefined;

  /** Creates the item of a start, which has a payload, or of an end. */
  constructor(span: Span, { payload, end }: { readonly payload?: string; readonly end?: SpanEnd }) {
    this.span = span;
    this.#payload = payload;
    this.bytes = BASE_BYTES + MAX_BYTES_PER_CHARACTER * span.schemaName.length + byteLength(payload ?? "");
    if (end) this.addEnd(end);
  }

  /** Lets the item record the end too. Only for an item that is not written. */
  addEnd(end: SpanEnd): void {
    this.#end = end;
    if (end.result !== undefined) this.bytes += byteLength(end.result);
  }

  /** Whether the item may have been sent. */
  get isWritten(): boolean {
    return this.json !== "";
  }

  /**
   * Writes the item for its first request. It is written again, with another key, only if its parent was refused; the
   * API has then not executed it, because it stops at the first item that fails.
   */
  write(run: RegisteredRun): void {
    if (this.isWritten && !this.#isOrphan) return;
    this.key = run.createKey();
    this.#parent = this.span.place.parent;
    this.json = this.#payload === undefined ? this.#writeEnd(run) : this.#writeStart(run);
  }

  get #isOrphan(): boolean {
    return this.#payload !== undefined && this.#parent !== this.span.place.parent;
  }

  #writeStart({ instance, partition }: RegisteredRun): string {
    const { schemaName, place, startedAt, isSensitive } = this.span;
    const end = this.#end;
    const json = JSON.stringify({
      _type: "agent_spans/create",
      idempotency_key: this.key,
      details: {
        agent_instance_id: instance.id,
        schema_name: schemaName,
        status: end?.status ?? "active",
        id: place.idIn(partition),
        parent_span_id: this.#parent?.idIn(partition),
        started_at: typeof startedAt === "string" ? startedAt : toDateTime(startedAt),
        finished_at: end && toDateTime(end.at),
        sensitive_encoding: isSensitive || undefined,
      },
    });
    return addFields(json, "}}", { payload: this.#payload, result_payload: end?.result });
  }

  #writeEnd({ partition }: RegisteredRun): string {
    const { place, isSensitive } = this.span;
    const end = this.#end!;
    const json = JSON.stringify({
      _type: "agent_spans/finish",
      agent_span_id: place.idIn(partition),
      status: end.status,
      timestamp: toDateTime(end.at),
      sensitive_encoding: isSensitive || undefined,
      idempotency_key: this.key,
    });
    return addFields(json, "}", { result_payload: end.result });
  }
}

/** Adds fields that are JSON already to the object that ends with the first of the closing braces. */
function addFields(
  json: string,
  braces: "}" | "}}",
  fields: Readonly<Record<string, string | undefined>>,
): string {
  let text = json.slice(0, -braces.length);
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) text += `,"${name}":${value}`;
  }
  return text + braces;
}

/** The time that was written last. It is often the next one too, because a step starts when another one ends. */
let last = { time: NaN, text: "" };

function toDateTime(time: number): string {
  if (time !== last.time) last = { time, text: new Date(time).toISOString() };
  return last.text;
}
