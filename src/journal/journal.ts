/**
 * The journal of one process: the gate before every write of an order, what an empty Redis is rebuilt
 * from, and what finance keeps. Appends records durably, answers what is known, reads them back.
 *
 * Who opens it must hold the directory first (ownership.ts); anybody may look (`lookIntoJournal`).
 * Never decides what a record means for an instruction.
 */
import { YinqiError } from '../errors.ts';
import { dayOf } from '../instruction/day.ts';
import { type Bodies, clearBodies, encryptedBodies } from './bodies.ts';
import { Commit, type NumberedLine } from './commit.ts';
import { type Disk, type DiskFile, errno, makeDirectory, realDisk } from './disk.ts';
import { openHashKey } from './hash-key.ts';
import { freshIdentity, makeIdentity, readIdentity } from './identity.ts';
import { freshKeys, hasKeys, type KeyFiles, openKeys } from './keys.ts';
import { encodeLine } from './line.ts';
import { groundOfLook } from './looking.ts';
import { type JournalRecord, journalRecord, type NewRecord, type OldRecord } from './records.ts';
import { type Recovered, recover } from './recovery.ts';
import { remembered } from './sealing/remembering.ts';
import { removeDrafts, type Seal } from './sealing/seal.ts';
import { sealDay } from './sealing/seal-day.ts';
import type { Ground } from './sealing/shelf.ts';
import { type SealDay, Turning } from './sealing/turning.ts';
import { type Segment, segmentPath } from './segments.ts';
import { type JournalView, View, type ViewSettings } from './view.ts';

export type { JournalView } from './view.ts';

/** How a journal is read: the same for whoever holds it and whoever looks. */
export interface JournalSettings {
  /** business days are those of this zone */
  readonly zone?: string;
  readonly encryption?: KeyFiles | undefined;
  /** sealed days the index is told of; older ones can be read, and are not looked up by id */
  readonly rememberDays?: number;
  readonly disk?: Disk;
}

export interface JournalOptions extends JournalSettings {
  readonly now: () => Date;
  /** Called once, when a record could not be written and synced: the process must end. */
  readonly onFatal: (error: YinqiError) => void;
  /** A new segment is begun when the open one has passed this. */
  readonly segmentBytesMax?: number;
  /** 32 hex, for a journal that is made now */
  readonly freshIdentity?: () => string;
  /** Where a day is sealed; in this process if not given. */
  readonly sealDay?: SealDay;
}

const SEGMENT_BYTES_MAX = 64 * 1024 * 1024;
const ZONE = 'Asia/Shanghai';

export interface Journal extends JournalView {
  /**
   * Resolves when all of them are synced, in the order the calls were made; rejects with JOURNAL_WRITE,
   * and then nothing can be appended any more. The index counts them from the call on. Rejects with DEFECT,
   * and nothing happened, if one could not be read back: a start would find it to be damage.
   */
  append(records: readonly (NewRecord | OldRecord)[]): Promise<JournalRecord[]>;
  /** What stands in a record for a value that must not; equal for equal values, under this journal's own key. */
  keyedHash(value: string): string;
  /**
   * Begins the day it is now and seals the days that are over; call it again and again. Resolves with the
   * seals it made; rejects with JOURNAL_SEAL where it could not, and nothing is lost by that.
   */
  sealOverDays(): Promise<readonly Seal[]>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

function jsonOf(record: JournalRecord): string {
  if (!journalRecord.safeParse(record).success) {
    throw new YinqiError('DEFECT', { path: `journal.${record.kind}`, detail: 'not as its schema' });
  }
  return JSON.stringify(record);
}

class OpenJournal extends View implements Journal {
  readonly #commit: Commit;
  readonly #turning: Turning;
  readonly #now: () => Date;
  readonly keyedHash: (value: string) => string;
  #next: number;
  /** of the last line that was appended */
  #chain: string;
  /** of the last line that was appended: it only moves forward */
  #day: string;

  constructor(
    ground: Ground,
    state: Recovered,
    settings: ViewSettings,
    commit: Commit,
    options: JournalOptions,
    keyedHash: (value: string) => string,
  ) {
    super(ground, state, settings);
    const { positions, shelf } = state;
    const { sealDay: sealed = (on, day) => sealDay(on, day, '') } = options;
    this.#commit = commit;
    this.#turning = new Turning({ ground, commit, positions, shelf, sealDay: sealed });
    this.#now = options.now;
    this.keyedHash = keyedHash;
    this.#next = state.continuity.next;
    this.#chain = state.continuity.chain;
    this.#day = commit.day;
  }

