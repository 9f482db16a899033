/**
 * When may the next try to connect begin? Doubles from the first failure up to a cap. Jitter only shortens,
 * and does so from the first try on: gateways that lost the front end together must not come back together.
 */
const FIRST_MS = 100;
const JITTER = 0.5;

export interface Backoff {
  readonly failures: number;
  /** monotonic ms */
  readonly notBefore: number;
}

export const NO_BACKOFF: Backoff = { failures: 0, notBefore: 0 };

/** `random` is in [0, 1). */
export function failedAgain(last: Backoff, now: number, maxMs: number, random: number): Backoff {
  const pause = Math.min(maxMs, FIRST_MS * 2 ** Math.min(last.failures, 30));
  return { failures: last.failures + 1, notBefore: now + pause * (1 - JITTER * random) };
}
