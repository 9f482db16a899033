/**
 * The one timer of a socket. When it fires the event loop reads once before it is believed (R19): after a
 * stall of ours the timers run first, and answers that lay in the kernel all along would count as silence.
 */

/** setTimeout takes more for "at once". */
const TIMER_MS_MAX = 2 ** 31 - 1;

export class BelievedTimer {
  #timer: NodeJS.Timeout | undefined;
  #believing: NodeJS.Immediate | undefined;

  /** Replaces what was armed before. */
  arm(ms: number, fire: () => void): void {
    this.disarm();
    const afterReading = (): void => {
      this.#believing = setImmediate(fire);
    };
    this.#timer = setTimeout(afterReading, Math.min(Math.max(0, Math.ceil(ms)), TIMER_MS_MAX));
  }

  /** Also one that has fired and is not believed yet: it belongs to what was before. */
  disarm(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#believing);
  }
}
