/**
 * A map that forgets its oldest entries.
 *
 * @module
 */

/** A map of a bounded number of entries. The oldest one makes room for a new one. */
export class BoundedMap<T> {
  readonly #entries = new Map<string, T>();
  /** Yields the keys by age. It never starts again, because an engine may take long to find the first key of a map. */
  readonly #oldest = this.#entries.keys();
  readonly #maxSize: number;

  /** Creates a map of this number of entries at most. */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** Returns the value of a key. */
  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  /** Sets the value of a key; a key that is there already keeps its age. */
  set(key: string, value: T): void {
    if (this.#entries.size === this.#maxSize && !this.#entries.has(key)) {
      this.#entries.delete(this.#oldest.next().value!);
    }
    this.#entries.set(key, value);
  }

  /** Deletes a key. */
  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** Deletes all keys. */
  clear(): void {
    this.#entries.clear();
  }
}
