/**
 * What the journal holds, one JSON object per line behind a checksum. It is the gate before every write
 * of a movement or a change of an account, what an empty Redis is rebuilt from, and what finance keeps.
 */
import { z } from 'zod';
import { freeze, intent, memberChange } from '../instruction/intent.ts';
import { approving, proposing, watched, withdrawing } from '../people/shapes.ts';
import { SWITCH_STATES } from './hold-file.ts';
import { adopted, missing } from './missing.ts';

const base = {
  /** number of the record: 1, 2, 3 … through all segments */
  n: z.number().int().positive(),
  /** wall clock when appended, ISO */
  at: z.string(),
  link: z.string(),
  /** highest watermark this process had seen of the link when it appended */
  watermark: z.number().int().nonnegative(),
  /** taken over from another journal (importing.ts): its identity, and the number it had there */
  from: z.strictObject({ journal: z.string(), n: z.number().int().positive() }).optional(),
};
const bytes = z.base64().describe('exact bytes, base64');
/**
 * Where `*` stands for a value that must not be written down, and its keyed hash (hash-key.ts). Paths of a
 * packet are the bank's names (`PIN`, `rows.0.PIN`, `head.key`), those of a body begin with `body.`.
 */
const secrets = z.record(z.string(), z.string()).optional();

/** Why this process may send, or may only ask: written once per link and start. */
const start = z.strictObject({
  ...base,
  kind: z.literal('start'),
  epoch: z.number().int(),
  redisRun: z.string(),
  durability: z.string(),
  spec: z.string(),
  config: z.string(),
  /** name of the process run, and identity of the journal it holds */
  run: z.string().optional(),
  journal: z.string().optional(),
  /** no damage was found: what has no record was never written */
  intact: z.boolean().optional(),
  /** how we came to hold the directory: nobody held it, its owner died while we waited, was killed by us, was declared dead */
  after: z.enum(['alone', 'waited', 'killed', 'fenced']).optional(),
  /** found by this start and known to none before it: the link only asks. `since`: Redis TIME, ms */
  asks: z
    .strictObject({ since: z.number().int().nonnegative(), missing: z.array(missing).min(1) })
    .optional(),
});
/** Appended and synced before the one `write`. Holds all that is needed to rebuild the intent. */
const send = z.strictObject({
  ...base,
  kind: z.literal('send'),
  id: z.string(),
  attempt: z.number().int().positive(),
  epoch: z.number().int(),
  serial: z.string().optional(),
  transaction: z.string(),
  /** host:port of the front end: a negative counts only if asked there */
  peer: z.string(),
  spec: z.string(),
  request: bytes,
  intent,
  secrets,
  /** its number at a bank that counts our orders; the request carries it */
  sequence: z.strictObject({ day: z.string(), number: z.number().int().positive() }).optional(),
});
/** The claim of this attempt came too late or lost its connection after the sync: no byte was written. */
const notWritten = z.strictObject({
  ...base,
  kind: z.literal('not-written'),
  id: z.string(),
  attempt: z.number().int().positive(),
  why: z.string(),
});
/**
 * Sequence numbers of a business day that may be used up to here: appended before a number of them is
 * written, so that a start continues behind all of them, whatever Redis says (R24).
 */
const sequence = z.strictObject({
  ...base,
  kind: z.literal('sequence'),
  /** the bank's business day, yyyymmdd */
  day: z.string(),
  upTo: z.number().int().positive(),
});
/** Bytes of the bank that are evidence about one instruction. */
const answer = z.strictObject({
  ...base,
  kind: z.literal('answer'),
  id: z.string(),
  attempt: z.number().int().positive(),
  about: z.enum(['direct', 'late', 'inquiry', 'completion']),
  transaction: z.string(),
  peer: z.string(),
  spec: z.string(),
  body: bytes,
  secrets,
});
/** A final as it is published (without its version), appended before it is published. */
const outcome = z.strictObject({
  ...base,
  kind: z.literal('outcome'),
  id: z.string(),
  source: z.string(),
  digest: z.string(),
  version: z.number().int().positive(),
  message: z.record(z.string(), z.unknown()),
  member: memberChange.optional(),
  freeze: freeze.optional(),
});
/** A notice as it is published, appended before it is published. */
const notice = z.strictObject({
  ...base,
  kind: z.literal('notice'),
  id: z.string(),
  source: z.string(),
  account: z.string(),
  day: z.string(),
  key: z.string(),
  digest: z.string(),
  message: z.record(z.string(), z.unknown()),
});

