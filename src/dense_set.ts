/**
 * A set whose members are added and deleted with every call.
 *
 * @module
 */

/** A member of a {@linkcode DenseSet}. */
export interface Entry<T> {
  readonly value: T;
  /** The index in the set, or -1 after the member was deleted. */
  index: number;
}

/**
 * A set that is stored in one array.
 *
 * V8's `Set` moves to a new table every few dozen changes, and each old table keeps its members and points to the next
 * table. Once one table has been promoted to the old generation, all of them keep every past member alive until the
 * next full garbage collection.
 */
export class DenseSet<T> {
  readonly #entries: Entry<T>[] = [];

  /** The number of members. */
  get size(): number {
    return this.#entries.length;
  }

  /** Iterates over the current members, in no particular order, and skips those deleted meanwhile. */
  *entries(): Generator<Entry<T>, void> {
    for (const entry of [...this.#entries]) {
      if (entry.index >= 0) yield entry;
    }
  }

  /** Adds a member and returns the entry that deletes it. */
  add(value: T): Entry<T> {
    const entry = { value, index: this.#entries.length };
    this.#entries.push(entry);
    return entry;
  }

  /** Deletes a member, if it is still there. */
  delete(entry: Entry<T>): void {
    if (entry.index < 0) return;
    const last = this.#entries.pop()!;
    if (last !== entry) {
      this.#entries[entry.index] = last;
      last.index = entry.index;
    }
    entry.index = -1;
  }
}
