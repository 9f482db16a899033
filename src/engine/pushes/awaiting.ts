/**
 * What waits for a statement to show it: kept in Redis, looked at with every day that is read. Which entry
 * takes which of it is decided in src/pushes/awaited.ts; what follows is the caller's business.
 */
import { addDays } from '../../instruction/day.ts';
import { matches } from '../../protocol/judge.ts';
import { type Awaited, awaited, type Looks, type Row, taken } from '../../pushes/awaited.ts';
import type { PushMark } from '../../store/shapes.ts';
import type { LinkContext } from '../context.ts';

/** One reading of an account-day, whole or in part. */
export interface DaySeen {
  readonly sweep: string;
  /** '' where the reading covers all accounts */
  readonly account: string;
  readonly day: string;
  readonly rows: readonly Row[];
  /** the bank has closed the day and two whole readings agree: nothing more will come */
  readonly closed: boolean;
}

interface Kept {
  readonly record: Awaited;
  /** as it stands in Redis */
  readonly text: string;
}

/** A payout that was promised may be booked by the bank on the day behind. */
const DAYS_OF_PROMISE = 1;

export class Awaiting {
  readonly #ctx: LinkContext;
  #kept = new Map<string, Kept>();
  /** days of promises that the bank has closed */
  readonly #closed = new Map<string, Set<string>>();

  constructor(ctx: LinkContext) {
    this.#ctx = ctx;
  }

  /** What Redis holds, in place of what was known. */
  load(fields: ReadonlyMap<string, string>): void {
    this.#kept = new Map(
      [...fields].map(([key, text]) => [key, { record: awaited.parse(JSON.parse(text)), text }]),
    );
  }

  keep(record: Awaited): { field: string; value: string } {
    const text = JSON.stringify(record);
    this.#kept.set(record.key, { record, text });
    return { field: record.key, value: text };
  }

  drop(key: string): void {
    this.#kept.delete(key);
    this.#closed.delete(key);
  }

  get(key: string): Kept | undefined {
    return this.#kept.get(key);
  }

  /** Hints that no entry has taken, and since when the oldest waits (Redis TIME ms). */
  get open(): { count: number; oldest: number | undefined } {
    const hints = [...this.#kept.values()].filter(
      ({ record }) => record.what === 'hint' && record.taken === undefined,
    );
    const times = hints.map(({ record }) => record.at);
    return { count: hints.length, oldest: times.length === 0 ? undefined : Math.min(...times) };
  }

  /** Account-days that would show what still waits. */
  wanted(): Awaited[] {
    return [...this.#kept.values()]
      .map(({ record }) => record)
      .filter((record) => record.taken === undefined);
  }

  /** What of this reading was waited for: with the mark that keeps it, for the caller to add to. */
  takenBy(seen: DaySeen): { record: Awaited; entry: string; mark: PushMark }[] {
    const mine = [...this.#kept.values()].filter(({ record }) => this.#concerns(record, seen));
    if (mine.length === 0) return [];
    const found = taken(
      mine.map(({ record }) => record),
      seen.rows,
      this.#looks(),
    );
    return mine.flatMap(({ record, text }) => {
      const entry = found.get(record.key);
      if (entry === undefined) return [];
      const after = { ...record, taken: entry };
      const guard = {
        part: 'awaited' as const,
        field: record.key,
        expect: text,
        value: JSON.stringify(after),
      };
      return [{ record: after, entry, mark: { guard, writes: [], out: [] } }];
    });
  }

  /** Promises that no day can show any more, now that this one is closed. */
  givenUpBy(seen: DaySeen): Awaited[] {
    if (!seen.closed) return [];
    return [...this.#kept.values()]
      .map(({ record }) => record)
      .filter((record) => {
        const promise = record.what === 'reserved' && record.taken === undefined;
        if (!promise || !this.#concerns(record, seen)) return false;
        const closed = this.#closed.get(record.key) ?? new Set<string>();
        this.#closed.set(record.key, closed.add(seen.day));
        return daysOf(record).every((day) => closed.has(day));
      });
  }

  /** What is settled, or can never be, is not kept for ever: so long what waits, so long what was taken. */
  stale(now: number, waitsMs: number, takenMs: number): string[] {
    return [...this.#kept.values()]
      .filter(({ record }) => now - record.at > (record.taken === undefined ? waitsMs : takenMs))
      .map(({ record }) => record.key);
  }

  #concerns(record: Awaited, seen: DaySeen): boolean {
    const account = record.account === undefined || seen.account === '';
    return (
      record.sweep === seen.sweep &&
      daysOf(record).includes(seen.day) &&
      (account || record.account === seen.account)
    );
  }

  #looks(): Looks {
    const { journal, link, spec } = this.#ctx;
    const shown = ({ code }: Awaited) => {
      const push = spec.transactions.get(code)?.push;
      return push === undefined || push.role === 'event' ? undefined : push.shownBy;
    };
    const numbers = new Map([...this.#kept.values()].map(({ record }) => [record.number, record]));
    return {
      counts: (one, row) =>
        Object.entries(shown(one)?.when ?? {}).every(([field, patterns]) =>
          patterns.some((pattern) => matches(spec, pattern, row.fields[field] ?? '')),
        ),
      numberIn: (one) => shown(one)?.number,
      foreign: (number, one) => {
        const other = numbers.get(number);
        if (other !== undefined) return other.key !== one.key;
        return journal.index.bySerial(link.name, number) !== undefined;
      },
    };
  }
}

const daysOf = ({ day, what }: Awaited): string[] =>
  what === 'reserved' ? [day, addDays(day, DAYS_OF_PROMISE)] : [day];
