/**
 * The journal of one process: the gate before every write of an order, what an empty Redis is rebuilt
 * from, and what finance keeps. Appends records durably, answers what is known, reads them back.
 *
 * Who opens it must hold the directory first (ownership.ts); anybody may look (`lookIntoJournal`).
 * Never decides what a record means for an instruction.
 */
import { YinqiError } from '../errors.ts';
import { Commit, type NumberedLine } from './commit.ts';
import { type Disk, type DiskFile, errno, makeDirectory, realDisk } from './disk.ts';
import { openHashKey } from './hash-key.ts';
import { freshIdentity, makeIdentity, readIdentity } from './identity.ts';
import type { Index, Known } from './known.ts';
import { encodeLine } from './line.ts';
import { type RecordFilter, readRecord, readRecords } from './read.ts';
import {
  type JournalRecord,
  journalRecord,
  type NewRecord,
  type OldRecord,
  type RecordOf,
} from './records.ts';
import { type OpenReport, type Recovered, recover } from './recovery.ts';
import { segmentPath } from './segments.ts';

export interface JournalOptions {
  readonly now: () => Date;
  /** Called once, when a record could not be written and synced: the process must end. */
  readonly onFatal: (error: YinqiError) => void;
  /** A new segment is begun when the open one has passed this. */
  readonly segmentBytesMax?: number;
  readonly disk?: Disk;
  /** 32 hex, for a journal that is made now */
  readonly freshIdentity?: () => string;
}

const SEGMENT_BYTES_MAX = 64 * 1024 * 1024;

/** What may be done without holding the directory. */
export interface JournalView {
  readonly identity: string;
  readonly openReport: OpenReport;
  readonly index: Index;
  /** Number of the last synced record; 0: none. */
  readonly last: number;
  /** Likewise, as it was found: what this process has appended since says nothing of what it holds. */
  readonly lastAtOpening: number;
  highestWatermark(link: string): number;
  known(link: string, id: string): Known | undefined;
  /** The record, checked again. Waits while it is being synced; rejects if it never was. */
  read(n: number): Promise<JournalRecord>;
  /** The latest send record of an instruction. */
  lastSend(link: string, id: string): Promise<RecordOf<'send'> | undefined>;
  /** Its outcome record. */
  finalOf(link: string, id: string): Promise<RecordOf<'outcome'> | undefined>;
  /** Everything synced so far that fits, in order. Damaged lines are not there. */
  records(filter?: RecordFilter): AsyncGenerator<JournalRecord, void, undefined>;
}

export interface Journal extends JournalView {
  /**
   * Resolves when all of them are synced, in the order the calls were made; rejects with JOURNAL_WRITE,
   * and then nothing can be appended any more. The index counts them from the call on. Rejects with DEFECT,
   * and nothing happened, if one could not be read back: a start would find it to be damage.
   */
  append(records: readonly (NewRecord | OldRecord)[]): Promise<JournalRecord[]>;
  /** What stands in a record for a value that must not; equal for equal values, under this journal's own key. */
  keyedHash(value: string): string;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

class View implements JournalView {
  readonly identity: string;
  readonly openReport: OpenReport;
  readonly index: Index;
  readonly lastAtOpening: number;
  protected readonly disk: Disk;
  protected readonly directory: string;
  protected readonly state: Recovered;

  constructor(disk: Disk, directory: string, identity: string, state: Recovered) {
    this.disk = disk;
    this.directory = directory;
    this.identity = identity;
    this.state = state;
    this.openReport = state.report;
    this.index = state.index;
    this.lastAtOpening = state.positions.last;
  }

  get last(): number {
    return this.state.positions.last;
  }

  highestWatermark(link: string): number {
    return this.index.highestWatermark(link);
  }

  known(link: string, id: string): Known | undefined {
    return this.index.known(link, id);
  }

  read(n: number): Promise<JournalRecord> {
    return readRecord(this.disk, this.directory, this.state.positions, n);
  }

  async lastSend(link: string, id: string): Promise<RecordOf<'send'> | undefined> {
    const n = this.known(link, id)?.sends.at(-1);
    const record = n === undefined ? undefined : await this.read(n);
    return record?.kind === 'send' ? record : undefined;
  }

  async finalOf(link: string, id: string): Promise<RecordOf<'outcome'> | undefined> {
    const n = this.known(link, id)?.final;
    const record = n === undefined ? undefined : await this.read(n);
    return record?.kind === 'outcome' ? record : undefined;
  }

