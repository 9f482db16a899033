/**
 * Requests that the front end keeps for later (fault `hold`): the worst there is. They came in whole, the
 * bank knows nothing of them, their callers may have died long ago, and one day they are executed.
 */
import type { Clock } from '../clock.ts';

export interface HeldRequest {
  readonly id: number;
  readonly transaction: string;
  readonly serial: string;
  readonly memo: string;
  readonly since: number;
  /** is the caller's connection still there? */
  readonly callerThere: () => boolean;
}

interface Waiting {
  readonly request: HeldRequest;
  readonly cancel: () => void;
  readonly go: () => void;
}

export class Held {
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  #ids = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the request is let go: by `release`, or by itself after ms. */
  wait(request: Omit<HeldRequest, 'id' | 'since'>, ms: number | undefined): Promise<void> {
    this.#ids += 1;
    const id = this.#ids;
    return new Promise((resolve) => {
      const go = (): void => {
        this.#waiting.get(id)?.cancel();
        this.#waiting.delete(id);
        resolve();
      };
      const cancel = ms === undefined ? () => undefined : this.#clock.after(ms, go);
      const held = { ...request, id, since: this.#clock.now() };
      this.#waiting.set(id, { request: held, cancel, go });
    });
  }

  all(): HeldRequest[] {
    return [...this.#waiting.values()].map(({ request }) => request);
  }

  /** Lets go what fits, oldest first; answers how many. */
  release(fits: (request: HeldRequest) => boolean): number {
    const chosen = [...this.#waiting.values()].filter(({ request }) => fits(request));
    for (const { go } of chosen) go();
    return chosen.length;
  }

  /** Forgets all of them: none is ever executed. */
  forget(): void {
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }
}
