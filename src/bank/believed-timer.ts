/**
 * The one timer of a socket. When it fires the event loop reads once before it is believed (R19): after a
 * stall of ours the timers run first, and answers that lay in the kernel all along would count as silence.
 */
import type { Cancel, Timers } from '../timers.ts';

/** setTimeout takes more for "at once". */
const TIMER_MS_MAX = 2 ** 31 - 1;

export class BelievedTimer {
  readonly #timers: Timers;
  #cancel: Cancel | undefined;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Replaces what was armed before. */
  arm(ms: number, fire: () => void): void {
    this.disarm();
    const afterReading = (): void => {
      this.#cancel = this.#timers.soon(fire);
    };
    const inMs = Math.min(Math.max(0, Math.ceil(ms)), TIMER_MS_MAX);
    this.#cancel = this.#timers.after(inMs, afterReading);
  }

  /** Also one that has fired and is not believed yet: it belongs to what was before. */
  disarm(): void {
    this.#cancel?.();
  }
}
