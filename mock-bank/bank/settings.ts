/**
 * Every point on which the facts are silent or disagree is a setting here, and none is a statement about
 * the real bank. `POST /settings` changes them while the bank runs.
 */
import { z } from 'zod';
import { merchantSettings } from '../citic/settings-merchant.ts';
import { timerMsMax } from '../clock.ts';
import { pinganSettings } from '../pingan/settings.ts';
import { referenceSettings } from '../reference/settings.ts';

const ms = z.number().int().min(0).max(timerMsMax);

export const settings = z.strictObject({
  /** the login name requests must carry; null: any (the facts know no other identity on the LAN) */
  userName: z.string().nullable().default(null),
  /** how long a submitted order (AAAAAAE) waits before it is booked or fails */
  settleMs: ms.default(500),
  /** how long an opening or a reviewed payment waits for its approval; null: until the control API acts */
  reviewMs: ms.nullable().default(1000),
  /** a serial that was used before: the true rule is unknown */
  duplicateSerial: z.enum(['execute', 'refuse', 'refuse-across-transactions']).default('execute'),
  /** may an order come in after an inquiry said that there is none of its serial? */
  deniedSerial: z.enum(['execute', 'never-executed']).default('execute'),
  /** an opening under a number that is taken: refused, or answered as the first one was */
  openingRepeated: z.enum(['refuse', 'answer-again']).default('refuse'),
  /** is a payout submitted (AAAAAAE) and settled later, or booked before the answer (AAAAAAA)? */
  payoutMode: z.enum(['settle', 'now']).default('settle'),
  /** the same of a payment from a main account, and of DLCTNSUB from a group sub-account */
  paymentMode: z.enum(['settle', 'now']).default('now'),
  /** the same of what moves between accounts here: DLSINSUB, DLINISUB, DLMIXSUB, DLSUBTRN, DLFONDIN and the like */
  transferMode: z.enum(['settle', 'now']).default('now'),
  /** who may pay in DLINISUB: any sub-account, or only the initialisation account */
  initialisationPayer: z.enum(['any', 'initialisation']).default('any'),
  /** DLMIXSUB about an entry that was assigned already: takes it back, or is refused */
  assignedEntry: z.enum(['take-back', 'refuse']).default('take-back'),
  /** does DLCIDSTT know an order that was refused at the door (stt 1 and its code)? */
  refusedKnown: z.enum(['no', 'yes']).default('no'),
  /** ED02083 as the row's status under an outer AAAAAAA, or as the outer status */
  noSuchSerialForm: z.enum(['row', 'outer']).default('row'),
  /** stt beside ED02083 in row form */
  noSuchSerialStt: z.enum(['', '1', '2']).default(''),
  /** DLCIDSTT sees an order only this long after it came in (a stale replica) */
  inquiryLagMs: ms.default(0),
  /** DLCIDSTT forgets a serial after this long; null: never */
  serialMemoryMs: ms.nullable().default(null),
  /** does DLCIDSTT turn a returned payout from success to failed? */
  returnedShowsFailed: z.enum(['no', 'yes']).default('no'),
  /** DLFRNOQR about a serial without a freeze: leave the row out, send it empty, or refuse the query */
  noFreezeNumber: z.enum(['omit', 'empty', 'refuse']).default('omit'),
  /** a freeze's number is shown only this long after the freeze */
  freezeNumberAfterMs: ms.default(0),
  /** fee of a payout in yuan, added to the amount and shown as XTSFAM */
  payoutFee: z
    .string()
    .regex(/^\d+\.\d{2}$/)
    .default('0.00'),
  /** does a transfer inside this bank, or an expense payment, compare the payee's name with the account's? */
  payeeName: z.enum(['ignored', 'checked']).default('ignored'),
  /** order of statement rows */
  rowOrder: z.enum(['oldest-first', 'newest-first']).default('oldest-first'),
  /** the code of a query that found nothing, where no source states it */
  emptyAnswer: z.enum(['PBRA001', 'EEEEEEE', 'AAAAAAA']).default('PBRA001'),
  /** DLTRNALL and DLTRNCOL without the two amounts: ED01016, or all rows */
  noAmounts: z.enum(['refuse', 'all']).default('refuse'),
  /** what a main account's row shows as its summary when the order had a summary and a memo */
  mainRowAbstract: z.enum(['abstract', 'memo']).default('abstract'),
  /** which row of a returned payment carries e3rtFlag 0 and the date */
  returnFlagOn: z.enum(['payment', 'credit', 'both']).default('payment'),
  /** do the two rows of a returned payment name each other in rfTranDt and rfTranNo? */
  returnLinked: z.enum(['no', 'yes']).default('no'),
  /** chkNum: empty, or the serial of the order behind the row */
  checkNumber: z.enum(['empty', 'serial']).default('empty'),
  /** a returned payment in DLSUBDTL */
  groupReturnedAs: z.enum(['credit', 'negative-debit']).default('credit'),
  /** have days without an entry a row in DLHBLQRY and DLSUBBLH? */
  quietDays: z.enum(['shown', 'left-out']).default('shown'),
  /** an account that does not exist: a row with a code of its own where rows have one, the query refused, or no row */
  unknownAccount: z.enum(['row', 'refuse', 'omit']).default('row'),
  /** the currency of every account */
  currency: z.string().length(2).default('01'),
  /** SUBACCTYP of a sub-account in DLSUBINF */
  subAccountKind: z
    .string()
    .regex(/^\d{2}$/)
    .default('01'),
  /** number of the first receipt in DLEDDRSQ */
  receiptStart: z.union([z.literal(0), z.literal(1)]).default(1),
  /** DLEDCDTD about a number that is no receipt: refused, or left out */
  unknownReceipt: z.enum(['refuse', 'omit']).default('refuse'),
  /** what `size` counts in DLEDCDTD */
  archiveSize: z.enum(['files', 'bytes']).default('files'),
  /** DLACCCHK about an account this bank does not have: flag 1, or refused */
  unknownChecked: z.enum(['mismatch', 'refuse']).default('mismatch'),
  /** are numbers and names of banks found by a part of them? (names in DLTGIQRY always) */
  bankMatch: z.enum(['part', 'whole']).default('part'),
  /** DLTGIQRY with nothing to look for */
  emptyBankSearch: z.enum(['all', 'none']).default('all'),
  /** how many days DLWRKDAY covers, from today */
  calendarDays: z.number().int().min(1).max(3660).default(31),
  /** DLSTRNDT with an empty subAccNo */
  emptySubAccount: z.enum(['all', 'none']).default('all'),
  /** rows of new postings are shown only this long after they were booked and numbered */
  rowsVisibleAfterMs: ms.default(0),
  /** verifyCode is empty until then */
  receiptCodeAfterMs: ms.default(0),
  /** ED11308 for a request that comes sooner than this after the one before; 0: never */
  throttleGapMs: ms.default(0),
  /** the request before: only one that was served, or any */
  throttleCounts: z.enum(['served', 'all']).default('served'),
  /** the ordinary cadence: an answer takes between these, drawn from the seed */
  answerMinMs: ms.default(0),
  answerMaxMs: ms.default(0),
  /** does the front end keep a connection open that did not ask for its close? */
  keepAlive: z.boolean().default(true),
  /** heads framing: is a connection closed after its answer, as one request per connection has it? */
  afterAnswer: z.enum(['close', 'keep']).default('close'),
  /** what answers declare; their bytes are GB18030 in any case, of which the other two are subsets */
  declaration: z.enum(['GBK', 'GB2312', 'GB18030']).default('GBK'),
  ...merchantSettings,
  ...pinganSettings,
  ...referenceSettings,
});

export type Settings = z.infer<typeof settings>;
