/**
 * What the journal knows of each link, held in memory: built when it is opened, kept by every append.
 * The gate before every write of an order asks here (R4). Holds numbers of records, never records.
 *
 * It counts a record from the call of `append` on, before it is on the disk: two appends in one commit
 * must see each other, and "may have been written" errs on the safe side.
 */
import { MattersIndex, type OpenMatters } from '../people/open-matters.ts';
import { About } from './about.ts';
import type { Entry } from './entry.ts';
import type { SwitchState } from './hold-file.ts';
import { MissingOfLink, type MissingView } from './missing.ts';

const NO_MATTERS: OpenMatters = new MattersIndex();

export interface Known {
  readonly id: string;
  readonly serial: string | undefined;
  readonly transaction: string | undefined;
  readonly digest: string | undefined;
  /** highest attempt that has a send record; 0: none */
  readonly attempt: number;
  /** `maybe`: some send record, of whatever attempt, has no not-written record behind it */
  readonly written: 'maybe' | 'no';
  /** numbers of its records by kind, rising */
  readonly sends: readonly number[];
  readonly answers: readonly number[];
  readonly others: readonly number[];
  /** number of its outcome record: the first one, because it may have been published */
  readonly final: number | undefined;
  readonly version: number | undefined;
  /** number of the latest approval by which two people resolved it */
  readonly decision: number | undefined;
  readonly watermark: number;
}

/** The read side, as the rest of the program sees it. */
export interface Index {
  links(): Iterable<string>;
  known(link: string, id: string): Known | undefined;
  /** The id that used this serial first. */
  bySerial(link: string, serial: string): string | undefined;
  /** Another link used it: several may lead to one bank, which knows one customer. */
  usedElsewhere(link: string, serial: string): boolean;
  ids(link: string): Iterable<string>;
  /** Written or maybe written, and no outcome record: what every start asks about. As of the call. */
  unsettled(link: string): Iterable<Known>;
  /** The latest business day with reserved sequence numbers, and the highest of them. */
  reserved(link: string): { readonly day: string; readonly upTo: number } | undefined;
  /** Numbers of the notice records, rising. */
  notices(link: string): Iterable<number>;
  /** Numbers of what people proposed, approved and withdrew, rising. */
  dealings(link: string): Iterable<number>;
  /** What waits for two people to close it. */
  matters(link: string): OpenMatters;
  /** What the bank sent by itself under this key, first of all. */
  push(link: string, key: string): KnownPush | undefined;
  /** All of it, in the order it came. */
  pushes(link: string): Iterable<KnownPush>;
  /** What the link's orders are not known of here. */
  missing(link: string): MissingView;
  /** Number there of the last record taken over from another journal; 0: none. */
  importedFrom(journal: string): number;
  /** The switch as it was last recorded. */
  switched(link: string): Switched;
  /** 0 where the journal has nothing of the link. */
  highestWatermark(link: string): number;
}

export interface Switched {
  /** of all links of the process */
  readonly process: SwitchState;
  /** of this one alone */
  readonly link: SwitchState;
}

const RUNS: Switched = { process: 'run', link: 'run' };

export interface KnownPush {
  readonly key: string;
  readonly digest: string;
  /** number of its record */
  readonly n: number;
  /** number of the record with our answer to it, where it was a question */
  readonly answer?: number;
}

const NOTHING_MISSING: MissingView = new MissingOfLink();

class OfLink {
  readonly ids = new Map<string, About>();
  readonly serials = new Map<string, string>();
  readonly notices: number[] = [];
  readonly dealings: number[] = [];
  readonly matters = new MattersIndex();
  readonly pushes = new Map<string, KnownPush>();
  /** kept by every record, so that a start does not look at years of finals */
  readonly unsettled = new Set<About>();
  readonly missing = new MissingOfLink();
  watermark = 0;
  switched: Switched = RUNS;
  reserved: { day: string; upTo: number } | undefined;

  /** The day only moves forward; within it the highest number counts. */
  reserve({ day, upTo }: { day: string; upTo: number }): void {
    const last = this.reserved;
    const later = last === undefined || day > last.day || (day === last.day && upTo > last.upTo);
    if (later) this.reserved = { day, upTo };
  }

  about(id: string): About {
    const found = this.ids.get(id);
    if (found !== undefined) return found;
    const fresh = new About(id);
    this.ids.set(id, fresh);
    return fresh;
  }

  /** What people said of an instruction is among its records. */
  dealt(entry: Extract<Entry, { kind: 'proposal' | 'approval' }>, id: string): void {
    const about = this.about(id);
    if (entry.kind === 'approval' && entry.action === 'resolve') about.decide(entry.n);
    else about.others.push(entry.n);
  }

