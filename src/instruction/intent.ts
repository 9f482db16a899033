/** An accepted instruction as the gateway owns it: what never changes (Intent) and what does (Life). */
import { z } from 'zod';
import { envelope } from './envelope.ts';
import { proof, reason, sent } from './messages.ts';

/** A member's one payout account. */
export const payee = z.strictObject({
  account: z.string(),
  name: z.string(),
  sameBank: z.boolean(),
  bankCode: z.string().optional(),
  bankName: z.string().optional(),
});
export const member = z.strictObject({
  account: z.string(),
  name: z.string(),
  /** where it is paid out to; not every bank binds it at the opening */
  payout: payee.optional(),
  /** what the bank needs to know of it beyond that, by names of the spec */
  bank: z.record(z.string(), z.string()).optional(),
  openedBy: z.string(),
  /** business day of the opening: no money came before it */
  since: z.string(),
});

/** What one operation says of a member: what it does not say stays as it was. */
export const memberChange = member.extend({
  name: z.string().optional(),
  /** it puts another payout account in the place of a bound one; else the first one stays */
  rebinds: z.literal(true).optional(),
});

/** Money held by a freeze; `number` is the bank's, known once the freeze is complete. */
export const freeze = z.strictObject({
  id: z.string(),
  /** operation of the instruction that made it */
  madeBy: z.string(),
  holder: z.string(),
  amount: z.string(),
  returnTo: z.string(),
  holderName: z.string().optional(),
  returnToName: z.string().optional(),
  number: z.string(),
});

export const kind = z.enum(['movement', 'maintenance', 'query', 'local']);

export const intent = z.strictObject({
  v: z.literal(1),
  /** `<source>:<id of the envelope>`: two ledgers on one link may choose the same id */
  id: z.string(),
  link: z.string(),
  source: z.string(),
  digest: z.string(),
  operation: z.string().describe('operation name, or `native`'),
  transaction: z.string(),
  kind,
  serial: z.string().optional(),
  /** business day of acceptance, yyyymmdd in the bank's zone; part of the serial */
  day: z.string(),
  acceptedAt: z.number().int().describe('Redis TIME, ms'),
  envelope,
  /** looked up at acceptance and fixed: a later change of the record does not redirect money */
  member: member.optional(),
  /** a second member it names, likewise */
  other: member.optional(),
  /** id of the freeze instruction this one uses; its number is looked up when it is sent */
  usesFreeze: z.string().optional(),
});

/**
 * received ─▶ sending ─▶ succeeded | failed          received: ours, no byte left
 *    ▲  │        ├─────▶ pending ─┐                  sending: claimed by the owner of `epoch`
 *    │  │        └─────▶ unknown ─┴▶ … | manual      manual: still unknown, waiting for people
 *    │  └─▶ failed (never sent)
 *    └── proven not written
 */
export const phase = z.enum([
  'received',
  'sending',
  'pending',
  'unknown',
  'manual',
  'succeeded',
  'failed',
]);

/** How our request ended: the row of the evidence table. */
export const ended = z.enum([
  'accepted',
  'refused',
  'unlisted',
  'client-side',
  'indeterminate',
  'unanswered',
]);

export const life = z.strictObject({
  sent: sent.default('never'),
  ended: ended.optional(),
  reason: reason.optional(),
  code: z.string().optional(),
  text: z.string().optional(),
  path: z.string().optional(),
  /** inquiries answered, and how many of them counted as "no such serial" in the present run */
  asked: z.number().int().default(0),
  negatives: z.number().int().default(0),
  /** monotonic ms of run `run` at the last byte that may have left; starts again in another run */
  lastByte: z.strictObject({ run: z.string(), at: z.number() }).optional(),
  /** front end the order went to: a negative counts only if asked there */
  peer: z.string().optional(),
  /** when it became unknown or pending, Redis TIME ms: the age people see */
  since: z.number().int().optional(),
  /** success is known; the completing query (freeze number) is still owed */
  completing: z.boolean().default(false),
  /** answers to the completing query that did not carry it yet */
  completionAsked: z.number().int().default(0),
  answer: z
    .record(z.string(), z.string())
    .optional()
    .describe('fields of the direct answer kept for the result'),
  data: z.record(z.string(), z.unknown()).optional(),
  proof: proof.optional(),
  /** journal record that took its last recorded attempt back: no byte of it left */
  unwritten: z.number().int().positive().optional(),
  /** outcome and reason last told to the ledger, so that the same is not told twice */
  told: z.string().optional(),
  contradicted: z.boolean().default(false),
  /** what the evidence told against the final said; after `pending` a `succeeded` is still news */
  contradictedBy: z.enum(['succeeded', 'failed', 'pending']).optional(),
  /** a failed by "no such serial" is still asked about until then: a late yes is evidence (Redis TIME ms) */
  watchUntil: z.number().int().optional(),
});

export type Payee = z.infer<typeof payee>;
export type Member = z.infer<typeof member>;
export type MemberChange = z.infer<typeof memberChange>;
export type Freeze = z.infer<typeof freeze>;
export type Kind = z.infer<typeof kind>;
export type Intent = z.infer<typeof intent>;
export type Phase = z.infer<typeof phase>;
export type Ended = z.infer<typeof ended>;
export type Life = z.infer<typeof life>;

/** One intent with where it stands. `version` is the watermark of its last change; 0 is never used. */
export interface Held {
  readonly intent: Intent;
  readonly phase: Phase;
  readonly life: Life;
  readonly version: number;
  readonly attempt: number;
  readonly epoch: number;
}

export const isFinal = (phase: Phase): boolean => phase === 'succeeded' || phase === 'failed';
