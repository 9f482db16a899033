/** What two people decide about, in the shapes the journal keeps. */
import { z } from 'zod';

/**
 * `resolve` an instruction that is unknown or with people · `close` a contradiction or an unclaimed answer
 * that was looked into · `accept` a change of a link's settings · `release` a link that only asks.
 */
export const action = z.enum(['resolve', 'close', 'accept', 'release']);

/**
 * Parts of a link's configuration whose changes are evidence: where it leads (`endpoint`), who may order what
 * (`rights`), how much (`limits`), what ends an order (`finality`), whose money it is (`accounts`), how the bank
 * is spoken to and who is paid (`spec`), who decides (`oversight`), and the rest.
 */
export const watched = z.enum([
  'endpoint',
  'rights',
  'limits',
  'finality',
  'accounts',
  'spec',
  'oversight',
  'others',
]);

/** How the subject looked to the person: `as` differs whenever it has moved in a way that counts. */
export const seen = z.strictObject({
  as: z.string(),
  version: z.number().int().nonnegative().optional(),
});

/** One person's wish. Changes nothing. */
export const proposing = {
  action,
  /** `<source>:<id>` of an instruction, else the number of the record it is about, or the name of the link */
  subject: z.string(),
  /** the instruction it is about, where it is about one */
  id: z.string().optional(),
  /** what became of it at the bank; of `resolve` only */
  outcome: z.enum(['succeeded', 'failed']).optional(),
  who: z.string(),
  evidence: z.string(),
  seen,
};

/** Another person's agreement: from here on it counts. Says again all that it is about. */
export const approving = {
  ...proposing,
  /** number of the record of the proposal */
  proposal: z.number().int().positive(),
  proposedBy: z.string(),
};

export const withdrawing = { proposal: z.number().int().positive(), who: z.string() };

const proposal = z.strictObject(proposing);
const approval = z.strictObject(approving);

export type Action = z.infer<typeof action>;
export type Watched = z.infer<typeof watched>;
export type Seen = z.infer<typeof seen>;
export type Proposing = z.infer<typeof proposal>;
export type Approving = z.infer<typeof approval>;
