/**
 * What waits for two people to close it, as the records say: contradictions, unclaimed answers, changes. Kept by
 * the journal's index with every record, so that a start finds open what was open. Holds numbers, never
 * what a bank said.
 */
import { type ChangeEntry, type Settings, SettingsIndex } from './open-changes.ts';

/** What the index gives of a record; `at` is ISO. */
export type MatterEntry =
  | {
      readonly kind: 'contradiction';
      readonly n: number;
      readonly at: string;
      readonly id: string;
      readonly version: number;
    }
  | { readonly kind: 'unclaimed'; readonly n: number; readonly at: string }
  | (ChangeEntry & { readonly kind: 'change' })
  | { readonly kind: 'approval'; readonly action: string; readonly subject: string };

export interface OpenContradiction {
  /** number of its latest record: a booking after an acceptance is news */
  readonly record: number;
  readonly version: number;
  /** ms, of its first record */
  readonly since: number;
}

/** The read side. */
export interface OpenMatters {
  readonly contradictions: ReadonlyMap<string, OpenContradiction>;
  /** number of the record → ms */
  readonly unclaimed: ReadonlyMap<number, number>;
  /** what is configured, and what of it is not accepted */
  readonly settings: Settings;
  /** The journal has this contradiction already: an outbox may offer it again after a kill. */
  has(id: string, version: number): boolean;
  /** Number of the latest record that contradicts the final of `id`, closed or not. */
  against(id: string): number | undefined;
  /** ms of the unclaimed answer `back` before the latest one, open or not; undefined: there were not so many */
  unclaimedAt(back: number): number | undefined;
}

/** So many times of unclaimed answers are remembered, for their limit per hour. */
const RECENT_MAX = 64;

export class MattersIndex implements OpenMatters {
  readonly contradictions = new Map<string, OpenContradiction>();
  readonly unclaimed = new Map<number, number>();
  readonly settings = new SettingsIndex();
  /** of every contradicted instruction: the latest record and its version */
  readonly #latest = new Map<string, { record: number; version: number }>();
  readonly #recent: number[] = [];

  add(entry: MatterEntry): void {
    if (entry.kind === 'approval') {
      if (entry.action === 'accept') this.settings.accept(Number(entry.subject));
      if (entry.action !== 'close') return;
      this.contradictions.delete(entry.subject);
      this.unclaimed.delete(Number(entry.subject));
      return;
    }
    if (entry.kind === 'change') {
      this.settings.add(entry);
      return;
    }
    const at = Date.parse(entry.at);
    if (entry.kind === 'unclaimed') {
      this.unclaimed.set(entry.n, at);
      this.#recent.push(at);
      if (this.#recent.length > RECENT_MAX) this.#recent.shift();
      return;
    }
    const { id, n, version } = entry;
    if (this.has(id, version)) return;
    this.#latest.set(id, { record: n, version });
    const since = this.contradictions.get(id)?.since ?? at;
    this.contradictions.set(id, { record: n, version, since });
  }

  has(id: string, version: number): boolean {
    return (this.#latest.get(id)?.version ?? 0) >= version;
  }

  against(id: string): number | undefined {
    return this.#latest.get(id)?.record;
  }

  unclaimedAt(back: number): number | undefined {
    return this.#recent.at(-1 - back);
  }
}

/** Oldest of them, ms; undefined: none. */
export const oldestOf = (times: Iterable<number>): number | undefined => {
  let oldest: number | undefined;
  for (const at of times) oldest = oldest === undefined ? at : Math.min(oldest, at);
  return oldest;
};