  add(entry: Entry): void {
    this.watermark = Math.max(this.watermark, entry.watermark);
    // what another journal missed comes with the record that says that all of it is here
    if (entry.kind === 'start' && entry.from !== undefined) return;
    if (entry.kind === 'import') {
      this.missing.imported(entry, entry.missing);
      return;
    }
    if (entry.kind === 'start') {
      this.missing.started();
      if (entry.asks !== undefined) this.missing.found(entry.asks.missing, entry.asks.since);
      return;
    }
    if (entry.kind === 'operator') {
      const { of, what } = entry;
      // the switch of another machine is not ours
      if (what !== 'fence' && entry.from === undefined)
        this.switched = { ...this.switched, [of]: what };
      return;
    }
    if (entry.kind === 'sequence') {
      this.reserve(entry);
      return;
    }
    if (entry.kind === 'push') {
      const { key, digest, n } = entry;
      if (!this.pushes.has(key)) this.pushes.set(key, { key, digest, n });
      return;
    }
    if (entry.kind === 'push-answer') {
      const asked = this.pushes.get(entry.key);
      if (asked?.answer === undefined && asked !== undefined) {
        this.pushes.set(entry.key, { ...asked, answer: entry.n });
      }
      return;
    }
    if (entry.kind === 'notice') {
      this.notices.push(entry.n);
      return;
    }
    if (entry.kind === 'withdrawal' || entry.kind === 'proposal' || entry.kind === 'approval') {
      // proposals are known by their number, and theirs is of another journal: what it closed is shown again
      if (entry.from === undefined) {
        this.dealings.push(entry.n);
        if (entry.kind === 'approval' && entry.action === 'release') this.missing.released();
        if (entry.kind === 'approval') this.matters.add(entry);
      }
      if (entry.kind !== 'withdrawal' && entry.id !== undefined) this.dealt(entry, entry.id);
      return;
    }
    if (entry.kind === 'change') {
      // what another machine was configured as says nothing of this one
      if (entry.from === undefined) this.matters.add(entry);
      return;
    }
    if (entry.kind === 'unclaimed' || entry.kind === 'contradiction') {
      this.matters.add(entry);
      if (entry.kind === 'contradiction') this.about(entry.id).others.push(entry.n);
      return;
    }
    const about = this.about(entry.id);
    about.watermark = Math.max(about.watermark, entry.watermark);
    if (entry.kind === 'send') {
      about.send(entry);
      const { serial } = entry;
      if (serial !== undefined && !this.serials.has(serial)) this.serials.set(serial, entry.id);
    } else if (entry.kind === 'not-written') about.notWritten(entry.attempt, entry.n);
    else if (entry.kind === 'answer') about.answers.push(entry.n);
    else about.outcome(entry);
    if (about.written === 'maybe' && about.final === undefined) this.unsettled.add(about);
    else this.unsettled.delete(about);
  }
}

export class KnownIndex implements Index {
  readonly #links = new Map<string, OfLink>();
  readonly #imported = new Map<string, number>();

  add(entry: Entry): void {
    const { from } = entry;
    if (from !== undefined) {
      this.#imported.set(from.journal, Math.max(from.n, this.importedFrom(from.journal)));
    }
    const found = this.#links.get(entry.link) ?? new OfLink();
    this.#links.set(entry.link, found);
    found.add(entry);
  }

  links(): Iterable<string> {
    return this.#links.keys();
  }

  known(link: string, id: string): Known | undefined {
    return this.#links.get(link)?.ids.get(id);
  }

  bySerial(link: string, serial: string): string | undefined {
    return this.#links.get(link)?.serials.get(serial);
  }

  usedElsewhere(link: string, serial: string): boolean {
    return [...this.#links].some(([name, { serials }]) => name !== link && serials.has(serial));
  }

  ids(link: string): Iterable<string> {
    return this.#links.get(link)?.ids.keys() ?? [];
  }

  unsettled(link: string): Iterable<Known> {
    return [...(this.#links.get(link)?.unsettled ?? [])];
  }

  reserved(link: string): { readonly day: string; readonly upTo: number } | undefined {
    return this.#links.get(link)?.reserved;
  }

  notices(link: string): Iterable<number> {
    return this.#links.get(link)?.notices ?? [];
  }

  matters(link: string): OpenMatters {
    return this.#links.get(link)?.matters ?? NO_MATTERS;
  }

  dealings(link: string): Iterable<number> {
    return this.#links.get(link)?.dealings ?? [];
  }

  push(link: string, key: string): KnownPush | undefined {
    return this.#links.get(link)?.pushes.get(key);
  }

  pushes(link: string): Iterable<KnownPush> {
    return [...(this.#links.get(link)?.pushes.values() ?? [])];
  }

  importedFrom(journal: string): number {
    return this.#imported.get(journal) ?? 0;
  }

  missing(link: string): MissingView {
    return this.#links.get(link)?.missing ?? NOTHING_MISSING;
  }

  switched(link: string): Switched {
    return this.#links.get(link)?.switched ?? RUNS;
  }

  highestWatermark(link: string): number {
    return this.#links.get(link)?.watermark ?? 0;
  }
}