/** What the bank sent by itself, appended before it is acknowledged. `key` names it for ever. */
const push = z.strictObject({
  ...base,
  kind: z.literal('push'),
  key: z.string(),
  digest: z.string(),
  /** address it came from */
  peer: z.string(),
  spec: z.string(),
  packet: bytes,
  secrets,
});
/** The switch of the link was turned, or its owner declared dead: noticed by the process that appends it. */
const operator = z.strictObject({
  ...base,
  kind: z.literal('operator'),
  what: z.enum([...SWITCH_STATES, 'fence']),
  /** of all links of the process, or of this one alone */
  of: z.enum(['process', 'link']),
  who: z.string(),
  why: z.string(),
});
/** What we answer to a question of the bank, appended before a byte of a yes may leave. */
const pushAnswer = z.strictObject({
  ...base,
  kind: z.literal('push-answer'),
  key: z.string(),
  says: z.enum(['yes', 'no']),
  /** id of the instruction with the ledger's answer */
  by: z.string(),
  reply: z.record(z.string(), z.string()),
});

/** What one person proposes; only another one's approval makes it count. */
const proposal = z.strictObject({ ...base, kind: z.literal('proposal'), ...proposing });
/** The decision of two people, appended before it is carried out. */
const approval = z.strictObject({ ...base, kind: z.literal('approval'), ...approving });
const withdrawal = z.strictObject({ ...base, kind: z.literal('withdrawal'), ...withdrawing });
/**
 * The seal of a day was told to everybody it is told to: appended behind the telling, because what is told
 * stands in the seal itself. Of no link: `link` is empty.
 */
const seal = z.strictObject({
  ...base,
  kind: z.literal('seal'),
  day: z.string(),
  number: z.number().int().positive(),
  /** SHA-256 of the seal, 64 hex */
  hash: z.string(),
  /** sources it was told to */
  told: z.array(z.string()),
});

/** Evidence that disagrees with a final, as it is published, appended before it is published. Two people close it. */
const contradiction = z.strictObject({
  ...base,
  kind: z.literal('contradiction'),
  id: z.string(),
  source: z.string(),
  version: z.number().int().positive(),
  message: z.record(z.string(), z.unknown()),
});
/** Bytes of the bank that belong to nothing we asked. Two people close it. */
const unclaimed = z.strictObject({
  ...base,
  kind: z.literal('unclaimed'),
  event: z.string(),
  peer: z.string(),
  /** how many there were; `packet` may be cut, `digest` is of all */
  bytes: z.number().int().nonnegative(),
  digest: z.string(),
  packet: bytes,
  secrets,
});
/**
 * All of another journal that is of this link is in this one now, up to its record `records`; appended when the last
 * of them is synced. `missing`: what was missing there.
 */
const imported = z.strictObject({
  ...base,
  kind: z.literal('import'),
  journal: z.string(),
  records: z.number().int().nonnegative(),
  missing: z.array(adopted),
});

/** What is configured of a link, where it differs from what the journal has last seen: found at a start. */
const change = z.strictObject({
  ...base,
  kind: z.literal('change'),
  what: watched,
  /** digest of what it was; absent: the first time */
  before: z.string().optional(),
  digest: z.string(),
  /** where they are harmless */
  values: z.record(z.string(), z.unknown()).optional(),
  /** the link talks to nobody until two people have accepted it */
  needsApproval: z.boolean(),
  /** of `oversight`: changes after it need approval */
  strict: z.boolean().optional(),
});

export const journalRecord = z.discriminatedUnion('kind', [
  start,
  send,
  notWritten,
  sequence,
  answer,
  outcome,
  notice,
  push,
  pushAnswer,
  proposal,
  approval,
  withdrawal,
  contradiction,
  unclaimed,
  imported,
  operator,
  change,
  seal,
]);
export type JournalRecord = z.infer<typeof journalRecord>;
type WithoutNumber<T> = T extends unknown ? Omit<T, 'n' | 'at'> : never;
/** A record as a caller gives it: the journal adds number and time. */
export type NewRecord = WithoutNumber<JournalRecord>;
/** One that has happened before: it keeps its time. */
export type OldRecord = NewRecord & { readonly at: string };
export type RecordOf<K extends JournalRecord['kind']> = Extract<JournalRecord, { kind: K }>;
