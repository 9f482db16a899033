/**
 * Refused sign-ons, counted: a front end locks a user who knocks too often with a wrong key, so we stop
 * first. After `refusalsMax` in a row nothing is tried for `lockOutMs`; one accepted sign-on forgets them.
 */
export interface LockOut {
  readonly refusals: number;
  /** monotonic ms; nothing is dialled before */
  readonly until: number;
}

export const NOT_LOCKED: LockOut = { refusals: 0, until: 0 };

export interface LockOutRules {
  readonly refusalsMax: number;
  readonly lockOutMs: number;
}

export function refusedAgain(last: LockOut, now: number, rules: LockOutRules): LockOut {
  const refusals = last.refusals + 1;
  // each one after a pause locks again at once: nobody has put anything right meanwhile
  const until = refusals >= rules.refusalsMax ? now + rules.lockOutMs : last.until;
  return { refusals, until };
}
