/** What was asked for last, a few of it. */
export class Recent<T> {
  readonly #max: number;
  readonly #kept = new Map<string, T>();

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string, make: () => T): T {
    const value = this.#kept.get(key) ?? make();
    // the one just asked for stands last
    this.#kept.delete(key);
    this.#kept.set(key, value);
    if (this.#kept.size > this.#max) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    return value;
  }
}
