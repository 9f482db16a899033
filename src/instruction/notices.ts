/**
 * What goes out to a ledger about money that arrived, or came back, without being the answer to an
 * instruction. One queue per source. Made only from what the bank's own statement shows.
 */
import { z } from 'zod';
import { instructionId } from './envelope.ts';

export const noticeType = z
  .enum(['credit', 'unplaced', 'payout-returned', 'interest', 'fee', 'main-credit', 'changed'])
  .describe(
    'credit: money in · unplaced: money in that names no member · payout-returned: an order of ours came back · fee: what the bank took, by itself or for an order of ours · main-credit: money in by the statement of the main account, which may show the same money as a credit · changed: an entry known before now has other content',
  );

const day = z
  .string()
  .regex(/^\d{8}$/)
  .describe("yyyymmdd in the bank's zone");

/** Who is on the other side, as the bank writes it; never shown anywhere but here. */
const payer = z.strictObject({
  account: z.string().optional(),
  name: z.string().optional(),
  bankName: z.string().optional(),
  bankCode: z.string().optional(),
  remark: z.string().optional(),
});

const entry = z.strictObject({
  number: z.string().optional(),
  sequence: z.string().optional(),
  date: z.string().optional(),
});

/** What the bank itself marks an entry with. It books nothing: only an entry does. */
const marks = z.strictObject({
  returned: z.string().optional().describe('yes: a returned remittance, by the bank'),
  returnedOn: z.string().optional().describe('yyyymmdd'),
  reversedOn: z.string().optional().describe('day of the entry that reverses it, or it reverses'),
  reversedBy: z.string().optional().describe('number of that entry'),
});

export const notice = z.strictObject({
  v: z.literal(1),
  type: noticeType,
  link: z.string(),
  version: z
    .number()
    .int()
    .positive()
    .describe('never repeats or falls; the same version always has the same content'),
  account: z.string().describe('ours, that the entry stands on'),
  day,
  time: z.string().optional().describe('as the bank writes it'),
  key: z
    .string()
    .min(1)
    .describe('identity of the entry: same key, same entry, however often it is told'),
  identity: z
    .enum(['bank-key', 'counted'])
    .describe(
      'bank-key: the bank names the entry · counted: it does not, and equal entries are told apart by counting them',
    ),
  amount: z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .optional()
    .describe(
      'decimal; may be negative where a payout was returned. Left out where the bank lists a returned payout without its amount and no order of ours is named',
    ),
  direction: z.enum(['in', 'out']).describe('which way the money of this entry went'),
  payer: payer.optional(),
  sameName: z
    .boolean()
    .optional()
    .describe('the payer has the name of the account, full and half width alike'),
  entry: entry.optional().describe('names the entry for operations about it, like assign-credit'),
  marks: marks.optional().describe('what the bank marks the entry with'),
  of: instructionId
    .optional()
    .describe('the instruction that came back, or whose fee it is, where one alone fits'),
  candidates: z.array(instructionId).optional().describe('instructions that would all fit'),
  previous: z.string().optional().describe('digest known before'),
  digest: z.string().min(1).describe('of the content of the entry'),
  confirmedBy: z.literal('statement'),
  at: z.iso.datetime({ offset: true }),
});

export type NoticeType = z.infer<typeof noticeType>;
export type Notice = z.infer<typeof notice>;
