/** Time as the bank sees it: the machine's own, or a test's that moves only when it is told to. */

/** The longest wait a timer of Node takes; a longer one would be over at once. */
export const timerMsMax = 2_147_483_647;

export interface Clock {
  now(): number;
  /** runs once, ms from now; the answer cancels it */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, run) => {
    // what is still to come never keeps a process alive that has closed its ports
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};

export class TestClock implements Clock {
  #now: number;
  #timers: { at: number; run: () => void }[] = [];

  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves time forward and runs what has become due, earliest first. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at);
      const [first] = due;
      if (first === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== first);
      this.#now = Math.max(this.#now, first.at);
      first.run();
    }
    this.#now = until;
  }
}
