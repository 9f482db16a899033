/**
 * The part of transactions/<CODE>.yaml that says what a packet means which the bank sends by itself
 * (`kind: push`): `request` are the fields the bank sends, `answer` those of our acknowledgement.
 *
 *   hint      1310  money came in, says the bank: the statement is read at once, and only its entry is told (R14)
 *   event     1303  something changed at the bank: told to the ledgers as a notice of its own type
 *   question  1019  only the ledger can answer, and in time
 *
 * A push carries no proof of who sent it. So nothing here can make a credit or change the
 * record of a member, which says where money goes; and a `matches` never makes
 * an entry: it only says which entry of the statement the bank was talking about.
 *
 * Expressions may name `$request.x` (a field of the push, or a part of its head), `$link.x`, `$ack.number`
 * (20 digits of ours, the same for a repeat), `$packet.date`, `$packet.time`, `$packet.moment`; in the answer to a question
 * `$reply.x`.
 */
import { z } from 'zod';
import { expr, patterns } from './spec-expr.ts';
import { mask, text } from './spec-field.ts';

/** What our answer says in the head: `$answer.code` and `$answer.text` there. */
export const said = z.strictObject({ code: z.string(), text: z.string() });

/** Name for the ledger → expression; what is empty is not told. */
const data = z.record(z.string().regex(/^[a-z][A-Za-z]*$/), expr);

/** Field or head part with the bank's day (yyyymmdd) and its serial: with the code they name the push for ever. */
export const identity = z.strictObject({ day: z.string(), serial: z.string() });

const common = {
  identity,
  /** head of an answer that takes note, or says yes */
  accepted: said,
  /** body of our answer: its field → expression */
  fields: z.record(z.string(), expr),
};

/** Where a statement shows what the push spoke of. */
export const shownBy = z.strictObject({
  /** name of a sweep of `protocol.yaml: credits` */
  sweep: z.string(),
  /** the account whose statement it is, where the sweep reads one account at a time */
  account: expr.optional(),
  day: expr,
  /** field of a row → the value it has; all must hold */
  matches: z.record(z.string(), expr),
  /** field of a row → patterns: only such rows count */
  when: z.record(z.string(), patterns).optional(),
  /** field of a row that may carry $ack.number: then it is that row and no other */
  number: z.string().optional(),
});

export const hint = z.strictObject({
  role: z.literal('hint'),
  ...common,
  shownBy,
  /** what an `expected` message tells of it, where the link publishes such */
  data,
});

/** Types of the notices that events are told as. */
export const bankEventType = z.enum([
  'member-opened',
  'member-closed',
  'payout-bound',
  'payout-changed',
  'payout-unbound',
  'account-maintained',
  'order-reviewed',
]);

/** First that fits; a push that none fits is not acknowledged. */
export const told = z.strictObject({
  notice: bankEventType,
  when: z.record(z.string(), patterns).optional(),
  data,
  /**
   * provisional: the bank takes it back unless another push follows, in which the field `there` has the value
   * that `here` has in this one. Told only then
   */
  confirmedBy: z
    .strictObject({ transaction: z.string(), here: z.string(), there: z.string() })
    .optional(),
});

export const event = z.strictObject({
  role: z.literal('event'),
  ...common,
  tells: z.array(told).min(1),
});

/** One value of a ledger's yes. Amounts come as decimals of yuan; `fen` is how the bank wants them. */
export const replyField = z.strictObject({
  type: z.enum(['amount', 'account', 'name', 'text', 'code', 'date']),
  ...text,
  need: z.enum(['yes', 'no']).default('yes'),
  unit: z.enum(['yuan', 'fen']).default('yuan'),
  mask: mask.default('none'),
});

export const question = z.strictObject({
  role: z.literal('question'),
  ...common,
  /** neutral name of what is asked */
  asks: z.enum(['member-balance', 'withdrawal']),
  /** what the ledger is told of it */
  data,
  /** what its yes carries, for `$reply.x` */
  takes: z.record(z.string().regex(/^[a-z][A-Za-z]*$/), replyField).default({}),
  /** head of an answer that says no; without it the ledger cannot refuse */
  refused: said.optional(),
  /** nobody answered in time: closed without an answer, or refused */
  unanswered: z.enum(['close', 'refuse']),
  /** a yes promises something: reserved until the statement shows it, else released */
  shownBy: shownBy.optional(),
});

export const push = z.discriminatedUnion('role', [hint, event, question]);

export type PushSpec = z.infer<typeof push>;
export type HintSpec = z.infer<typeof hint>;
export type EventSpec = z.infer<typeof event>;
export type QuestionSpec = z.infer<typeof question>;
export type ToldSpec = z.infer<typeof told>;
export type ShownBy = z.infer<typeof shownBy>;
export type ReplyField = z.infer<typeof replyField>;
export type BankEventType = z.infer<typeof bankEventType>;
