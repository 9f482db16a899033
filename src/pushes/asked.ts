/** A question of the bank and what became of it, as one record in Redis. Shapes only. */
import { z } from 'zod';
import { STATES } from './question.ts';

export const asked = z.strictObject({
  v: z.literal(1),
  key: z.string(),
  code: z.string(),
  day: z.string(),
  digest: z.string(),
  /** ledger it was put to */
  source: z.string(),
  data: z.record(z.string(), z.string()),
  at: z.number(),
  state: z.enum(STATES),
  /** id of the instruction that answered it */
  by: z.string().optional(),
  /** what a yes carried, as the bank wants it: a repeat of the question gets the same answer */
  reply: z.record(z.string(), z.string()).optional(),
});
export type AskedRecord = z.infer<typeof asked>;
