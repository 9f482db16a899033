/**
 * Time that passes and chance, as everything uses them that works with timers: given, so that the same code runs on a clock
 * that a test or the simulation moves. Dates are the engine's (src/engine/clock.ts).
 */
export type Cancel = () => void;

export interface Timers {
  /** monotonic ms of this run */
  mono(): number;
  /** Once, `ms` from now or later. A cancel that comes too late does nothing. */
  after(ms: number, fire: () => void): Cancel;
  /** In another turn of the event loop, behind what has already arrived. */
  soon(fire: () => void): Cancel;
  /** from 0 up to 1: for jitter, never for anything that must not be guessed */
  random(): number;
}

export const realTimers: Timers = {
  mono: () => performance.now(),
  after: (ms, fire) => {
    const timer = setTimeout(fire, ms);
    return () => clearTimeout(timer);
  },
  soon: (fire) => {
    const immediate = setImmediate(fire);
    return () => clearImmediate(immediate);
  },
  random: () => Math.random(),
};

/** Resolves after `ms`, or as soon as `signal` is aborted; never rejects. */
export function sleep(timers: Timers, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const wake = (): void => {
      cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = timers.after(ms, wake);
    signal?.addEventListener('abort', wake, { once: true });
  });
}
