/**
 * What the journal knows of each link, held in memory: built when it is opened, kept by every append.
 * The gate before every write of an order asks here (R4). Holds numbers of records, never records.
 *
 * It counts a record from the call of `append` on, before it is on the disk: two appends in one commit
 * must see each other, and "may have been written" errs on the safe side.
 */
import { MattersIndex, type OpenMatters } from '../people/open-matters.ts';
import type { Entry } from './entry.ts';
import type { SwitchState } from './hold-file.ts';
import { MissingOfLink, type MissingView } from './missing.ts';
import { OfLink, RUNS } from './of-link.ts';

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
  /** Of these, the ones of this id about a push: one for each source. */
  said(link: string, id: string): readonly number[];
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
  /** Number of the last seal that was told; 0: none. */
  sealsTold(): number;
}

/** Where a link stands whatever its instructions: all of it that a start must know of days it does not read. */
export interface LinkStanding {
  readonly link: string;
  readonly watermark: number;
  readonly reserved?: { readonly day: string; readonly upTo: number } | undefined;
}

export interface Switched {
  /** of all links of the process */
  readonly process: SwitchState;
  /** of this one alone */
  readonly link: SwitchState;
}

export interface KnownPush {
  readonly key: string;
  readonly digest: string;
  /** number of its record */
  readonly n: number;
  /** number of the record with our answer to it, where it was a question */
  readonly answer?: number;
}

const NOTHING_MISSING: MissingView = new MissingOfLink();

export class KnownIndex implements Index {
  readonly #links = new Map<string, OfLink>();
  readonly #imported = new Map<string, number>();
  #sealsTold = 0;

  add(entry: Entry): void {
    const { from } = entry;
    if (from !== undefined) {
      this.#imported.set(from.journal, Math.max(from.n, this.importedFrom(from.journal)));
    }
    if (entry.kind !== 'seal') this.#of(entry.link).add(entry);
    else if (from === undefined) this.#sealsTold = Math.max(this.#sealsTold, entry.number);
  }

  /** Of days before those it is told the entries of. */
  resume({ link, watermark, reserved }: LinkStanding): void {
    const found = this.#of(link);
    found.watermark = Math.max(found.watermark, watermark);
    if (reserved !== undefined) found.reserve(reserved);
  }

  /** Records in front of this one are of days that are not remembered: what is over in them goes. */
  forget(before: number): void {
    for (const link of this.#links.values()) link.forget(before);
  }

  standing(): LinkStanding[] {
    return [...this.#links].map(([link, { watermark, reserved }]) =>
      reserved === undefined ? { link, watermark } : { link, watermark, reserved },
    );
  }

  /**
   * Whether a start must know this entry however old it is: it is about what is not settled yet, or about what
   * people did, or of a kind that nobody has said is of its time only.
   */
  isCarried(entry: Entry): boolean {
    const { from, kind } = entry;
    if (from !== undefined && from.n === this.importedFrom(from.journal)) return true;
    if (kind === 'seal') return entry.number === this.#sealsTold;
    if (kind === 'start') return entry.asks !== undefined;
    // where a link stands is told apart (`standing`); notices and pushes are asked for while they are young
    if (['sequence', 'notice', 'push', 'push-answer'].includes(kind)) return false;
    if (!['send', 'not-written', 'answer', 'outcome'].includes(kind)) return true;
    const found = this.#links.get(entry.link);
    const about = 'id' in entry && entry.id !== undefined && found?.ids.get(entry.id);
    return about !== undefined && about !== false && found?.unsettled.has(about) === true;
  }

  sealsTold(): number {
    return this.#sealsTold;
  }

  #of(link: string): OfLink {
    const found = this.#links.get(link) ?? new OfLink();
    this.#links.set(link, found);
    return found;
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

  said(link: string, id: string): readonly number[] {
    return this.#links.get(link)?.said.get(id) ?? [];
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
