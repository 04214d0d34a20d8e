/**
 * Bounded collections.
 *
 * @module
 */

/** The options of a {@linkcode Collection}. */
export interface CollectionOptions<V> {
  /** Whether a record has ended. Records that have ended are dropped first. Defaults to `false` for all records. */
  hasEnded?(record: V): boolean;
  /** Called with a record that was dropped to keep a bound. */
  onDrop?(record: V): void;
}

/** The place of a record in the order in which records are dropped. */
interface Place {
  readonly key: string;
  hasEnded: boolean;
  previous: Place;
  next: Place;
}

/** Records by key. When a collection is full, each new record replaces the one that ended first, or else the oldest. */
export class Collection<V> {
  readonly #limit: number;
  readonly #options: CollectionOptions<V>;
  readonly #records = new Map<string, V>();
  readonly #places = new Map<string, Place>();
  readonly #ended = new PlaceList();
  readonly #open = new PlaceList();

  /** Creates a collection of at most `limit` records. */
  constructor(limit: number, options: CollectionOptions<V> = {}) {
    this.#limit = limit;
    this.#options = options;
  }

  /** The records by key, in the order in which they were added. */
  get records(): ReadonlyMap<string, V> {
    return this.#records;
  }

  /** Returns the record with the key. */
  get(key: string): V | undefined {
    return this.#records.get(key);
  }

  /** Adds a record, or replaces the one with the key. */
  set(key: string, record: V): void {
    const hasEnded = this.#options.hasEnded?.(record) ?? false;
    let place = this.#places.get(key);
    if (place === undefined) {
      if (this.#records.size >= this.#limit) this.#dropOldest();
      place = createPlace(key, hasEnded);
      this.#places.set(key, place);
      this.#listOf(place).append(place);
    } else if (place.hasEnded !== hasEnded) {
      place.hasEnded = hasEnded;
      unlink(place);
      this.#listOf(place).append(place);
    }
    this.#records.set(key, record);
  }

  /** Returns the record with the key, and adds a new one if there is none. */
  getOrCreate(key: string, create: () => V): V {
    const record = this.get(key) ?? create();
    this.set(key, record);
    return record;
  }

  /** Removes a record. */
  delete(key: string): void {
    const place = this.#places.get(key);
    if (place) unlink(place);
    this.#places.delete(key);
    this.#records.delete(key);
  }

  #dropOldest(): void {
    const { key } = (this.#ended.first ?? this.#open.first)!;
    const record = this.#records.get(key)!;
    this.delete(key);
    this.#options.onDrop?.(record);
  }

  #listOf(place: Place): PlaceList {
    return place.hasEnded ? this.#ended : this.#open;
  }
}

/** A linked list, since a place leaves it from anywhere. */
class PlaceList {
  /** Closes the ring: its next place is the first, its previous place is the last. */
  readonly #end = createPlace("", false);

  get first(): Place | undefined {
    return this.#end.next === this.#end ? undefined : this.#end.next;
  }

  append(place: Place): void {
    place.previous = this.#end.previous;
    place.next = this.#end;
    place.previous.next = place;
    this.#end.previous = place;
  }
}

function createPlace(key: string, hasEnded: boolean): Place {
  const place = { key, hasEnded } as Place;
  place.previous = place.next = place;
  return place;
}

function unlink(place: Place): void {
  place.previous.next = place.next;
  place.next.previous = place.previous;
}
