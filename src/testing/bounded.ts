/**
 * Collections that never outgrow a limit: what is oldest goes first, in constant time.
 *
 * @module
 */

/** A queue whose two ends both work in constant time, averaged over its use. */
export class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  /** How many items wait. */
  get length(): number {
    return this.#items.length - this.#head;
  }

  /** Adds an item at the end. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the first item. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head++];
    if (this.#head * 2 > this.#items.length) this.#compact();
    return item;
  }

  /** Drops every item that the predicate refuses. */
  retain(predicate: (item: T) => boolean): void {
    this.#compact();
    this.#items = this.#items.filter(predicate);
  }

  /** The items, oldest first. */
  toArray(): T[] {
    return this.#items.slice(this.#head);
  }

  #compact(): void {
    this.#items.splice(0, this.#head);
    this.#head = 0;
  }
}

/** A map of at most so many entries; a new one takes the place of the oldest. */
export class BoundedMap<V> {
  readonly #limit: number;
  readonly #entries = new Map<string, V>();
  readonly #order = new Fifo<string>();

  /** Takes how many entries it holds at most. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The values by key, in the order in which the keys came. */
  get entries(): ReadonlyMap<string, V> {
    return this.#entries;
  }

  /** What stands under the key. */
  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  /** Puts a value under the key; a key that was there keeps its age. */
  set(key: string, value: V): void {
    if (!this.#entries.has(key)) {
      this.#order.push(key);
      if (this.#order.length > this.#limit) this.#entries.delete(this.#order.shift()!);
    }
    this.#entries.set(key, value);
  }

  /** The value under the key, made on demand. */
  getOrMake(key: string, make: () => V): V {
    const known = this.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.set(key, made);
    return made;
  }
}

/** What a {@linkcode LifecycleMap} can hold. */
export interface LifecycleRecord {
  /** The key. */
  readonly id: string;
  /** Tells whether the record has ended. */
  readonly status: string;
}

/** A map of at most so many records; a new one takes the place of the one that ended first, or else of the oldest. */
export class LifecycleMap<V extends LifecycleRecord> {
  readonly #limit: number;
  readonly #onDrop: (record: V) => void;
  readonly #records = new Map<string, V>();
  readonly #open = new Fifo<string>();
  readonly #ended = new Fifo<string>();

  /** Takes how many records it holds at most, and what to call with one that had to go. */
  constructor(limit: number, onDrop: (record: V) => void) {
    this.#limit = limit;
    this.#onDrop = onDrop;
  }

  /** The records by id, in the order in which they came. */
  get records(): ReadonlyMap<string, V> {
    return this.#records;
  }

  /** The record with the id. */
  get(id: string): V | undefined {
    return this.#records.get(id);
  }

  /** Adds a record, or replaces the one with its id. */
  put(record: V): void {
    const before = this.#records.get(record.id);
    if (before === undefined && this.#records.size >= this.#limit) this.#dropOne();
    this.#records.set(record.id, record);
    if (before === undefined || hasEnded(before) !== hasEnded(record)) this.#enqueue(record);
  }

  /** Removes a record without telling anybody. */
  delete(id: string): void {
    this.#records.delete(id);
  }

  #enqueue(record: V): void {
    const ended = hasEnded(record);
    const queue = ended ? this.#ended : this.#open;
    queue.push(record.id);
    if (queue.length > this.#limit * 2) queue.retain((id) => this.#stands(id, ended));
  }

  #dropOne(): void {
    const record = this.#oldest(this.#ended, true) ?? this.#oldest(this.#open, false);
    if (record === undefined) return;
    this.#records.delete(record.id);
    this.#onDrop(record);
  }

  /** Takes ids off the queue up to the first whose record is still what the queue is for. */
  #oldest(queue: Fifo<string>, ended: boolean): V | undefined {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      if (this.#stands(id, ended)) return this.#records.get(id);
    }
    return undefined;
  }

  #stands(id: string, ended: boolean): boolean {
    const record = this.#records.get(id);
    return record !== undefined && hasEnded(record) === ended;
  }
}

function hasEnded(record: LifecycleRecord): boolean {
  return record.status !== "pending" && record.status !== "active";
}
