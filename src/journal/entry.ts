/**
 * What the index needs to know of a record. Reading a long journal at start parses only this; the whole
 * record is judged by its strict schema when it is read for use (read.ts).
 */
import { z } from 'zod';
import { action, watched } from '../people/shapes.ts';
import { SWITCH_STATES } from './hold-file.ts';
import { adopted, missing } from './missing.ts';
import type { JournalRecord } from './records.ts';

const number = z.number().int().nonnegative();
const from = z.object({ journal: z.string(), n: number }).optional();
const base = { n: number.positive(), link: z.string(), watermark: number, from };
const at = z.string();
/** what an approval closes */
const close = { action, subject: z.string() };
const about = { ...base, id: z.string() };

export const entry = z.discriminatedUnion('kind', [
  z.object({
    ...base,
    kind: z.literal('start'),
    asks: z.object({ since: number, missing: z.array(missing) }).optional(),
  }),
  z.object({
    ...about,
    kind: z.literal('send'),
    attempt: number,
    serial: z.string().optional(),
    transaction: z.string(),
    intent: z.object({ digest: z.string() }),
  }),
  z.object({ ...about, kind: z.literal('not-written'), attempt: number }),
  z.object({ ...base, kind: z.literal('sequence'), day: z.string(), upTo: number }),
  z.object({ ...about, kind: z.literal('answer') }),
  z.object({
    ...about,
    kind: z.literal('outcome'),
    digest: z.string(),
    version: number,
    /** it left a member or a freeze behind, which later orders rest on */
    keeps: z.literal(true).optional(),
  }),
  z.object({ ...about, kind: z.literal('notice') }),
  z.object({ ...base, kind: z.literal('push'), key: z.string(), digest: z.string() }),
  z.object({ ...base, kind: z.literal('push-answer'), key: z.string() }),
  z.object({ ...base, kind: z.literal('proposal'), id: z.string().optional() }),
  z.object({ ...base, kind: z.literal('approval'), id: z.string().optional(), ...close }),
  z.object({ ...base, kind: z.literal('withdrawal') }),
  z.object({ ...about, kind: z.literal('contradiction'), at, version: number }),
  z.object({ ...base, kind: z.literal('unclaimed'), at }),
  z.object({
    ...base,
    kind: z.literal('import'),
    journal: z.string(),
    records: number,
    missing: z.array(adopted),
  }),
  z.object({
    ...base,
    kind: z.literal('operator'),
    what: z.enum([...SWITCH_STATES, 'fence']),
    of: z.enum(['process', 'link']),
  }),
  z.object({
    ...base,
    kind: z.literal('change'),
    at,
    what: watched,
    digest: z.string(),
    needsApproval: z.boolean(),
    strict: z.boolean().optional(),
  }),
  z.object({ ...base, kind: z.literal('seal'), number }),
]);

/** Every journal record is one; a compile error here means records.ts grew a kind the index ignores. */
export type Entry = z.infer<typeof entry>;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
export const everyKindIsIndexed: Same<Entry['kind'], JournalRecord['kind']> = true;

const keepsSomething = (record: unknown): boolean =>
  typeof record === 'object' && record !== null && ('member' in record || 'freeze' in record);

export function parseEntry(json: string): Entry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const parsed = entry.safeParse(value);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  return data.kind === 'outcome' && keepsSomething(value) ? { ...data, keeps: true } : data;
}
