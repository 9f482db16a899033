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
 *   older segments                          reported; the damaged lines are not indexed. Also their
 *                                             tails: a segment is left only when all of it is synced, so
 *                                             no crash tears it, also where the open one is still empty
 */
import { join } from 'node:path';
import { YinqiError } from '../errors.ts';
import { Continuity } from './continuity.ts';
import { type Disk, writeWhole } from './disk.ts';
import type { Entry } from './entry.ts';
import { KnownIndex } from './known.ts';
import { chainStart } from './line.ts';
import { Positions } from './positions.ts';
import {
  cutName,
  type Damage,
  listFiles,
  type SegmentFound,
  scanSegment,
  segmentName,
  segmentPath,
} from './segments.ts';

export interface OpenReport {
  readonly segments: number;
  readonly records: number;
  /** what this opening cut off the open segment, or, on a look, would have */
  readonly cut: { segment: string; bytes: number; wholeLines: number } | undefined;
  readonly damaged: readonly Damage[];
  /** files with whole lines that earlier openings or this one cut off */
  readonly cutFiles: readonly string[];
  /** Only then is the absence of a send record proof that nothing was sent (R5). */
  readonly intact: boolean;
}

export interface Recovered {
  readonly index: KnownIndex;
  readonly positions: Positions;
  readonly continuity: Continuity;
  /** the open segment: 0 if there is none yet */
  readonly segment: number;
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
  segment: number,
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

/** A segment that is not there at all shows as records missing; an empty one that should not be, too. */
export async function recover(
  disk: Disk,
  directory: string,
  identity: string,
  mode: Mode,
): Promise<Recovered> {
  const files = await listFiles(disk, directory);
  const [index, positions] = [new KnownIndex(), new Positions()];
  const continuity = new Continuity(0, chainStart(identity));
  const damaged: Damage[] = [];
  const cutFiles = [...files.cuts];
  let records = 0;
  let bytes = 0;
  let cut: OpenReport['cut'];
  const last = files.segments.at(-1) ?? 0;
  for (const segment of files.segments) {
    const take = (entry: Entry, offset: number, length: number): void => {
      index.add(entry);
      positions.set(entry.n, { segment, offset, length });
      records += 1;
    };
    const found = await scanSegment(disk, directory, segment, continuity, take);
    if (segment < last) {
      damaged.push(...found.damage);
      continue;
    }
    damaged.push(...judgeOpenSegment(found, mode));
    continuity.cut(tailLines(found));
    if (found.goodBytes < found.bytes) {
      const bytesCut = found.bytes - found.goodBytes;
      cut = { segment: segmentName(segment), bytes: bytesCut, wholeLines: found.tail.whole };
    }
    bytes = found.goodBytes;
    if (mode === 'repair') {
      const kept = await repairTail(disk, directory, segment, found);
      if (kept !== undefined && !cutFiles.includes(kept)) cutFiles.push(kept);
    }
  }
  const intact = damaged.length === 0 && cutFiles.length === 0 && (cut?.wholeLines ?? 0) === 0;
  const report = { segments: files.segments.length, records, cut, damaged, cutFiles, intact };
  return { index, positions, continuity, segment: last, bytes, report };
}