  records(filter: RecordFilter = {}): AsyncGenerator<JournalRecord, void, undefined> {
    return readRecords(this.disk, this.directory, this.state.positions, this.index, filter);
  }
}

function bodyOf(record: JournalRecord): Buffer {
  if (!journalRecord.safeParse(record).success) {
    throw new YinqiError('DEFECT', { path: `journal.${record.kind}`, detail: 'not as its schema' });
  }
  return Buffer.from(JSON.stringify(record), 'utf8');
}

class OpenJournal extends View implements Journal {
  readonly #commit: Commit;
  readonly #now: () => Date;
  readonly keyedHash: (value: string) => string;
  #next: number;
  /** of the last line that was appended */
  #chain: string;

  constructor(
    disk: Disk,
    directory: string,
    identity: string,
    state: Recovered,
    commit: Commit,
    now: () => Date,
    keyedHash: (value: string) => string,
  ) {
    super(disk, directory, identity, state);
    this.#commit = commit;
    this.#now = now;
    this.keyedHash = keyedHash;
    this.#next = state.continuity.next;
    this.#chain = state.continuity.chain;
  }

  async append(records: readonly (NewRecord | OldRecord)[]): Promise<JournalRecord[]> {
    if (this.#commit.refusal !== undefined) throw this.#commit.refusal;
    if (records.length === 0) return [];
    const at = this.#now().toISOString();
    const numbered = records.map(
      (record, i): JournalRecord => ({
        n: this.#next + i,
        at,
        ...record,
      }),
    );
    // all are encoded before the first one counts: one that cannot be leaves no gap
    const bodies = numbered.map(bodyOf);
    const lines = bodies.map((body, i): NumberedLine => {
      const { chain, bytes } = encodeLine(this.#chain, body);
      this.#chain = chain;
      return { n: this.#next + i, bytes };
    });
    this.#next += numbered.length;
    for (const record of numbered) this.state.index.add(record);
    await this.#commit.append(lines);
    return numbered;
  }

  override async read(n: number): Promise<JournalRecord> {
    if (n > this.state.positions.last) await this.#commit.settled();
    return super.read(n);
  }

  close(): Promise<void> {
    return this.#commit.close();
  }
}

async function openSegment(
  directory: string,
  disk: Disk,
  segment: number,
): Promise<{ segment: number; file: DiskFile }> {
  if (segment === 0) return { segment: 1, file: await disk.create(segmentPath(directory, 1)) };
  return { segment, file: await disk.open(segmentPath(directory, segment), 'change') };
}

/** The first segment is there before the identity: an identity alone is what lost segments leave behind. */
async function openFiles(directory: string, options: JournalOptions): Promise<Journal> {
  const { disk = realDisk, segmentBytesMax = SEGMENT_BYTES_MAX, onFatal, now } = options;
  await makeDirectory(disk, directory);
  const found = await readIdentity(disk, directory);
  const { freshIdentity: fresh = freshIdentity } = options;
  const identity = found ?? fresh();
  const state = await recover(disk, directory, identity, 'repair');
  if (found === undefined && state.continuity.next > 1) {
    const detail = 'the journal has records and no identity';
    throw new YinqiError('JOURNAL_DAMAGED', { path: 'identity', detail });
  }
  if (found !== undefined && state.segment === 0) {
    const detail = 'the journal has an identity and no segment';
    throw new YinqiError('JOURNAL_DAMAGED', { path: 'identity', detail });
  }
  const { segment, file } = await openSegment(directory, disk, state.segment);
  try {
    if (segment !== state.segment) await disk.syncDirectory(directory);
    if (found === undefined) await makeIdentity(disk, directory, identity);
    const { positions } = state;
    const commitOptions = { directory, disk, positions, segmentBytesMax, onFatal };
    const commit = new Commit(commitOptions, segment, file, state.bytes);
    const keyedHash = await openHashKey(disk, directory);
    return new OpenJournal(disk, directory, identity, state, commit, now, keyedHash);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Opens the journal for appending, creating it where there is none. Hold the directory first. */
export async function openJournal(directory: string, options: JournalOptions): Promise<Journal> {
  try {
    return await openFiles(directory, options);
  } catch (error) {
    if (error instanceof YinqiError) throw error;
    throw new YinqiError('JOURNAL_WRITE', { detail: errno(error), cause: error });
  }
}

/**
 * Reads a journal as it is now, changing nothing, also while another process appends to it. No damage is
 * refused here: who looks may be looking for it (`openReport`).
 */
export async function lookIntoJournal(directory: string): Promise<JournalView> {
  const identity = await readIdentity(realDisk, directory);
  if (identity === undefined) {
    throw new YinqiError('CONFIG_INVALID', { path: 'journal.directory', detail: 'no journal' });
  }
  const state = await recover(realDisk, directory, identity, 'look');
  return new View(realDisk, directory, identity, state);
}
