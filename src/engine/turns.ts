/**
 * Work that must not overlap under one key: each piece begins when the one in front of it has ended, well or
 * badly, and is given what that one came to (undefined: there was none, or it failed).
 */
export class Turns<Value> {
  /** the last of each key in hand */
  readonly #last = new Map<string, Promise<Value | undefined>>();

  take(key: string, work: (latest: Value | undefined) => Promise<Value>): Promise<Value> {
    const before = this.#last.get(key) ?? Promise.resolve(undefined);
    const mine = before.then(work);
    const settled = mine.catch(() => undefined);
    this.#last.set(key, settled);
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    });
    return mine;
  }
}
