/**
 * Gathers items and hands them over in batches: one batch in flight, the next leaves when it was answered.
 * Under load batches grow by themselves; alone, an item waits one turn of the event loop.
 */
import type { Timers } from '../timers.ts';

export class Batcher<Item, Answer> {
  readonly #run: (items: Item[]) => Promise<Answer[]>;
  readonly #itemsMax: number;
  readonly #timers: Timers;
  #waiting: { item: Item; resolve: (answer: Answer) => void; reject: (error: unknown) => void }[] =
    [];
  #busy = false;

  /** `run` answers one answer an item, in order. */
  constructor(run: (items: Item[]) => Promise<Answer[]>, itemsMax: number, timers: Timers) {
    this.#timers = timers;
    this.#run = run;
    this.#itemsMax = itemsMax;
  }

  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#busy) {
        this.#busy = true;
        this.#timers.soon(() => void this.#drain());
      }
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#itemsMax);
      try {
        const answers = await this.#run(batch.map((one) => one.item));
        batch.forEach((one, i) => {
          const answer = answers[i];
          if (answer === undefined)
            one.reject(new Error('a batch answered fewer items than it was given'));
          else one.resolve(answer);
        });
      } catch (error) {
        for (const one of batch) one.reject(error);
      }
    }
    this.#busy = false;
  }
}
