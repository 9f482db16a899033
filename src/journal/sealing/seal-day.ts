/**
 * Seals one business day that is over. Made to be run beside the owner of the journal, in a process of its
 * own: it reads what is never written again and writes new files only; the owner removes the plain segments
 * when it has seen the seal.
 *
 *   each segment: draft ▶ sync ▶ name ▶ sync directory    then the index so, then the seal so
 *
 * Killed between any two steps it leaves drafts, and files without a seal: the next run makes the same bytes
 * again, and its names replace them. A run that was left behind by its owner does no harm for the same reason.
 */
import { join } from 'node:path';
import { YinqiError } from '../../errors.ts';
import { Continuity } from '../continuity.ts';
import { makeDirectory, writeWhole } from '../disk.ts';
import type { Entry } from '../entry.ts';
import { KnownIndex } from '../known.ts';
import { chainStart } from '../line.ts';
import type { Position } from '../positions.ts';
import { type Damage, listFiles, type Segment, scanSegment, segmentPath } from '../segments.ts';
import { compressed } from './blocks.ts';
import { type Carried, type DayIndex, encodeIndex } from './day-index.ts';
import { readSeals, remember } from './remembering.ts';
import {
  archiveName,
  digest,
  indexName,
  type Seal,
  type SealContent,
  sealBytes,
  sealedDirectory,
  sealName,
} from './seal.ts';
import type { Ground } from './shelf.ts';

/** Where the lines of the first unsealed day continue. */
export const continuityBehind = (seal: Seal | undefined, identity: string): Continuity =>
  seal === undefined
    ? new Continuity(0, chainStart(identity))
    : new Continuity(seal.last, seal.chain);

/** What of all days so far still matters, and where the links stand: the days behind begin there. */
async function carriedBehind(ground: Ground, seals: readonly Seal[]): Promise<Carried> {
  const index = new KnownIndex();
  const entries: Entry[] = [];
  const add = (entry: Entry): void => {
    index.add(entry);
    entries.push(entry);
  };
  await remember(ground, seals, 0, { add, resume: (link) => index.resume(link) });
  return { links: index.standing(), entries: entries.filter((one) => index.isCarried(one)) };
}

/** Does nothing where there is nothing to seal, or the day is sealed already. `mark` tells drafts of runs apart. */
export async function sealDay(ground: Ground, day: string, mark: string): Promise<void> {
  const { disk, directory, identity, bodies } = ground;
  const { lost, seals } = await readSeals(ground);
  const previous = seals.at(-1);
  if (lost) throw new YinqiError('JOURNAL_DAMAGED', { detail: 'the last seal' });
  if (previous !== undefined && previous.day >= day) return;
  const continuity = continuityBehind(previous, identity);
  const first = continuity.next;
  const [entries, damaged]: [string[], Damage[]] = [[], []];
  const positions: (Position | undefined)[] = [];
  const segments: DayIndex['segments'][number][] = [];
  const files: SealContent['files'] = [];
  const keep = async (name: string, bytes: Buffer): Promise<void> => {
    const folder = sealedDirectory(directory);
    await writeWhole(disk, folder, join(folder, name), bytes, mark);
    files.push({ name, bytes: bytes.length, sha256: digest(bytes) });
  };
  const archive = async (segment: Segment, content: Buffer): Promise<void> => {
    const found = scanSegment(content, segment, bodies, continuity, (entry, offset, length) => {
      positions[entry.n - first] = { segment, offset, length };
      entries.push(JSON.stringify(entry));
    });
    damaged.push(...found.damage);
    const { blocks, bytes } = compressed(content);
    segments.push({ ...segment, blocks });
    await keep(archiveName(segment), bytes);
  };
  const ofDay = (await listFiles(disk, directory)).segments.filter((one) => one.day === day);
  await makeDirectory(disk, sealedDirectory(directory));
  for (const segment of ofDay) {
    const content = await disk.read(segmentPath(directory, segment));
    if (content.length > 0) await archive(segment, content);
  }
  if (segments.length === 0) return;
  const last = continuity.next - 1;
  const carried = await carriedBehind(ground, seals);
  const all = Array.from({ length: last - first + 1 }, (_, i) => positions[i]);
  const index = { first, last, segments, positions: all, carried, entries };
  await keep(indexName(day), encodeIndex(day, index, bodies));
  const seal = sealBytes({
    v: 1,
    number: (previous?.number ?? 0) + 1,
    day,
    journal: identity,
    first,
    last,
    records: entries.length,
    chain: continuity.chain,
    files,
    damaged,
    previous: previous?.hash ?? null,
  });
  await keep(sealName(day), seal);
}
