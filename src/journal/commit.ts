/**
 * Group commit on the open segment. Lines in; a promise out that resolves when they are synced.
 *
 *   append ─▶ waiting ─▶ [ roll? ─▶ write ─▶ fdatasync ] ─▶ resolve, in order
 *                │  whatever comes meanwhile waits and goes in the next write; a segment is full, or its day is over: roll
 *
 * A failed write or fdatasync is never retried: the kernel may have dropped the dirty page and would
 * report success the next time (R5). The file is cut back to the last synced record if it can be, every
 * waiting and later append is refused, and the process is told once to end. Never reads.
 */
import { YinqiError } from '../errors.ts';
import { type Disk, type DiskFile, errno } from './disk.ts';
import type { Positions } from './positions.ts';
import { type Segment, segmentName, segmentPath } from './segments.ts';

export interface NumberedLine {
  readonly n: number;
  /** business day it was closed for: it lies in a segment of this day */
  readonly day: string;
  readonly bytes: Buffer;
}

interface Waiting {
  readonly lines: readonly NumberedLine[];
  /** behind the lines, where this day is later than theirs */
  readonly turnTo?: string;
  readonly resolve: () => void;
  readonly reject: (error: YinqiError) => void;
}

export interface CommitOptions {
  readonly directory: string;
  readonly disk: Disk;
  readonly positions: Positions;
  readonly segmentBytesMax: number;
  readonly onFatal: (error: YinqiError) => void;
}

export class Commit {
  readonly #options: CommitOptions;
  #segment: Segment;
  #file: DiskFile;
  /** all synced: where the next write goes */
  #bytes: number;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #refusal: YinqiError | undefined;

  constructor(options: CommitOptions, segment: Segment, file: DiskFile, bytes: number) {
    this.#options = options;
    this.#segment = segment;
    this.#file = file;
    this.#bytes = bytes;
  }

  /** Why nothing can be appended any more, if so. */
  get refusal(): YinqiError | undefined {
    return this.#refusal;
  }

  /** Of the open segment. */
  get day(): string {
    return this.#segment.day;
  }

  append(lines: readonly NumberedLine[]): Promise<void> {
    return this.#wait({ lines });
  }

  /** Begins a segment of this day, if the open one is of a day before and has records. */
  turn(day: string): Promise<void> {
    return this.#wait({ lines: [], turnTo: day });
  }

  #wait(what: Pick<Waiting, 'lines' | 'turnTo'>): Promise<void> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...what, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves, whatever became of them, when all appends made so far are decided; not when all is idle. */
  async settled(): Promise<void> {
    await this.append([]).catch(() => undefined);
  }

  /** What was appended before is still committed. */
  async close(): Promise<void> {
    this.#refusal ??= new YinqiError('JOURNAL_WRITE', { detail: 'closed' });
    await this.#running;
    await this.#file.close();
  }

  async #run(): Promise<void> {
    // one turn of the microtask queue: appends of the same tick share the first write too
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#commit(batch);
      } catch (error) {
        await this.#fail(error, batch);
        break;
      }
      for (const { resolve } of batch) resolve();
    }
    this.#running = undefined;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const lines = batch.flatMap((waiting) => waiting.lines);
    for (let from = 0; from < lines.length; ) {
      const day = lines[from]?.day ?? '';
      const other = lines.findIndex((line, i) => i > from && line.day !== day);
      const end = other === -1 ? lines.length : other;
      await this.#write(day, lines.slice(from, end));
      from = end;
    }
    for (const { turnTo = '' } of batch) {
      if (turnTo > this.#segment.day && this.#bytes > 0) await this.#roll(turnTo);
    }
  }

  async #write(day: string, lines: readonly NumberedLine[]): Promise<void> {
    const { positions, segmentBytesMax } = this.#options;
    if (this.#bytes >= segmentBytesMax || day > this.#segment.day) await this.#roll(day);
    const bytes = Buffer.concat(lines.map((line) => line.bytes));
    const written = await this.#file.write(bytes, this.#bytes);
    if (written !== bytes.length) {
      const detail = `short write, ${written} of ${bytes.length} bytes`;
      throw new YinqiError('JOURNAL_WRITE', { path: segmentName(this.#segment), detail });
    }
    await this.#file.datasync();
    for (const line of lines) {
      const { length } = line.bytes;
      positions.set(line.n, { segment: this.#segment, offset: this.#bytes, length });
      this.#bytes += length;
    }
  }

  /**
   * Everything in the full segment is synced: nothing of it is ever torn by a crash. The directory is
   * synced before the first record of the new one is written: a record never outlives its file's name.
   */
  async #roll(day: string): Promise<void> {
    const { directory, disk } = this.#options;
    const segment = { number: this.#segment.number + 1, day };
    const next = await disk.create(segmentPath(directory, segment));
    const full = this.#file;
    this.#file = next;
    this.#segment = segment;
    this.#bytes = 0;
    await full.close();
    await disk.syncDirectory(directory);
  }

  async #fail(cause: unknown, batch: readonly Waiting[]): Promise<void> {
    const path = segmentName(this.#segment);
    const error =
      cause instanceof YinqiError
        ? cause
        : new YinqiError('JOURNAL_WRITE', { path, detail: errno(cause), cause });
    this.#refusal = error;
    try {
      await this.#file.truncate(this.#bytes);
    } catch {
      // the next opening cuts the torn tail
    }
    const refused = [...batch, ...this.#waiting];
    this.#waiting = [];
    for (const { reject } of refused) reject(error);
    this.#options.onFatal(error);
  }
}
