/**
 * A set of what is under way.
 *
 * @module
 */

/** A member of a {@linkcode DenseSet}. */
export interface Entry<T> {
  readonly value: T;
  /** Where the set keeps it; -1 once it has left. */
  index: number;
}

/**
 * A set whose members come and go with every call.
 *
 * V8's own `Set` moves to a new table every few dozen changes, and each table that it leaves, still full, points
 * to the next. Once one of them has grown old, together they keep every call that was ever in them alive until
 * the next full collection.
 */
export class DenseSet<T> {
  readonly #entries: Entry<T>[] = [];

  /** How many members there are. */
  get size(): number {
    return this.#entries.length;
  }

  /** Goes through the members there are now, in no order, but for those who leave before it is their turn. */
  *entries(): Generator<Entry<T>, void> {
    for (const entry of [...this.#entries]) {
      if (entry.index >= 0) yield entry;
    }
  }

  /** Adds a member; the entry is what takes it out again. */
  add(value: T): Entry<T> {
    const entry = { value, index: this.#entries.length };
    this.#entries.push(entry);
    return entry;
  }

  /** Takes a member out, if it is still there. */
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
