/**
 * A map that forgets its oldest entries.
 *
 * @module
 */

/**
 * A map of a bounded number of entries. The oldest one makes room for a new one, at a cost that does not grow with the
 * number of entries: the first key of a `Map` is slow to find after many have been deleted.
 */
export class BoundedMap<T> {
  readonly #entries = new Map<string, T>();
  readonly #keys: string[] = [];
  readonly #size: number;
  #oldest = 0;

  /** Creates a map of that many entries at most. */
  constructor(size: number) {
    this.#size = size;
  }

  /** Returns the value of a key. */
  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  /** Sets the value of a key; a key that is there already keeps its age. */
  set(key: string, value: T): void {
    if (!this.#entries.has(key)) {
      const oldest = this.#keys[this.#oldest];
      if (oldest !== undefined) this.#entries.delete(oldest);
      this.#keys[this.#oldest] = key;
      this.#oldest = (this.#oldest + 1) % this.#size;
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
    this.#keys.length = 0;
    this.#oldest = 0;
  }
}
