/**
 * Every point on which the facts are silent or disagree is a setting here, and none is a statement about
 * the real bank. `POST /settings` changes them while the bank runs.
 */
import { z } from 'zod';

export const settings = z.strictObject({
  /** how long a submitted order (AAAAAAE) waits before it is booked or fails */
  settleMs: z.number().int().min(0).default(500),
  /** how long an opening or a reviewed payment waits for its approval; null: until the control API acts */
  reviewMs: z.number().int().min(0).nullable().default(1000),
  /** a serial that was used before: the true rule is unknown */
  duplicateSerial: z.enum(['execute', 'refuse']).default('execute'),
  /** does DLCIDSTT know an order that was refused at the door (stt 1 and its code)? */
  refusedKnown: z.enum(['no', 'yes']).default('no'),
  /** ED02083 as the row's status under an outer AAAAAAA, or as the outer status */
  noSuchSerialForm: z.enum(['row', 'outer']).default('row'),
  /** stt beside ED02083 in row form */
  noSuchSerialStt: z.enum(['', '1', '2']).default(''),
  /** DLCIDSTT sees an order only this long after it came in (a stale replica) */
  inquiryLagMs: z.number().int().min(0).default(0),
  /** DLCIDSTT forgets a serial after this long; null: never */
  serialMemoryMs: z.number().int().min(0).nullable().default(null),
  /** does DLCIDSTT turn a returned payout from success to failed? */
  returnedShowsFailed: z.enum(['no', 'yes']).default('no'),
  /** DLFRNOQR about a serial without a freeze: leave the row out, send it empty, or refuse the query */
  noFreezeNumber: z.enum(['omit', 'empty', 'refuse']).default('omit'),
  /** a freeze's number is shown only this long after the freeze */
  freezeNumberAfterMs: z.number().int().min(0).default(0),
  /** fee of a payout in yuan, added to the amount and shown as XTSFAM */
  payoutFee: z
    .string()
    .regex(/^\d+\.\d{2}$/)
    .default('0.00'),
  /** does a forced transfer compare the payee's name with the account's? */
  payeeName: z.enum(['ignored', 'checked']).default('ignored'),
  /** order of statement rows */
  rowOrder: z.enum(['oldest-first', 'newest-first']).default('oldest-first'),
  /** DLSTRNDT with an empty subAccNo */
  emptySubAccount: z.enum(['all', 'none']).default('all'),
  /** rows of new postings are shown only this long after they were booked and numbered */
  rowsVisibleAfterMs: z.number().int().min(0).default(0),
  /** verifyCode is empty until then */
  receiptCodeAfterMs: z.number().int().min(0).default(0),
  /** ED11308 for a request that comes sooner than this after the one before; 0: never */
  throttleGapMs: z.number().int().min(0).default(0),
  /** the ordinary cadence: an answer takes between these, drawn from the seed */
  answerMinMs: z.number().int().min(0).default(0),
  answerMaxMs: z.number().int().min(0).default(0),
  /** does the front end keep a connection open that did not ask for its close? */
  keepAlive: z.boolean().default(true),
});

export type Settings = z.infer<typeof settings>;
