/** What can happen to one instruction. Time and run come beside it, never from the host. */
import type { Ended } from './intent.ts';
import type { Reason } from './messages.ts';

/** What a piece of evidence says: the judge's verdict with the journal record that holds it. */
export interface Evidence {
  readonly says: 'succeeded' | 'failed' | 'pending' | 'unknown' | 'none';
  readonly ended?: Ended | undefined;
  readonly reason?: Reason | undefined;
  /** the bank is done with it and shows neither yes nor no: nothing to wait for */
  readonly undecidable?: true | undefined;
  readonly code: string;
  readonly text: string;
  /** number of the journal record; absent for queries, which are not journaled */
  readonly record?: number | undefined;
}

export type Event =
  /** proven: `write` was never called for this attempt; `record` says so, where one had been recorded as sent */
  | { type: 'not-written'; record?: number | undefined }
  /** a direct answer, in time or late; `answer` are its fields */
  | { type: 'answered'; evidence: Evidence; answer: Record<string, string>; peer: string }
  /** written (or maybe written) and no whole answer: deadline, cut, broken, crash */
  | { type: 'silent'; peer: string }
  /** a journal that is missing here may show it as written (R3): proven neither way */
  | { type: 'maybe-elsewhere'; peer: string }
  /**
   * an inquiry was answered by `peer`, asked with the original transaction code; `taken`: fields that stand in
   * for those of a direct answer that was lost
   */
  | {
      type: 'inquired';
      evidence: Evidence;
      peer: string;
      /** monotonic ms of this run: what it says is of no later moment, however long its answer lay unread */
      askedAt: number;
      taken?: Record<string, string> | undefined;
    }
  /** an inquiry or completion could not be asked or was not answered */
  | { type: 'not-inquired' }
  /** the completing query answered; `data` is absent while the bank does not show it yet */
  | { type: 'completed'; data?: Record<string, string> | undefined; record?: number | undefined }
  /** the gateway refuses before any byte: a rule, a reference, an encoding */
  | {
      type: 'refused-here';
      reason: 'invalid' | 'not-allowed' | 'expired';
      code: string;
      text: string;
      path?: string | undefined;
    }
  | { type: 'expired' }
  | { type: 'cancelled' }
  /** a query (changes nothing) has its answer, or will get none any more */
  | { type: 'query-done'; evidence: Evidence; data?: Record<string, unknown> | undefined }
  /** people looked at the bank's books */
  | { type: 'resolved'; outcome: 'succeeded' | 'failed'; record: number; text: string };

export interface Moment {
  /** Redis TIME, ms: dates and ages */
  readonly wall: number;
  /** monotonic ms of this process: durations that evidence rests on */
  readonly mono: number;
  /** this process run: monotonic time means nothing in another one */
  readonly run: string;
}
