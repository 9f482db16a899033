/** The instruction a ledger enqueues, as it stands in a job's data. The published JSON Schema is made from this. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** An instruction may be valid for at most so long; ids are remembered for longer than that (R12). */
export const VALIDITY_MS_MAX = 7 * 24 * 3_600_000;

export const instructionId = z
  .string()
  .regex(/^[A-Za-z0-9_]{1,40}$/)
  .describe('1 to 40 of letters, digits and _; unique per link and source for ever');

const instant = z.iso.datetime({ offset: true });

export const envelope = z.strictObject({
  v: z.literal(1),
  id: instructionId,
  operation: z
    .string()
    .max(40)
    .optional()
    .describe('bank-neutral operation; exactly one of operation and transaction'),
  transaction: z
    .string()
    .max(40)
    .optional()
    .describe('native transaction code, where the link allows it'),
  body: z
    .record(z.string(), z.unknown())
    .describe('fields of the operation; amounts are decimal strings like 12.30'),
  createdAt: instant,
  expiresAt: instant.describe(
    'at most 7 days after createdAt; after it an unsent instruction fails as expired',
  ),
  businessRef: z.string().min(1).max(60).optional().describe("the ledger's own order number"),
  orderKey: z.string().min(1).max(80).optional().describe('same key: first accepted, first sent'),
  after: instructionId.optional().describe('wait until that instruction is answered or final'),
  notBefore: instant.optional(),
  meta: z
    .record(z.string(), z.string().max(200))
    .optional()
    .describe('given back with every message about it'),
});

export type Envelope = z.infer<typeof envelope>;

/** JSON with keys in code-unit order, so that two spellings of one content have one digest. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** sha256 of the canonical envelope, hex. Everything counts but `meta`, which never reaches the bank. */
export function digestOf(instruction: Envelope): string {
  const { meta: _, ...counted } = instruction;
  return createHash('sha256').update(canonicalJson(counted)).digest('hex');
}
