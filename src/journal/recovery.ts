/**
 * Reads a journal directory at start: what is there, what is damaged, where the next record goes. With
 * `repair` it cuts a torn tail off the open segment; without (a look by another process) it only skips it.
 *
 * Which damage means what:
 *   end of the open segment, LF missing     a write that was never synced: cut, nothing is lost
 *   end of the open segment, whole lines    cut too, but the bytes are kept in a `.cut-` file: after a
 *                                             loss of power they were never synced, but rot of a synced
 *                                             line looks the same, so the journal is not `intact` while
 *                                             that file is there
 *   elsewhere in the open segment           refused (JOURNAL_DAMAGED); on a look it is reported
 *   older segments, sealed days             reported; the damaged lines are not indexed. Also their
 *                                             tails: a segment is left only when all of it is synced, so
 *                                             no crash tears it, also where the open one is still empty
 */
import { join } from 'node:path';
import { YinqiError } from '../errors.ts';
import type { Continuity } from './continuity.ts';
import { type Disk, writeWhole } from './disk.ts';
import { KnownIndex } from './known.ts';
import { Positions } from './positions.ts';
import { filesBroken, readSeals, remember } from './sealing/remembering.ts';
import { continuityBehind } from './sealing/seal-day.ts';
import { type Ground, Shelf } from './sealing/shelf.ts';
import {
  cutName,
  type Damage,
  listFiles,
  type Segment,
  type SegmentFound,
  scanSegment,
  segmentName,
  segmentPath,
} from './segments.ts';

export interface OpenReport {
  /** those that are not sealed */
  readonly segments: number;
  readonly sealedDays: number;
  /** all that can be read, sealed or not */
  readonly records: number;
  /** what this opening cut off the open segment, or, on a look, would have */
  readonly cut: { segment: string; bytes: number; wholeLines: number } | undefined;
  readonly damaged: readonly Damage[];
  /** files with whole lines that earlier openings or this one cut off */
  readonly cutFiles: readonly string[];
  /** Only then is the absence of a send record proof that nothing was sent (R5). */
  readonly intact: boolean;
  /** the latest business day of which records may be missing; undefined: none (`absenceProves`) */
  readonly suspectDay: string | undefined;
}

export interface Recovered {
  readonly index: KnownIndex;
  readonly positions: Positions;
  readonly shelf: Shelf;
  readonly continuity: Continuity;
  /** the open one, if there is one yet */
  readonly segment: Segment | undefined;
  readonly bytes: number;
  readonly report: OpenReport;
}

type Mode = 'repair' | 'look';

/**
 * Durable before the segment is cut: the bytes are always in one of the two. Behind what an earlier opening
 * cut at the same place.
 */
async function keepCut(disk: Disk, directory: string, name: string, bytes: Buffer): Promise<void> {
  const path = join(directory, name);
  const before = (await disk.list(directory)).includes(name)
    ? await disk.read(path)
    : Buffer.alloc(0);
  await writeWhole(disk, directory, path, Buffer.concat([before, bytes]));
}

/** Also syncs: what a killed process left in the page cache is believed below, so it must be durable. */
async function repairTail(
  disk: Disk,
  directory: string,
  segment: Segment,
  found: SegmentFound,
): Promise<string | undefined> {
  const path = segmentPath(directory, segment);
  let kept: string | undefined;
  if (found.tail.whole > 0) {
    kept = cutName(segment, found.goodBytes);
    const content = await disk.read(path);
    await keepCut(disk, directory, kept, content.subarray(found.goodBytes));
  }
  const file = await disk.open(path, 'change');
  try {
    if (found.goodBytes < found.bytes) await file.truncate(found.goodBytes);
    await file.datasync();
  } finally {
    await file.close();
  }
  await disk.syncDirectory(directory);
  return kept;
}

const tailLines = ({ tail }: SegmentFound): number => tail.whole + (tail.torn ? 1 : 0);

/** In the open segment only its tail may be unreadable; that its first line continues nothing is damage of an older one. */
function judgeOpenSegment(found: SegmentFound, mode: Mode): Damage[] {
  const elsewhere = found.damage.slice(0, found.damage.length - tailLines(found));
  if (mode === 'look') return elsewhere;
  const ofOlder = ({ why, line }: Damage): boolean =>
    line === 1 && (why === 'missing' || why === 'chain');
  const fatal = elsewhere.find((one) => !ofOlder(one));
  if (fatal !== undefined) {
    const detail = `line ${fatal.line}, ${fatal.why}`;
    throw new YinqiError('JOURNAL_DAMAGED', { path: fatal.segment, detail });
  }
  return elsewhere;
}

/** The day of a file of the journal, by its name. */
const dayOfFile = (name: string): string => /(?:-|^)(\d{8})\./.exec(name)?.[1] ?? '';

const latest = (names: readonly string[]): string | undefined => names.map(dayOfFile).sort().at(-1);

/**
 * A segment that is not there at all shows as records missing; an empty one that should not be, too. Plain
 * segments of days that are sealed are passed over: a killed process had not removed them yet.
 */
export async function recover(
  ground: Ground,
  rememberDays: number,
  mode: Mode,
): Promise<Recovered> {
  const { bodies, directory, disk, identity } = ground;
  const files = await listFiles(disk, directory);
  const sealed = await readSeals(ground);
  const { seals } = sealed;
  const last = seals.at(-1);
  if (sealed.lost && mode === 'repair') {
    throw new YinqiError('JOURNAL_DAMAGED', { path: 'sealed', detail: 'the last seal' });
  }
  const damaged = [
    ...sealed.damaged,
    ...(last === undefined ? [] : await filesBroken(ground, last)),
  ];
  const index = new KnownIndex();
  await remember(ground, seals, rememberDays, index);
  const continuity = continuityBehind(last, identity);
  const positions = new Positions(continuity.last);
  const isSealed = ({ day }: Segment): boolean => last !== undefined && day <= last.day;
  const segments = files.segments.filter((segment) => !isSealed(segment));
  const cutFiles = [...files.cuts];
  let records = seals.reduce((sum, seal) => sum + seal.records, 0);
  let bytes = 0;
  let cut: OpenReport['cut'];
  const segment = segments.at(-1);
  for (const one of segments) {
    const content = await disk.read(segmentPath(directory, one));
    const found = scanSegment(content, one, bodies, continuity, (entry, offset, length) => {
      index.add(entry);
      positions.set(entry.n, { segment: one, offset, length });
      records += 1;
    });
    if (one !== segment) {
      damaged.push(...found.damage);
      continue;
    }
    damaged.push(...judgeOpenSegment(found, mode));
    continuity.cut(tailLines(found));
    if (found.goodBytes < found.bytes) {
      const bytesCut = found.bytes - found.goodBytes;
      cut = { segment: segmentName(one), bytes: bytesCut, wholeLines: found.tail.whole };
    }
    bytes = found.goodBytes;
    if (mode === 'repair') {
      const kept = await repairTail(disk, directory, one, found);
      if (kept !== undefined && !cutFiles.includes(kept)) cutFiles.push(kept);
    }
  }
  const suspect = [...damaged.map((one) => one.segment), ...cutFiles];
  if (cut !== undefined && cut.wholeLines > 0) suspect.push(cut.segment);
  const report: OpenReport = {
    segments: segments.length,
    sealedDays: seals.length,
    records,
    cut,
    damaged,
    cutFiles,
    intact: suspect.length === 0,
    suspectDay: latest(suspect),
  };
  const shelf = new Shelf(ground, seals);
  return { index, positions, shelf, continuity, segment, bytes, report };
}
