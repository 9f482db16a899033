/** What may be done with a journal without holding its directory: look things up, read records back. */
import { dayOf } from '../instruction/day.ts';
import type { Index, Known } from './known.ts';
import { Reader, type RecordFilter } from './read.ts';
import type { JournalRecord, RecordOf } from './records.ts';
import type { OpenReport, Recovered } from './recovery.ts';
import { forgotten } from './sealing/forgotten.ts';
import type { Seal } from './sealing/seal.ts';
import type { Ground } from './sealing/shelf.ts';

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
  /** Everything synced so far that fits, in order, sealed or not. Damaged lines are not there. */
  records(filter?: RecordFilter): AsyncGenerator<JournalRecord, void, undefined>;
  /**
   * Whether the absence of a record about what was accepted at this time (ms) proves that it was not written:
   * no day of which records may be missing is as young as that (R5).
   */
  absenceProves(acceptedAt: number): boolean;
  /** Seals of days that are over, behind the one of this number (0: all). */
  sealsAfter(number: number): readonly Seal[];
  /** What days the index no longer remembers left behind for ever: outcomes with a member or a freeze, oldest first. */
  forgotten(link: string): AsyncGenerator<Forgotten, void, undefined>;
}

export interface Forgotten {
  readonly outcome: RecordOf<'outcome'>;
  readonly send: RecordOf<'send'> | undefined;
}

export interface ViewSettings {
  readonly zone: string;
  readonly rememberDays: number;
}

const DAY_MS = 86_400_000;

export class View implements JournalView {
  readonly identity: string;
  readonly openReport: OpenReport;
  readonly index: Index;
  readonly lastAtOpening: number;
  protected readonly ground: Ground;
  protected readonly state: Recovered;
  protected readonly settings: ViewSettings;
  readonly #reader: Reader;

  constructor(ground: Ground, state: Recovered, settings: ViewSettings) {
    const { bodies, directory, disk } = ground;
    const { index, positions, shelf } = state;
    this.ground = ground;
    this.identity = ground.identity;
    this.state = state;
    this.settings = settings;
    this.openReport = state.report;
    this.index = index;
    this.lastAtOpening = positions.last;
    this.#reader = new Reader({ disk, directory, bodies, positions, shelf, index });
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
    return this.#reader.read(n);
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
    return this.#reader.records(filter);
  }

  absenceProves(acceptedAt: number): boolean {
    const { suspectDay } = this.openReport;
    // the time is of another clock than that of the records: a day is far more than they may differ
    return suspectDay === undefined || dayOf(acceptedAt - DAY_MS, this.settings.zone) > suspectDay;
  }

  sealsAfter(number: number): readonly Seal[] {
    return this.state.shelf.seals.filter((seal) => seal.number > number);
  }

  async *forgotten(link: string): AsyncGenerator<Forgotten, void, undefined> {
    const { seals } = this.state.shelf;
    for await (const kept of forgotten(this.ground, seals, this.settings.rememberDays, link)) {
      const outcome = await this.read(kept.outcome);
      const send = kept.send === undefined ? undefined : await this.read(kept.send);
      if (outcome.kind !== 'outcome') continue;
      yield { outcome, send: send?.kind === 'send' ? send : undefined };
    }
  }
}
