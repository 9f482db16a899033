/**
 * The seal of one business day: what the day held and what its files must be, chained to the seal before. A
 * small file of JSON; its SHA-256 is what is told outside, so that nobody who owns the disk can change an
 * old day without being found.
 *
 *   <directory>/sealed/journal-000001-20260302.jsonl.gz   the day's segments, compressed (blocks.ts)
 *   <directory>/sealed/20260302.index                     what a start needs to know of the day (day-index.ts)
 *   <directory>/sealed/20260302.seal                      this; only when the others are durable
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { YinqiError } from '../../errors.ts';
import { type Disk, errno } from '../disk.ts';
import { DAMAGE_KINDS, type Segment, segmentName } from '../segments.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();

const shape = z.strictObject({
  v: z.literal(1),
  /** 1, 2, 3 … : a day without records has no seal */
  number: count.positive(),
  /** yyyymmdd in the zone of the journal */
  day: z.string().regex(/^\d{8}$/),
  /** identity of the journal */
  journal: z.string(),
  /** numbers of the day's records, damaged lines included */
  first: count.positive(),
  last: count,
  /** those that could be read */
  records: count,
  /** chain hash of the last line: the next day continues it */
  chain: sha256,
  files: z.array(z.strictObject({ name: z.string(), bytes: count, sha256 })),
  damaged: z.array(z.strictObject({ segment: z.string(), line: count, why: z.enum(DAMAGE_KINDS) })),
  /** hash of the seal before; null: this is the first */
  previous: sha256.nullable(),
});
export type SealContent = z.infer<typeof shape>;

export interface Seal extends SealContent {
  /** SHA-256 of the bytes of its file, 64 hex */
  readonly hash: string;
}

const SEAL = /^(\d{8})\.seal$/;

export const sealedDirectory = (directory: string): string => join(directory, 'sealed');
export const sealName = (day: string): string => `${day}.seal`;
export const indexName = (day: string): string => `${day}.index`;
export const archiveName = (segment: Segment): string => `${segmentName(segment)}.gz`;
export const digest = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

export const sealBytes = (content: SealContent): Buffer =>
  Buffer.from(`${JSON.stringify(content)}\n`, 'utf8');

/** Undefined if these are not the bytes of a seal. */
export function parseSeal(bytes: Buffer): Seal | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  const parsed = shape.safeParse(value);
  return parsed.success ? { ...parsed.data, hash: digest(bytes) } : undefined;
}

/** Names in the directory of what is sealed; none if there is none. */
export async function listSealed(disk: Disk, directory: string): Promise<string[]> {
  try {
    return await disk.list(sealedDirectory(directory));
  } catch (error) {
    if (errno(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Days that have a seal, rising. */
export const sealedDays = (names: readonly string[]): string[] =>
  names.flatMap((name) => SEAL.exec(name)?.[1] ?? []).sort();

/** Throws JOURNAL_DAMAGED if it is no seal of that day and journal. */
export async function readSeal(
  disk: Disk,
  directory: string,
  day: string,
  identity: string,
): Promise<Seal> {
  const seal = parseSeal(await disk.read(join(sealedDirectory(directory), sealName(day))));
  if (seal?.day === day && seal.journal === identity) return seal;
  throw new YinqiError('JOURNAL_DAMAGED', { path: sealName(day), detail: 'no seal of its day' });
}

/** What a killed process was writing. */
export async function removeDrafts(disk: Disk, directory: string): Promise<void> {
  for (const name of await listSealed(disk, directory)) {
    if (name.endsWith('.new')) await disk.remove(join(sealedDirectory(directory), name));
  }
}
