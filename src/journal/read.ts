/**
 * Reads records back by number. Every record is checked again: its checksum, the strict schema, and that
 * it is the number asked for. Synced records only, sealed or not.
 */
import { YinqiError } from '../errors.ts';
import type { Bodies } from './bodies.ts';
import { type Disk, errno } from './disk.ts';
import type { Index } from './known.ts';
import { decodeLine } from './line.ts';
import type { Position, Positions } from './positions.ts';
import { type JournalRecord, journalRecord } from './records.ts';
import type { Shelf } from './sealing/shelf.ts';
import { type Segment, segmentName, segmentPath } from './segments.ts';

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

/** A line as it lies on the disk, and the segment it belongs to. */
export interface FoundLine {
  readonly segment: Segment;
  readonly line: Buffer;
}

const damaged = (n: number, segment?: Segment): YinqiError =>
  new YinqiError('JOURNAL_DAMAGED', {
    ...(segment === undefined ? {} : { path: segmentName(segment) }),
    detail: `record ${n}`,
  });

const wanted = (record: JournalRecord, filter: RecordFilter): boolean =>
  (filter.link === undefined || record.link === filter.link) &&
  (filter.id === undefined || ('id' in record && record.id === filter.id)) &&
  (filter.kinds === undefined || filter.kinds.includes(record.kind));

export interface ReaderOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly bodies: Bodies;
  readonly positions: Positions;
  readonly shelf: Shelf;
  readonly index: Index;
}

export class Reader {
  readonly #options: ReaderOptions;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Throws JOURNAL_DAMAGED for a number that has no readable record. */
  async read(n: number): Promise<JournalRecord> {
    const found = await this.#line(n, (position) => this.#part(position));
    if (found === undefined) throw damaged(n);
    return this.#parse(found, n);
  }

  async *records(filter: RecordFilter): AsyncGenerator<JournalRecord, void, undefined> {
    const { link, id, from = 1 } = filter;
    // notices are not indexed by id
    const numbers =
      link === undefined || id === undefined || filter.kinds?.includes('notice')
        ? this.#everything(from)
        : this.#about(link, id, from);
    for await (const record of numbers) if (wanted(record, filter)) yield record;
  }

  async *#about(link: string, id: string, from: number) {
    const known = this.#options.index.known(link, id);
    if (known === undefined) return;
    const numbers = [...known.sends, ...known.answers, ...known.others].sort((a, b) => a - b);
    for (const n of numbers) {
      if (n < from) continue;
      const found = await this.#line(n, (position) => this.#part(position));
      if (found !== undefined) yield this.#parse(found, n);
    }
  }

  /** All readable records up to the last one synced now, rising; one segment is in memory at a time. */
  async *#everything(from: number) {
    const { last } = this.#options.positions;
    let loaded: { number: number; content: Buffer } = { number: 0, content: Buffer.alloc(0) };
    const inSegment = async ({ segment, offset, length }: Position): Promise<Buffer> => {
      if (loaded.number !== segment.number || offset + length > loaded.content.length) {
        const { disk, directory } = this.#options;
        const content = await disk.read(segmentPath(directory, segment));
        loaded = { number: segment.number, content };
      }
      return loaded.content.subarray(offset, offset + length);
    };
    for (let n = Math.max(1, from); n <= last; n += 1) {
      const found = await this.#line(n, inSegment);
      if (found !== undefined) yield this.#parse(found, n);
    }
  }

  /** Undefined where there is none that can be read. */
  async #line(
    n: number,
    bytesAt: (position: Position) => Promise<Buffer>,
  ): Promise<FoundLine | undefined> {
    const { positions, shelf } = this.#options;
    const position = positions.get(n);
    if (position === undefined) return shelf.line(n);
    try {
      return { segment: position.segment, line: await bytesAt(position) };
    } catch (error) {
      // sealed and removed in between
      if (errno(error) === 'ENOENT' && positions.get(n) === undefined) return shelf.line(n);
      throw error;
    }
  }

  async #part({ segment, offset, length }: Position): Promise<Buffer> {
    const { disk, directory } = this.#options;
    const file = await disk.open(segmentPath(directory, segment), 'read');
    try {
      return await file.read(length, offset);
    } finally {
      await file.close();
    }
  }

  #parse({ segment, line }: FoundLine, n: number): JournalRecord {
    const sound = decodeLine(line);
    const json = sound && this.#options.bodies.open(segment.day, sound.body);
    let value: unknown;
    try {
      value = JSON.parse(json ?? '');
    } catch {
      throw damaged(n, segment);
    }
    const record = journalRecord.safeParse(value);
    if (!record.success || record.data.n !== n) throw damaged(n, segment);
    return record.data;
  }
}
