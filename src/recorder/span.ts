/**
 * The recorder's spans, and the bulk items that record them.
 *
 * @module
 */

import { byteLength, type ReadyItem } from "../bulk/sender.ts";
import type { AgentInstance } from "../models/agent_instance.ts";
import { createPfid } from "../pfid.ts";

/** The status with which a span or a run ends. */
export type EndStatus = "complete" | "failed";

/** The parts of a registered run that its items need. */
export interface RegisteredRun {
  /** The agent instance. */
  readonly instance: AgentInstance;
  /** The partition of its account's IDs. */
  readonly partition: number;
  /** Creates an idempotency key. */
  createKey(): string;
}

/** The place of a span in the tree. A span refers to the place of its parent, so that the parent itself can be freed. */
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

  /**
   * Returns the ID of the span. It is created on the first call, because the partition is unknown before the
   * registration.
   */
  idIn(partition: number): string {
    return this.#id ??= createPfid({ partition });
  }

  /** Moves the children to the parent, because the span is not recorded. */
  remove(): void {
    this.#isRemoved = true;
  }

  /** Releases the parent, because the start of the span is recorded. */
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

/** The start of a span. */
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
  /** The outcome of the span, or `undefined` while one of its items is in the queue. */
  outcome: "recorded" | "failed" | "dropped" | undefined;
  /** The item with the start, until it is done. */
  startItem: SpanItem | undefined;
  /** The item with the end, until it is done. It is missing if the start item holds the end too. */
  endItem: SpanItem | undefined;
  /** The ID, once the start is recorded. */
  id: string | undefined;
  /** The reason why the start is not recorded. */
  error: unknown;
  /** Called when it is known whether the start is recorded. */
  onStartDone: (() => void) | undefined;

  /** Creates a span that has started. */
  constructor({ schemaName, parent, startedAt, isSensitive, payload }: SpanStart) {
    this.schemaName = schemaName;
    this.place = new Place(parent);
    this.startedAt = startedAt;
    this.isSensitive = isSensitive;
    this.startItem = new SpanItem(this, { payload });
  }

  /** Marks the start as recorded with this ID. */
  startRecorded(id: string): void {
    this.id = id;
    this.place.settle();
    this.#startDone();
  }

  /** Marks the start as not recorded. */
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

/** The maximum size of an item without its schema name, payload and result, in bytes. */
const BASE_BYTES = 512;

/** The maximum size of a character in JSON, in bytes, as in \\u0000. */
const MAX_BYTES_PER_CHARACTER = 6;

/** An item that records the start of a span, its end, or both. */
export class SpanItem implements ReadyItem {
  readonly span: Span;
  /** The number of the item in its queue. */
  sequence = 0;
  /** An upper bound of the size of the JSON. */
  bytes: number;
  key = "";
  /** The JSON of the item, once it is written. If the item is sent again, its JSON is unchanged. */
  json = "";

  readonly #payload: string | undefined;
  #end: SpanEnd | undefined;
  #parent: Place | undefined;

  /** Creates an item for a start, which has a payload, or for an end. */
  constructor(span: Span, { payload, end }: { readonly payload?: string; readonly end?: SpanEnd }) {
    this.span = span;
    this.#payload = payload;
    this.bytes = BASE_BYTES + MAX_BYTES_PER_CHARACTER * span.schemaName.length + byteLength(payload ?? "");
    if (end) this.addEnd(end);
  }

  /** Adds the end of the span to the item, which must not be written yet. */
  addEnd(end: SpanEnd): void {
    this.#end = end;
    if (end.result !== undefined) this.bytes += byteLength(end.result);
  }

  /** Whether the item may have been sent. */
  get isWritten(): boolean {
    return this.json !== "";
  }

  /**
   * Writes the item for its first request. It is written again, with another key, only if its parent was rejected. In
   * that case the API has not executed the item, because it stops at the first item that fails.
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

/** Adds fields that are already JSON to the innermost object of a JSON text that ends with these braces. */
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

/** The time that was formatted last, which is often the next one too: a step starts when another one ends. */
let lastDateTime = { time: NaN, text: "" };

function toDateTime(time: number): string {
  if (time !== lastDateTime.time) lastDateTime = { time, text: new Date(time).toISOString() };
  return lastDateTime.text;
}
