/** What is to be done later. Pure: `due(now)` hands back what has become due, in the order of its time. */
interface Item {
  readonly at: number;
  readonly order: number;
  readonly run: (at: number) => void;
}

export class Agenda {
  #items: Item[] = [];
  #count = 0;

  add(at: number, run: (at: number) => void): void {
    this.#count += 1;
    this.#items.push({ at, order: this.#count, run });
    this.#items.sort((a, b) => a.at - b.at || a.order - b.order);
  }

  /** Runs everything due; what a run adds and is due too is run as well. */
  run(now: number): void {
    for (;;) {
      const first = this.#items[0];
      if (first === undefined || first.at > now) return;
      this.#items.shift();
      first.run(first.at);
    }
  }

  /** When the next item is due. */
  next(): number | undefined {
    return this.#items[0]?.at;
  }
}
