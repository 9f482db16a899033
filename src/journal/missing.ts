/**
 * What is missing from this journal, of one link: whatever whoever is missing has sent is not known here, so
 * the link only asks (R3). Built from the records, so that no Redis can make it forgotten. Pure.
 *
 *   found by a start ─▶ open ─▶ imported     all of the other journal is in this one: nothing is missing
 *                         └───▶ released     two people let it send again: what may be older than the finding
 *                                            is asked about for ever, and never sent
 */
import { z } from 'zod';

const journalMissing = z.strictObject({
  why: z.literal('journal'),
  /** its identity */
  journal: z.string(),
  /** number of the last record Redis knows of it */
  records: z.number().int().nonnegative(),
});
const linesMissing = z.strictObject({
  /** whole lines were cut off, or a segment cannot be read while Redis is behind */
  why: z.enum(['cut', 'damaged']),
  file: z.string(),
});

export const missing = z.union([journalMissing, linesMissing]);
export type Missing = z.infer<typeof missing>;

/** What was missing from a journal that is in this one now. */
export const adopted = z.strictObject({
  missing,
  since: z.number().int().nonnegative(),
  released: z.boolean(),
});
export type Adopted = z.infer<typeof adopted>;

/** Another journal, as far as this one may speak for it. */
export interface Covered {
  readonly journal: string;
  /** number of its last record that is known or vouched for */
  readonly records: number;
}

export interface CoveredHere extends Covered {
  /** all of it is in this journal; else two people vouch for it */
  readonly imported: boolean;
}

interface Item {
  readonly missing: Missing;
  readonly since: number;
  state: 'open' | 'released' | 'imported';
}

export interface MissingView {
  /** While there is one, nothing is sent. */
  readonly open: readonly Missing[];
  /** Redis TIME ms: what was ordered until then may have been sent by whoever is missing. 0: nothing. */
  readonly until: number;
  /** Other journals that this one speaks for: imported, or released by people. */
  readonly covered: readonly CoveredHere[];
  /** Records of another journal came since the last start: Redis may know nothing of them. */
  readonly fresh: boolean;
  has(what: Missing): boolean;
  /** For a journal that takes this one in. */
  adoptable(): Adopted[];
}

const within = (what: Missing, known: Missing): boolean =>
  what.why === 'journal'
    ? known.why === 'journal' && known.journal === what.journal && known.records >= what.records
    : known.why !== 'journal' && known.file === what.file;

export class MissingOfLink implements MissingView {
  readonly #items: Item[] = [];
  readonly #imported = new Map<string, number>();
  fresh = false;

  started(): void {
    this.fresh = false;
  }

  found(reasons: readonly Missing[], since: number): void {
    for (const one of reasons) {
      if (!this.has(one)) this.#items.push({ missing: one, since, state: 'open' });
    }
  }

  released(): void {
    for (const item of this.#items) if (item.state === 'open') item.state = 'released';
  }

  /** All of `journal` up to its record `records` is in this one, and what was missing there is missing here. */
  imported({ journal, records }: Covered, there: readonly Adopted[]): void {
    this.fresh = true;
    for (const { missing: one, released, since } of there) {
      if (this.has(one)) continue;
      this.#items.push({ missing: one, since, state: released ? 'released' : 'open' });
    }
    this.#imported.set(journal, Math.max(records, this.#imported.get(journal) ?? 0));
    const known: Missing = { why: 'journal', journal, records };
    for (const item of this.#items) if (within(item.missing, known)) item.state = 'imported';
  }

  has(what: Missing): boolean {
    return this.#items.some((item) => within(what, item.missing));
  }

  adoptable(): Adopted[] {
    return this.#items.flatMap(({ missing: one, since, state }) =>
      state === 'imported' ? [] : [{ missing: one, since, released: state === 'released' }],
    );
  }

  get open(): readonly Missing[] {
    return this.#items.flatMap((item) => (item.state === 'open' ? [item.missing] : []));
  }

  get until(): number {
    const since = this.#items.flatMap((item) => (item.state === 'imported' ? [] : [item.since]));
    return Math.max(0, ...since);
  }

  get covered(): readonly CoveredHere[] {
    const covered = new Map<string, CoveredHere>();
    const cover = (one: CoveredHere): void => {
      if ((covered.get(one.journal)?.records ?? -1) < one.records) covered.set(one.journal, one);
    };
    for (const [journal, records] of this.#imported) cover({ journal, records, imported: true });
    for (const { missing: one, state } of this.#items) {
      if (one.why !== 'journal' || state !== 'released') continue;
      cover({ journal: one.journal, records: one.records, imported: false });
    }
    return [...covered.values()];
  }
}

/** For people, without anything that is not theirs to read. */
export const missingText = (what: Missing): string =>
  what.why === 'journal'
    ? `last run with journal ${what.journal.slice(0, 8)}, which this one does not hold`
    : `${what.file} ${what.why === 'cut' ? 'was cut off this journal' : 'is damaged, and Redis was behind'}`;
