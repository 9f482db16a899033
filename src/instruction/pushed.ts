/**
 * What goes out to a ledger of what the bank said by itself, without being money that arrived: on the notices
 * queue, beside the notices of entries, and the questions on a queue of their own. A packet that the bank
 * sends carries no proof of who sent it: nothing here books anything but what a statement confirmed.
 */
import { z } from 'zod';

export const bankNoticeType = z
  .enum([
    'expected',
    'member-opened',
    'member-closed',
    'payout-bound',
    'payout-changed',
    'payout-unbound',
    'account-maintained',
    'order-reviewed',
    'reserved',
    'withdrawn',
    'released',
  ])
  .describe(
    'expected: money is announced, never booked before its credit comes · reserved: your yes to a withdrawal has reached the bank, as far as we can know · withdrawn: the statement shows that withdrawal · released: it will not happen, undo the reservation · the others: what happened at the bank',
  );

const base = {
  v: z.literal(1),
  link: z.string(),
  version: z
    .number()
    .int()
    .positive()
    .describe('never repeats or falls; the same version always has the same content'),
  key: z.string().min(1).describe('names what the bank sent, for ever: code, its day, its serial'),
  transaction: z.string().describe("the bank's code of it"),
  day: z
    .string()
    .regex(/^\d{8}$/)
    .describe("yyyymmdd, the bank's day of it"),
  data: z.record(z.string(), z.string()).describe('what it says, by the names of the spec'),
  at: z.iso.datetime({ offset: true }),
};

export const bankNotice = z.strictObject({
  ...base,
  type: bankNoticeType,
  confirmedBy: z
    .enum(['push', 'second-push', 'statement', 'nothing'])
    .describe('what it rests on; a push proves nothing'),
  entry: z.string().optional().describe('key of the entry that shows it'),
  question: z.string().optional().describe('the question whose answer it is about'),
});

export const question = z.strictObject({
  ...base,
  type: z.literal('question'),
  asks: z.enum(['member-balance', 'withdrawal']),
  answerBy: z.iso
    .datetime({ offset: true })
    .describe('an answer that reaches the gateway later is not told to the bank'),
});

export type BankNoticeType = z.infer<typeof bankNoticeType>;
export type BankNotice = z.infer<typeof bankNotice>;
export type Question = z.infer<typeof question>;
