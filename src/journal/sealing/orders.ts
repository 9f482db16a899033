/** What the process that seals a day is told. */
import { z } from 'zod';

export const sealOrders = z.strictObject({
  directory: z.string(),
  identity: z.string(),
  /** yyyymmdd */
  day: z.string(),
  /** tells drafts of different runs apart */
  mark: z.string(),
  encryption: z
    .strictObject({ keyFile: z.string(), escrowKeyFile: z.string().optional() })
    .optional(),
});
export type SealOrders = z.infer<typeof sealOrders>;
