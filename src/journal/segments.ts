/**
 * The files of a journal: their names, and what each holds. Reads whole segments one at a time; says
 * what is damaged and where, and leaves it to the caller what that means. Writes nothing.
 *
 *   <directory>/identity                          which journal this is, 32 hex and LF
 *   <directory>/keys                              if it is encrypted (see keys.ts)
 *   <directory>/hash-key                          under which secrets stand in records (see hash-key.ts)
 *   <directory>/journal-000001-20260302.jsonl     full or of a day that is over: never written again
 *   <directory>/journal-000002-20260303.jsonl     the open one: the highest number
 *   <directory>/journal-000002-20260303.cut-4711  whole lines cut from byte 4711 on (see recovery.ts)
 *
 * A segment has records of one business day, in the zone of the journal.
 */
import { join } from 'node:path';
import type { Bodies } from './bodies.ts';
import type { Continuity } from './continuity.ts';
import type { Disk } from './disk.ts';
import { type Entry, parseEntry } from './entry.ts';
import { linesOf } from './line.ts';

const SEGMENT = /^journal-(\d{6,9})-(\d{8})\.jsonl$/;
const CUT = /^journal-\d{6,9}-(\d{8})\.cut-\d+$/;

export interface Segment {
  /** 1, 2, 3 … through all days */
  readonly number: number;
  /** yyyymmdd; never before that of the segment in front of it */
  readonly day: string;
}

const stem = ({ number, day }: Segment): string =>
  `journal-${String(number).padStart(6, '0')}-${day}`;
export const segmentName = (segment: Segment): string => `${stem(segment)}.jsonl`;
export const cutName = (segment: Segment, offset: number): string =>
  `${stem(segment)}.cut-${offset}`;
export const segmentPath = (directory: string, segment: Segment): string =>
  join(directory, segmentName(segment));

export function segmentOf(name: string): Segment | undefined {
  const [, number, day] = SEGMENT.exec(name) ?? [];
  return number === undefined || day === undefined ? undefined : { number: Number(number), day };
}

export interface Files {
  readonly segments: Segment[];
  readonly cuts: string[];
}

export async function listFiles(disk: Disk, directory: string): Promise<Files> {
  const names = await disk.list(directory);
  return {
    segments: names.flatMap((name) => segmentOf(name) ?? []).sort((a, b) => a.number - b.number),
    cuts: names.filter((name) => CUT.test(name)).sort(),
  };
}

export const DAMAGE_KINDS = [
  /** torn or rotten bytes */
  'checksum',
  /** the bytes are as written, but no record this version knows, or not closed with this key */
  'content',
  // a line that does not continue the one before (see Break)
  'repeated',
  'missing',
  'chain',
  /** a file of a sealed day that is not as it was sealed, or not there */
  'digest',
  'gone',
] as const;
export type DamageKind = (typeof DAMAGE_KINDS)[number];

export interface Damage {
  /** name of the file */
  readonly segment: string;
  /** 1, 2, 3 …; 0: all of the file */
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

/** Goes through the lines of one segment and hands every sound entry to `take`, in order. */
export function scanSegment(
  content: Buffer,
  segment: Segment,
  bodies: Bodies,
  continuity: Continuity,
  take: Take,
): SegmentFound {
  const name = segmentName(segment);
  const damage: Damage[] = [];
  let [line, goodBytes, whole, torn] = [0, 0, 0, false];
  for (const { offset, length, ended, sound } of linesOf(content)) {
    line += 1;
    const json = sound === undefined ? undefined : bodies.open(segment.day, sound.body);
    const entry = json === undefined ? undefined : parseEntry(json);
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
