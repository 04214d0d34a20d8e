/**
 * Collections of records that share bounds on their size.
 *
 * @module
 */

import { sizeOf } from "./measure.ts";

/** The memory that a record's place in its collection takes, in bytes. */
const PLACE_SIZE = 200;

/** The number of removed keys to remember. */
const MAX_REMOVED = 10_000;

/** The options of a {@linkcode Collection}. */
export interface CollectionOptions<V> {
  /** Whether a record has ended. Records that have ended are dropped first. Defaults to `false` for all records. */
  hasEnded?(record: V): boolean;
  /** Called with each record that was dropped to stay within the bounds. */
  onDrop?(record: V): void;
}

/** The maximum number of records in each collection, and the maximum number of bytes in all of them together. */
export class Bounds {
  readonly maxRecords: number;
  readonly #maxBytes: number;
  readonly #collections: Pick<Collection<unknown>, "oldest" | "drop">[] = [];
  readonly #onChange: () => void;
  #bytes = 0;
  #changes = 0;

  constructor(maxRecords: number, maxBytes: number, onChange: () => void = () => {}) {
    this.maxRecords = maxRecords;
    this.#maxBytes = maxBytes;
    this.#onChange = onChange;
  }

  /** The number of the last change, or 0 if there was none. */
  get lastChange(): number {
    return this.#changes;
  }

  /** Creates a collection under these bounds. */
  createCollection<V>(options: CollectionOptions<V> = {}): Collection<V> {
    const collection = new Collection(this, options);
    this.#collections.push(collection);
    return collection;
  }

  /** Adds to the number of bytes that all collections hold. */
  addBytes(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Returns the number of the next change, which orders the records of all collections. */
  nextChange(): number {
    this.#onChange();
    return ++this.#changes;
  }

  /** Drops records in the order of {@linkcode Collection} until the rest fits. */
  trim(): void {
    while (this.#bytes > this.#maxBytes) {
      const oldest = this.#collections
        .flatMap((collection) => {
          const place = collection.oldest;
          return place ? [{ collection, place }] : [];
        })
        .reduce((a, b) => comparePlaces(a.place, b.place) < 0 ? a : b);
      oldest.collection.drop(oldest.place);
    }
  }
}

/** The place of a record in the order in which records are dropped. */
interface Place {
  readonly key: string;
  bytes: number;
  hasEnded: boolean;
  /** The number of the record's last change. */
  change: number;
  previous: Place;
  next: Place;
}

/** The changes of a collection after a point in time. */
export interface CollectionChanges<V> {
  /** The records that were added or changed. */
  readonly records: readonly V[];
  /** The keys that were removed. Some of them may have been added again. */
  readonly removed: readonly string[];
}

/** Orders ended records first, and then those that were changed least recently. */
function comparePlaces(a: Place, b: Place): number {
  return Number(b.hasEnded) - Number(a.hasEnded) || a.change - b.change;
}

/**
 * Records by key. When a collection is full, each new record replaces the ended record that was changed least recently
 * or, if none has ended, the record that was changed least recently.
 */
export class Collection<V> {
  readonly #bounds: Bounds;
  readonly #options: CollectionOptions<V>;
  readonly #records = new Map<string, V>();
  readonly #places = new Map<string, Place>();
  readonly #ended = new PlaceList();
  readonly #open = new PlaceList();
  /** The keys that were removed since the first call of `changesSince`, at most twice as many as must be remembered. */
  #removed: { readonly key: string; readonly change: number }[] | undefined;
  /** The change before which removed keys are unknown. */
  #forgotten = 0;

  constructor(bounds: Bounds, options: CollectionOptions<V>) {
    this.#bounds = bounds;
    this.#options = options;
  }

  /** The records by key, in the order in which they were added. */
  get records(): ReadonlyMap<string, V> {
    return this.#records;
  }

  /** The place of the record to drop next. */
  get oldest(): Place | undefined {
    return this.#ended.first ?? this.#open.first;
  }

  /** Returns the record with the key. */
  get(key: string): V | undefined {
    return this.#records.get(key);
  }

  /** Adds a record, or replaces the one with the key. */
  set(key: string, record: V): void {
    let place = this.#places.get(key);
    if (place) {
      unlink(place);
    } else {
      if (this.oldest && this.#records.size >= this.#bounds.maxRecords) this.drop(this.oldest);
      place = createPlace(key);
      this.#places.set(key, place);
    }
    const bytes = PLACE_SIZE + sizeOf(key) + sizeOf(record);
    this.#bounds.addBytes(bytes - place.bytes);
    place.bytes = bytes;
    place.change = this.#bounds.nextChange();
    place.hasEnded = this.#options.hasEnded?.(record) ?? false;
    (place.hasEnded ? this.#ended : this.#open).append(place);
    this.#records.set(key, record);
  }

  /** Returns the record with the key, or adds a new one if there is none. */
  getOrCreate(key: string, create: () => V): V {
    const record = this.get(key) ?? create();
    this.set(key, record);
    return record;
  }

  /** Removes a record. */
  delete(key: string): void {
    const place = this.#places.get(key);
    if (!place) return;
    unlink(place);
    this.#bounds.addBytes(-place.bytes);
    this.#places.delete(key);
    this.#records.delete(key);
    this.#noteRemoved(key, this.#bounds.nextChange());
  }

  /**
   * Returns the changes since the change with this number, or all records for 0. Returns `undefined` if that change was
   * too long ago to know what was removed since.
   */
  changesSince(change: number): CollectionChanges<V> | undefined {
    if (!this.#removed) {
      this.#removed = [];
      this.#forgotten = this.#bounds.lastChange;
    }
    if (change > 0 && change < this.#forgotten) return undefined;
    const keys = [...this.#ended.keysSince(change), ...this.#open.keysSince(change)];
    const removed = change === 0 ? [] : this.#removed.filter((place) => place.change > change);
    return { records: keys.map((key) => this.#records.get(key)!), removed: removed.map(({ key }) => key) };
  }

  #noteRemoved(key: string, change: number): void {
    if (!this.#removed) return;
    this.#removed.push({ key, change });
    if (this.#removed.length < 2 * MAX_REMOVED) return;
    this.#forgotten = this.#removed[MAX_REMOVED - 1]!.change;
    this.#removed = this.#removed.slice(MAX_REMOVED);
  }

  /** Removes a record to stay within the bounds. */
  drop({ key }: Place): void {
    const record = this.#records.get(key)!;
    this.delete(key);
    this.#options.onDrop?.(record);
  }
}

/** A linked list, because places are removed from any position. */
class PlaceList {
  /** Closes the list to a ring: the place after it is the first one, and the place before it is the last one. */
  readonly #end = createPlace("");

  get first(): Place | undefined {
    return this.#end.next === this.#end ? undefined : this.#end.next;
  }

  append(place: Place): void {
    place.previous = this.#end.previous;
    place.next = this.#end;
    place.previous.next = place;
    this.#end.previous = place;
  }

  /** Yields the keys that were appended after a change, from the last to the first. */
  *keysSince(change: number): Generator<string> {
    for (
      let place = this.#end.previous;
      place !== this.#end && place.change > change;
      place = place.previous
    ) {
      yield place.key;
    }
  }
}

function createPlace(key: string): Place {
  const place = { key, bytes: 0, hasEnded: false, change: 0 } as Place;
  place.previous = place.next = place;
  return place;
}

function unlink(place: Place): void {
  place.previous.next = place.next;
  place.next.previous = place.previous;
}
