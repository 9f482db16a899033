/**
 * The life of one account-day. The durable cursor is a day, never a row (R13): every round reads the whole
 * day again and drops what is known, until the bank has closed the day and two whole sweeps, some time
 * apart, have found the same.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { StatementEntry } from './entry.ts';

export const dayState = z.strictObject({
  v: z.literal(1),
  /** digest of the last whole sweep after the bank closed the day, and since the end of which sweep they agree on it */
  agreed: z.strictObject({ digest: z.string(), since: z.number() }).optional(),
});
export type DayState = z.infer<typeof dayState>;

export const freshDay: DayState = { v: 1 };

export function readDay(text: string | undefined): DayState {
  if (text === undefined) return freshDay;
  return dayState.parse(JSON.parse(text));
}

export interface DayRules {
  readonly closeDayAfterMs: number;
  readonly agreeAfterMs: number;
}

/** What a whole sweep saw, whatever order the rows came in. */
export function sweepDigest(entries: readonly StatementEntry[]): string {
  const lines = entries.map(({ key, digest }) => `${key} ${digest}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 32);
}

/** When the bank counts the day as over, in ms: its midnight in the bank's zone is given. */
export const closesAt = (endOfDay: number, rules: DayRules): number =>
  endOfDay + rules.closeDayAfterMs;

/**
 * When a sweep asked first and when it had read all, in ms. What it saw may be as old as its first question,
 * however late the answer was read: this process may have stood still in between.
 */
export interface SweepTimes {
  readonly began: number;
  readonly ended: number;
}

/** The state after a whole sweep, and whether the day is done with. */
export function afterSweep(
  state: DayState,
  digest: string,
  { began, ended }: SweepTimes,
  endOfDay: number,
  rules: DayRules,
): { state: DayState; closed: boolean } {
  if (began < closesAt(endOfDay, rules)) return { state: freshDay, closed: false };
  const { agreed } = state;
  if (agreed?.digest !== digest) {
    return { state: { v: 1, agreed: { digest, since: ended } }, closed: false };
  }
  return { state, closed: began - agreed.since >= rules.agreeAfterMs };
}
