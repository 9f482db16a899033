/**
 * What a start needs to know of a sealed day without reading its records: where each lies, and what the index
 * in memory must be told of it. Also of older days what still matters (`carried`), so that a start may begin
 * with any day. Data in, bytes out, and back.
 *
 *   {"v":1,"parts":[a,b,c]} LF      lengths of what follows, each compressed, and encrypted if the journal is
 *   a   JSON of `Places` without positions: segments and their blocks
 *   b   for every number from first to last: segment, offset, length, as 32 bit little-endian; all 0: damaged
 *   c   JSON of `Carried`, LF, then the entry of each record, a line each
 */
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Bodies } from '../bodies.ts';
import { type Entry, entry, parseEntry } from '../entry.ts';
import type { Position } from '../positions.ts';
import { type Block, expanded } from './blocks.ts';
import { indexName } from './seal.ts';

const count = z.number().int().nonnegative();
const head = z.strictObject({ v: z.literal(1), parts: z.array(count).length(3) });
const block = z.strictObject({ from: count, at: count });
const segment = z.strictObject({ number: count, day: z.string(), blocks: z.array(block) });
const places = z.strictObject({ first: count, last: count, segments: z.array(segment) });
const carried = z.strictObject({
  links: z.array(
    z.strictObject({
      link: z.string(),
      watermark: count,
      reserved: z.strictObject({ day: z.string(), upTo: count }).optional(),
    }),
  ),
  entries: z.array(entry),
});

/** Of days before this one: what is not settled, and where each link stands. */
export type Carried = z.infer<typeof carried>;

export interface DayIndex {
  readonly first: number;
  readonly last: number;
  readonly segments: readonly {
    readonly number: number;
    readonly day: string;
    readonly blocks: readonly Block[];
  }[];
  /** of each record from `first` on; undefined: damaged */
  readonly positions: readonly (Position | undefined)[];
  readonly carried: Carried;
  /** JSON of each entry */
  readonly entries: readonly string[];
}

const WORDS = 3;
const LF = 0x0a;

export function encodeIndex(day: string, index: DayIndex, bodies: Bodies): Buffer {
  const { first, last, segments, positions, entries } = index;
  const words = new DataView(new ArrayBuffer(positions.length * WORDS * 4));
  positions.forEach((position, i) => {
    if (position === undefined) return;
    words.setUint32(i * WORDS * 4, position.segment.number, true);
    words.setUint32((i * WORDS + 1) * 4, position.offset, true);
    words.setUint32((i * WORDS + 2) * 4, position.length, true);
  });
  const parts = [
    Buffer.from(JSON.stringify({ first, last, segments })),
    Buffer.from(words.buffer),
    Buffer.from([JSON.stringify(index.carried), ...entries, ''].join('\n')),
  ].map((part, i) => bodies.closeFile(`${indexName(day)} ${i}`, gzipSync(part)));
  const lengths = { v: 1, parts: parts.map((part) => part.length) };
  return Buffer.concat([Buffer.from(`${JSON.stringify(lengths)}\n`), ...parts]);
}

/** One part of an index file; undefined if it is none. */
function partOf(day: string, bytes: Buffer, wanted: 0 | 1 | 2, bodies: Bodies): Buffer | undefined {
  const end = bytes.indexOf(LF);
  if (end === -1) return undefined;
  const read = head.safeParse(jsonOf(bytes.subarray(0, end)));
  if (!read.success) return undefined;
  const { parts } = read.data;
  const from = parts.slice(0, wanted).reduce((sum, length) => sum + length, end + 1);
  const part = bytes.subarray(from, from + (parts[wanted] ?? 0));
  const opened = bodies.openFile(`${indexName(day)} ${wanted}`, part);
  return opened === undefined ? undefined : expanded(opened);
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

export interface Places {
  readonly segments: DayIndex['segments'];
  at(n: number): { number: number; offset: number; length: number } | undefined;
}

export function decodePlaces(day: string, bytes: Buffer, bodies: Bodies): Places | undefined {
  const [one, two] = [partOf(day, bytes, 0, bodies), partOf(day, bytes, 1, bodies)];
  const read = places.safeParse(one && jsonOf(one));
  if (!read.success || two === undefined) return undefined;
  const { first, segments } = read.data;
  return {
    segments,
    at: (n) => {
      const from = (n - first) * WORDS * 4;
      if (from < 0 || from + WORDS * 4 > two.length) return undefined;
      const length = two.readUInt32LE(from + 8);
      if (length === 0) return undefined;
      return { number: two.readUInt32LE(from), offset: two.readUInt32LE(from + 4), length };
    },
  };
}

/** The entries of the day, in order, and what it carries. Undefined: no such index. */
export function decodeEntries(
  day: string,
  bytes: Buffer,
  bodies: Bodies,
): { carried: Carried; entries: Entry[] } | undefined {
  const part = partOf(day, bytes, 2, bodies);
  const end = part?.indexOf(LF) ?? -1;
  if (part === undefined || end === -1) return undefined;
  const read = carried.safeParse(jsonOf(part.subarray(0, end)));
  if (!read.success) return undefined;
  const entries: Entry[] = [];
  for (let from = end + 1; from < part.length; ) {
    const to = part.indexOf(LF, from);
    const found = parseEntry(part.toString('utf8', from, to));
    if (found === undefined) return undefined;
    entries.push(found);
    from = to + 1;
  }
  return { carried: read.data, entries };
}