  async append(records: readonly (NewRecord | OldRecord)[]): Promise<JournalRecord[]> {
    if (this.#commit.refusal !== undefined) throw this.#commit.refusal;
    if (records.length === 0) return [];
    const now = this.#now();
    const at = now.toISOString();
    const numbered = records.map(
      (record, i): JournalRecord => ({
        n: this.#next + i,
        at,
        ...record,
      }),
    );
    // all are encoded before the first one counts: one that cannot be leaves no gap
    const texts = numbered.map(jsonOf);
    const day = this.#dayAt(now);
    const lines = texts.map((json, i): NumberedLine => {
      const n = this.#next + i;
      const { chain, bytes } = encodeLine(this.#chain, this.ground.bodies.close(n, day, json));
      this.#chain = chain;
      return { n, day, bytes };
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

  async sealOverDays(): Promise<readonly Seal[]> {
    const made = await this.#turning.turn(this.#dayAt(this.#now()));
    // a process that runs for months knows what a start would, and no more
    const [oldest] = remembered(this.state.shelf.seals, this.settings.rememberDays);
    if (made.length > 0 && oldest !== undefined) this.state.index.forget(oldest.first);
    return made;
  }

  async close(): Promise<void> {
    const closing = this.#commit.close();
    await this.#turning.settled();
    await closing;
  }

  /** A clock that went back does not bring a day back. */
  #dayAt(now: Date): string {
    const day = dayOf(now.getTime(), this.settings.zone);
    if (day > this.#day) this.#day = day;
    return this.#day;
  }
}

async function openSegment(
  { directory, disk }: Ground,
  found: Segment | undefined,
  day: string,
): Promise<{ segment: Segment; file: DiskFile }> {
  if (found !== undefined) {
    return { segment: found, file: await disk.open(segmentPath(directory, found), 'change') };
  }
  const segment = { number: 1, day };
  return { segment, file: await disk.create(segmentPath(directory, segment)) };
}

interface Opening {
  readonly bodies: Bodies;
  /** makes the keys of an encrypted journal that has none yet durable */
  readonly saveKeys: () => Promise<void>;
}

/** Before anything is written: a key that does not open the journal must change nothing. */
async function bodiesFor(
  disk: Disk,
  directory: string,
  identity: string,
  files: KeyFiles | undefined,
): Promise<Opening> {
  const saveKeys = async (): Promise<void> => undefined;
  if (files === undefined) {
    if (!(await hasKeys(disk, directory))) return { bodies: clearBodies, saveKeys };
    const detail = 'the journal is encrypted';
    throw new YinqiError('JOURNAL_KEY', { path: 'journal.encryption', detail });
  }
  const known = await openKeys(disk, directory, identity, files);
  if (known !== undefined) return { bodies: encryptedBodies(known, identity), saveKeys };
  const { dataKey, save } = await freshKeys(disk, directory, identity, files);
  return { bodies: encryptedBodies(dataKey, identity), saveKeys: save };
}

const settingsOf = ({ zone = ZONE, rememberDays = Number.POSITIVE_INFINITY }: JournalSettings) => ({
  zone,
  rememberDays,
});

/** The first segment is there before the identity: an identity alone is what lost segments leave behind. */
async function openFiles(directory: string, options: JournalOptions): Promise<Journal> {
  const { disk = realDisk, segmentBytesMax = SEGMENT_BYTES_MAX, onFatal, now } = options;
  await makeDirectory(disk, directory);
  const found = await readIdentity(disk, directory);
  const { freshIdentity: fresh = freshIdentity } = options;
  const identity = found ?? fresh();
  const { bodies, saveKeys } = await bodiesFor(disk, directory, identity, options.encryption);
  const ground = { disk, directory, identity, bodies };
  const settings = settingsOf(options);
  const state = await recover(ground, settings.rememberDays, 'repair');
  if (found === undefined && state.continuity.next > 1) {
    const detail = 'the journal has records and no identity';
    throw new YinqiError('JOURNAL_DAMAGED', { path: 'identity', detail });
  }
  if (found !== undefined && state.segment === undefined) {
    const detail = 'the journal has an identity and no segment';
    throw new YinqiError('JOURNAL_DAMAGED', { path: 'identity', detail });
  }
  await removeDrafts(disk, directory);
  const today = dayOf(now().getTime(), settings.zone);
  const { segment, file } = await openSegment(ground, state.segment, today);
  try {
    if (state.segment === undefined) await disk.syncDirectory(directory);
    if (found === undefined) await makeIdentity(disk, directory, identity);
    await saveKeys();
    const { positions } = state;
    const commitOptions = { directory, disk, positions, segmentBytesMax, onFatal };
    const commit = new Commit(commitOptions, segment, file, state.bytes);
    const keyedHash = await openHashKey(disk, directory);
    return new OpenJournal(ground, state, settings, commit, options, keyedHash);
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

/** Sealed and removed while it was looked for, so often. */
const LOOKS_MAX = 5;

/**
 * Reads a journal as it is now, changing nothing, also while another process appends to it. No damage is
 * refused here: who looks may be looking for it (`openReport`). Throws JOURNAL_KEY where records are
 * encrypted and no key is given.
 */
export async function lookIntoJournal(
  directory: string,
  settings: JournalSettings = {},
): Promise<JournalView> {
  const ground = await groundOfLook(directory, settings);
  const used = settingsOf(settings);
  for (let looks = 1; ; looks += 1) {
    try {
      return new View(ground, await recover(ground, used.rememberDays, 'look'), used);
    } catch (error) {
      if (errno(error) !== 'ENOENT' || looks === LOOKS_MAX) throw error;
    }
  }
}
