/**
 * The files of a journal: their names, and what each holds. Reads whole segments one at a time; says
 * what is damaged and where, and leaves it to the caller what that means. Writes nothing.
 *
 *   <directory>/identity                 which journal this is, 32 hex and LF
 *   <directory>/journal-000001.jsonl     full, never written again
 *   <directory>/journal-000002.jsonl     the open one: the highest number
 *   <directory>/journal-000002.cut-4711  whole lines cut from byte 4711 on (see recovery.ts)
 */
import { join } from 'node:path';
import type { Break, Continuity } from './continuity.ts';
import type { Disk } from './disk.ts';
import { type Entry, parseEntry } from './entry.ts';
import { linesOf } from './line.ts';

const SEGMENT = /^journal-(\d{6,9})\.jsonl$/;
const CUT = /^journal-\d{6,9}\.cut-\d+$/;

export const segmentName = (segment: number): string =>
  `journal-${String(segment).padStart(6, '0')}.jsonl`;
export const cutName = (segment: number, offset: number): string =>
  `journal-${String(segment).padStart(6, '0')}.cut-${offset}`;
export const segmentPath = (directory: string, segment: number): string =>
  join(directory, segmentName(segment));

export interface Files {
  readonly segments: number[];
  readonly cuts: string[];
}

export async function listFiles(disk: Disk, directory: string): Promise<Files> {
  const names = await disk.list(directory);
  const segments = names.flatMap((name) => {
    const match = SEGMENT.exec(name);
    return match?.[1] === undefined ? [] : [Number(match[1])];
  });
  return {
    segments: segments.sort((a, b) => a - b),
    cuts: names.filter((name) => CUT.test(name)).sort(),
  };
}

export type DamageKind =
  /** torn or rotten bytes */
  | 'checksum'
  /** the bytes are as written, but no record this version knows */
  | 'content'
  | Break;

export interface Damage {
  readonly segment: string;
  /** 1, 2, 3 … */
  readonly line: number;
  readonly why: DamageKind;
}

export interface SegmentFound {
  /** bytes up to the end of the last readable line */
  readonly goodBytes: number;
  readonly bytes: number;
  readonly damage: readonly Damage[];
  /** unreadable lines behind the last readable one, with and without their LF */
  readonly tail: { readonly whole: number; readonly torn: boolean };
}

export type Take = (entry: Entry, offset: number, length: number) => void;

/** Reads one segment and hands every sound entry to `take`, in order. */
export async function scanSegment(
  disk: Disk,
  directory: string,
  segment: number,
  continuity: Continuity,
  take: Take,
): Promise<SegmentFound> {
  const content = await disk.read(segmentPath(directory, segment));
  const name = segmentName(segment);
  const damage: Damage[] = [];
  let [line, goodBytes, whole, torn] = [0, 0, 0, false];
  for (const { offset, length, ended, sound } of linesOf(content)) {
    line += 1;
    const entry = sound === undefined ? undefined : parseEntry(sound.body.toString('utf8'));
    if (sound === undefined || entry === undefined) {
      damage.push({ segment: name, line, why: sound === undefined ? 'checksum' : 'content' });
      if (sound === undefined) [whole, torn] = ended ? [whole + 1, false] : [whole, true];
      else [goodBytes, whole] = [offset + length, 0];
      continuity.lost();
      continue;
    }
    const why = continuity.take(entry.n, sound);
    if (why !== undefined) damage.push({ segment: name, line, why });
    if (why !== 'repeated') take(entry, offset, length);
    [goodBytes, whole] = [offset + length, 0];
  }
  return { goodBytes, bytes: content.length, damage, tail: { whole, torn } };
}
