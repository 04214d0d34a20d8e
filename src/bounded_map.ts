/**
 * A map with a maximum size.
 *
 * @module
 */

/** A map that deletes its oldest entry when a new one would exceed the maximum size. */
export class BoundedMap<T> {
  readonly #entries = new Map<string, T>();
  /**
   * Yields the keys from oldest to newest. It is kept because finding the first key of a map can be slow in some
   * engines.
   */
  readonly #oldest = this.#entries.keys();
  readonly #maxSize: number;

  /** Creates a map of at most `maxSize` entries. */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** Returns the value of a key. */
  get(key: string): T | undefined {
    return this.#entries.get(key);
  }

  /** Sets the value of a key. An existing key keeps its age. */
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
