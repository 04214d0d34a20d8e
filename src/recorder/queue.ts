/**
 * The queue of a run: the items that are not sent yet, and the counts of its spans.
 *
 * @module
 */

import type { Room } from "../bulk/sender.ts";
import { PrefactorClientError } from "../errors/errors.ts";
import { type RegisteredRun, type Span, type SpanEnd, SpanItem } from "./span.ts";

/** The limits of a queue. */
export interface QueueLimits {
  /** The maximum number of spans in the queue. */
  readonly maxPendingSpans: number;
  /** The maximum size of the queue, in bytes of JSON. */
  readonly maxPendingBytes: number;
}

/** The number of spans of a run, by outcome. Each span is in exactly one count. */
export interface RecordingReport {
  /** The spans that the API has recorded, including the end of those that have ended. */
  recorded: number;
  /** The spans that the API rejected. */
  failed: number;
  /** The spans that were not sent, because the queue was full or the recording had ended. */
  dropped: number;
  /** The spans whose start or end has not been sent yet. */
  pending: number;
}

/** An item that the API has responded to. */
export interface SettledItem {
  readonly item: SpanItem;
  /** Why the API refused the item, if it did. */
  readonly error: unknown;
}

/** The queue of a run. */
export class SpanQueue {
  readonly #limits: QueueLimits;
  readonly #report: RecordingReport = { recorded: 0, failed: 0, dropped: 0, pending: 0 };
  #items: SpanItem[] = [];
  #bytes = 0;
  #lastSequence = 0;
  #closedBy: unknown;
  /** The error of all spans that are dropped because the queue is full: creating one takes longer than to record a span. */
  #fullError: unknown;

  /** Creates a queue. */
  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** The number of items, including those of the request in flight. */
  get length(): number {
    return this.#items.length;
  }

  /** The size of all items, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The number of the last item that was added. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** The current counts. */
  get report(): RecordingReport {
    return { ...this.#report };
  }

  /** Returns whether the item with this number and all before it are done. */
  isDone(sequence: number): boolean {
    const [first] = this.#items;
    return !first || first.sequence > sequence;
  }

  /** Adds the start of a span. Returns false and drops the span if there is no room. */
  addStart(span: Span): boolean {
    const { maxPendingSpans, maxPendingBytes } = this.#limits;
    const item = span.startItem!;
    this.#report.pending++;
    const hasRoom = this.#report.pending <= maxPendingSpans && this.#bytes + item.bytes <= maxPendingBytes;
    const error = this.#closedBy ?? (hasRoom ? undefined : this.#fullError ??= queueIsFull());
    if (error) this.#drop(span, error);
    else this.#add(item);
    return !error;
  }

  /**
   * Adds the end of a span: to the item with its start, or as a new item if that one may have been sent. The end of a
   * span is never dropped because the queue is full. Returns false if recording has ended, which drops the
   * span.
   */
  addEnd(span: Span, end: SpanEnd): boolean {
    if (span.outcome === "failed" || span.outcome === "dropped") return true;
    const { startItem } = span;
    if (startItem && !startItem.isWritten) {
      this.#bytes -= startItem.bytes;
      startItem.addEnd(end);
      this.#bytes += startItem.bytes;
      return true;
    }
    if (this.#closedBy) {
      this.#drop(span, this.#closedBy);
      return false;
    }
    this.#setOutcome(span, undefined);
    span.endItem = new SpanItem(span, { end });
    this.#add(span.endItem);
    return true;
  }

  /** Returns the items at the front of the queue that fit into the room. They stay in the queue until they are done. */
  take(room: Room, run: RegisteredRun): SpanItem[] {
    let count = 0;
    while (count < this.#items.length && room.take(this.#items[count]!.bytes)) {
      this.#items[count++]!.write(run);
    }
    return this.#items.slice(0, count);
  }

  /** Settles the items that were taken and are done, and puts those that are left back at the front of the queue. */
  settle(done: readonly SettledItem[], left: readonly SpanItem[], run: RegisteredRun): void {
    this.#items = [...left, ...this.#items.slice(done.length + left.length)];
    for (const { item, error } of done) {
      const { span } = item;
      this.#bytes -= item.bytes;
      const isStart = item === span.startItem;
      if (!isStart) span.endItem = undefined;
      else if (error === undefined) span.startRecorded(span.place.idIn(run.partition));
      else this.#failStart(span, error);
      if (error !== undefined) this.#setOutcome(span, "failed");
      else if (!span.endItem) this.#setOutcome(span, "recorded");
    }
  }

  /** Drops all spans that are added from now on. Items in the queue can still be sent. */
  stop(error: unknown): void {
    this.#closedBy ??= error;
  }

  /** Also drops all spans in the queue, and returns their number. */
  close(error: unknown): number {
    this.stop(error);
    const spans = new Set(this.#items.map(({ span }) => span));
    this.#items = [];
    this.#bytes = 0;
    for (const span of spans) this.#drop(span, error);
    return spans.size;
  }

  #add(item: SpanItem): void {
    item.sequence = ++this.#lastSequence;
    this.#items.push(item);
    this.#bytes += item.bytes;
  }

  #drop(span: Span, error: unknown): void {
    span.endItem = undefined;
    if (span.startItem) span.startFailed(error);
    this.#setOutcome(span, "dropped");
  }

  /** Records that the start of a span failed, so that its end is not sent either. */
  #failStart(span: Span, error: unknown): void {
    span.startFailed(error);
    const { endItem } = span;
    const index = endItem ? this.#items.indexOf(endItem) : -1;
    if (index === -1) return; // there is no end, or the same response is about it
    this.#items.splice(index, 1);
    this.#bytes -= endItem!.bytes;
    span.endItem = undefined;
  }

  #setOutcome(span: Span, outcome: Span["outcome"]): void {
    this.#report[span.outcome ?? "pending"]--;
    span.outcome = outcome;
    this.#report[outcome ?? "pending"]++;
  }
}

function queueIsFull(): PrefactorClientError {
  return new PrefactorClientError("Cannot record the span: too many spans are waiting to be sent");
}
