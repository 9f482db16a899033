/** What goes out to a ledger about instructions: results, rejections and contradictions. One queue per source. */
import { z } from 'zod';
import { instructionId } from './envelope.ts';

export const outcome = z.enum(['succeeded', 'failed', 'pending', 'unknown']);
export const sent = z
  .enum(['never', 'maybe', 'yes'])
  .describe('never is proven; maybe must be asked about');

/** Why it failed, or why it is not known yet. */
export const reason = z.enum([
  'refused-by-bank',
  'invalid',
  'not-allowed',
  'expired',
  'cancelled',
  'bank-does-not-know',
  'resolved',
  // interim
  'refused-unconfirmed',
  'unanswered',
  'client-side',
  'indeterminate',
  'manual',
  'completing',
]);

/**
 * Every final names what proves it, a journal record, or that no byte ever left, and the digests of what it
 * was judged under.
 */
export const proof = z.strictObject({
  kind: z.enum(['answer', 'inquiry', 'never-sent', 'people', 'local']),
  record: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('number of the journal record that holds it'),
  spec: z.string().optional().describe('digest of the protocol spec it was judged under'),
  config: z.string().optional().describe('digest of the configuration it was judged under'),
});

export const result = z.strictObject({
  v: z.literal(1),
  type: z.literal('result'),
  id: instructionId,
  link: z.string(),
  version: z
    .number()
    .int()
    .positive()
    .describe('never repeats or falls; a final replaces any interim, else the highest wins'),
  final: z.boolean(),
  outcome,
  reason: reason.optional(),
  sent,
  code: z.string().optional().describe("the bank's response code, or ours where nothing was sent"),
  text: z.string().optional(),
  path: z.string().optional().describe('the field at fault'),
  serial: z.string().optional().describe('the number the bank knows it by'),
  at: z.iso.datetime({ offset: true }),
  proof: proof.optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  businessRef: z.string().optional(),
  meta: z.record(z.string(), z.string()).optional(),
});

/** A request that was not taken. It says nothing about any other request of the same id: no outcome, no version. */
export const rejection = z.strictObject({
  v: z.literal(1),
  type: z.literal('rejection'),
  id: z.string().optional(),
  link: z.string(),
  why: z.enum(['conflict', 'poison']),
  code: z.string(),
  text: z.string(),
  path: z.string().optional(),
  digestKnown: z.string().optional(),
  digestGiven: z.string().optional(),
  at: z.iso.datetime({ offset: true }),
});

/** Evidence that disagrees with a final already published. The final stays; a person closes this. */
export const contradiction = z.strictObject({
  v: z.literal(1),
  type: z.literal('contradicted'),
  id: instructionId,
  link: z.string(),
  version: z.number().int().positive(),
  final: outcome,
  evidence: outcome,
  code: z.string().optional(),
  text: z.string().optional(),
  serial: z.string().optional(),
  at: z.iso.datetime({ offset: true }),
  proof,
});

export type Outcome = z.infer<typeof outcome>;
export type Sent = z.infer<typeof sent>;
export type Reason = z.infer<typeof reason>;
export type Proof = z.infer<typeof proof>;
export type Result = z.infer<typeof result>;
export type Rejection = z.infer<typeof rejection>;
export type Contradiction = z.infer<typeof contradiction>;
