/**
 * Reads records back by number. Every record is checked again: its checksum, the strict schema, and that
 * it is the number asked for. Synced records only.
 */
import { YinqiError } from '../errors.ts';
import type { Disk } from './disk.ts';
import type { Index } from './known.ts';
import { decodeLine } from './line.ts';
import type { Positions } from './positions.ts';
import { type JournalRecord, journalRecord } from './records.ts';
import { segmentName, segmentPath } from './segments.ts';

export interface RecordFilter {
  readonly link?: string;
  /**
   * With `link`: only what is about this instruction, found by the index and not by reading all. A notice
   * with this id is among it only if `kinds` asks for notices.
   */
  readonly id?: string;
  readonly kinds?: readonly JournalRecord['kind'][];
  /** from this number on */
  readonly from?: number;
}

function parse(line: Buffer, segment: number, n: number): JournalRecord {
  const damaged = new YinqiError('JOURNAL_DAMAGED', {
    path: segmentName(segment),
    detail: `record ${n}`,
  });
  const sound = decodeLine(line);
  if (sound === undefined) throw damaged;
  let value: unknown;
  try {
    value = JSON.parse(sound.body.toString('utf8'));
  } catch {
    throw damaged;
  }
  const record = journalRecord.safeParse(value);
  if (!record.success || record.data.n !== n) throw damaged;
  return record.data;
}

/** Throws JOURNAL_DAMAGED for a number that has no readable record. */
export async function readRecord(
  disk: Disk,
  directory: string,
  positions: Positions,
  n: number,
): Promise<JournalRecord> {
  const position = positions.get(n);
  if (position === undefined) throw new YinqiError('JOURNAL_DAMAGED', { detail: `record ${n}` });
  const { segment, offset, length } = position;
  const file = await disk.open(segmentPath(directory, segment), 'read');
  try {
    return parse(await file.read(length, offset), segment, n);
  } finally {
    await file.close();
  }
}

const wanted = (record: JournalRecord, filter: RecordFilter): boolean =>
  (filter.link === undefined || record.link === filter.link) &&
  (filter.id === undefined || ('id' in record && record.id === filter.id)) &&
  (filter.kinds === undefined || filter.kinds.includes(record.kind));

/** All readable records up to the last one synced now, rising; one segment is in memory at a time. */
async function* everything(
  disk: Disk,
  directory: string,
  positions: Positions,
  from: number,
): AsyncGenerator<JournalRecord, void, undefined> {
  const { last } = positions;
  let loaded: { segment: number; content: Buffer } = { segment: 0, content: Buffer.alloc(0) };
  for (let n = Math.max(1, from); n <= last; n += 1) {
    const position = positions.get(n);
    if (position === undefined) continue;
    const { segment, offset, length } = position;
    if (loaded.segment !== segment || offset + length > loaded.content.length) {
      loaded = { segment, content: await disk.read(segmentPath(directory, segment)) };
    }
    yield parse(loaded.content.subarray(offset, offset + length), segment, n);
  }
}

export async function* readRecords(
  disk: Disk,
  directory: string,
  positions: Positions,
  index: Index,
  filter: RecordFilter,
): AsyncGenerator<JournalRecord, void, undefined> {
  const { link, id, from = 1 } = filter;
  // notices are not indexed by id
  if (link === undefined || id === undefined || filter.kinds?.includes('notice')) {
    for await (const record of everything(disk, directory, positions, from)) {
      if (wanted(record, filter)) yield record;
    }
    return;
  }
  const known = index.known(link, id);
  if (known === undefined) return;
  const numbers = [...known.sends, ...known.answers, ...known.others].sort((a, b) => a - b);
  for (const n of numbers) {
    if (n < from || positions.get(n) === undefined) continue;
    const record = await readRecord(disk, directory, positions, n);
    if (wanted(record, filter)) yield record;
  }
}
