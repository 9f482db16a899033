/**
 * The evidence table (R1): what "the bank knows no such serial" may conclude depends on how our request
 * ended. A yes, or a listed failure of the inquiry, decides in every row; silence decides in none.
 *
 *   our request ended                                 "no such serial" means
 *   ------------------------------------------------  ------------------------------------------------
 *   no journal record, owner dead                     (not asked: never sent, back to received)
 *   refused: a listed refusal, first send             (not asked: final by the answer)
 *   unlisted: answered on its own connection by a     failed after N negatives: an answered request is
 *     server-side code nobody listed                    in no queue any more
 *   client-side, indeterminate, unanswered            stays unknown, then people; final only by the
 *                                                       bank's own written rule (noSuchSerialIsFinal)
 *   accepted: the bank took it and now denies it      people, always
 *
 * A denial of an old order proves nothing: for how long a bank still knows a serial is its own secret. After
 * `negativesWithinMs` what would have become failed goes to people.
 */
import type { Ended } from './intent.ts';
import type { Ladder } from './ladder.ts';

/** By the bank's own written rule: `source` says where it is written. */
export interface NoSuchSerialRule {
  readonly afterMs: number;
  readonly negatives: number;
  readonly source: string;
}

export type NoMeans = 'failed-after-negatives' | 'failed-by-written-rule' | 'people';

export const NO_SUCH_SERIAL: Record<Ended, NoMeans> = {
  refused: 'people',
  unlisted: 'failed-after-negatives',
  'client-side': 'failed-by-written-rule',
  indeterminate: 'failed-by-written-rule',
  unanswered: 'failed-by-written-rule',
  accepted: 'people',
};

export interface Negatives {
  /** how many negatives count so far, this one included */
  readonly counted: number;
  /** monotonic ms of this process run from the last byte that may have left to the question */
  readonly sinceLastByteMs: number;
  /** ms since the order was accepted, by the calendar */
  readonly ageMs: number;
}

export type Conclusion = 'failed' | 'ask-again' | 'people';

/**
 * Does a negative count at all? Not if it was asked for before the request ended as it did, and only after the
 * written rule's time, where a rule is what makes it final.
 */
export function negativeCounts(
  ended: Ended,
  sinceLastByteMs: number,
  rule: NoSuchSerialRule | undefined,
): boolean {
  if (sinceLastByteMs < 0) return false;
  if (NO_SUCH_SERIAL[ended] !== 'failed-by-written-rule' || rule === undefined) return true;
  return sinceLastByteMs >= rule.afterMs;
}

/** What the negatives so far allow. `negativesMin` is N of the table where no written rule says another. */
export function concludeNo(
  ended: Ended,
  negatives: Negatives,
  rule: NoSuchSerialRule | undefined,
  ladder: Pick<Ladder, 'negativesMin' | 'negativesWithinMs'>,
): Conclusion {
  const means = NO_SUCH_SERIAL[ended];
  const written = means === 'failed-by-written-rule' ? rule : undefined;
  const mayFail = means === 'failed-after-negatives' || written !== undefined;
  if (mayFail && negatives.ageMs > ladder.negativesWithinMs) return 'people';
  const least = written?.negatives ?? ladder.negativesMin;
  const early = negatives.sinceLastByteMs < (written?.afterMs ?? 0);
  if (negatives.counted < least || early) return 'ask-again';
  return mayFail ? 'failed' : 'people';
}
