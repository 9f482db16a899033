/** Whether each line continues the one before it, by number and by chain, from segment to segment. */
import { chainOf, type Sound } from './line.ts';

export type Break =
  /** a number that was there before */
  | 'repeated'
  /** the line is sound, but records in front of it are missing */
  | 'missing'
  /** numbered as it should be, but not written behind the line in front of it: one of the two is another's */
  | 'chain';

export class Continuity {
  #last: number;
  #chain: string;
  /** lines that could not be read: they keep their numbers, and what is behind them continues no known chain */
  #lost = 0;

  /** Goes on behind record `last`, whose line has this chain hash. */
  constructor(last: number, chain: string) {
    this.#last = last;
    this.#chain = chain;
  }

  /** The number the next record gets. */
  get next(): number {
    return this.#last + this.#lost + 1;
  }

  /** Number of the last line that could be read. */
  get last(): number {
    return this.#last;
  }

  /** Of that line: what the next one continues. */
  get chain(): string {
    return this.#chain;
  }

  lost(): void {
    this.#lost += 1;
  }

  /** Lines that could not be read were cut off: their numbers are free again. */
  cut(lines: number): void {
    this.#lost -= lines;
  }

  /** What is wrong with this line, if anything. A repeated one is not taken. */
  take(n: number, { chain, body }: Sound): Break | undefined {
    if (n <= this.#last) return 'repeated';
    const behindLost = this.#lost > 0;
    const missing = !behindLost && n !== this.#last + 1;
    const continues = behindLost || chain === chainOf(this.#chain, body);
    this.#last = n;
    this.#chain = chain;
    this.#lost = 0;
    if (missing) return 'missing';
    return continues ? undefined : 'chain';
  }
}
