/** What the bank may take back, as one record in Redis. Shapes only. */
import { z } from 'zod';
import { bankNoticeType } from '../instruction/pushed.ts';

export const provisional = z.strictObject({
  v: z.literal(1),
  notice: bankNoticeType,
  told: z.strictObject({
    key: z.string(),
    code: z.string(),
    day: z.string(),
    digest: z.string(),
    data: z.record(z.string(), z.string()),
  }),
  /** the push that confirms it, and what its field must say */
  transaction: z.string(),
  there: z.string(),
  value: z.string(),
  at: z.number(),
});
export type ProvisionalRecord = z.infer<typeof provisional>;
