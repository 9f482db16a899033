/** What a ledger is told of the journal: a business day is over and sealed. Keep it with the books of that day. */
import { z } from 'zod';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();

export const sealNotice = z.strictObject({
  v: z.literal(1),
  type: z.literal('seal'),
  journal: z.string().describe('which journal'),
  number: count
    .positive()
    .describe('1, 2, 3 … of the journal; a day without records has no seal. Told again: the same'),
  day: z
    .string()
    .regex(/^\d{8}$/)
    .describe("yyyymmdd in the journal's zone"),
  hash: hash.describe('SHA-256 of the seal; what the gateway has of that day must fit it for ever'),
  previous: hash.optional().describe('hash of the seal before; none: this is the first'),
  first: count.positive().describe('number of the first record of the day'),
  last: count.describe('number of the last one'),
  records: count,
  chain: hash.describe('chain hash of the last record'),
});
export type SealNotice = z.infer<typeof sealNotice>;
