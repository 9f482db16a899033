/**
 * What a round reads: every account, every open day of it. Pure. The most recently active accounts come
 * first, so that a payer who pays often waits little; the oldest unswept is a metric.
 */
import { addDays, daysBetween } from '../instruction/day.ts';

export interface Swept {
  /** when money last moved on it, as far as this run has seen; 0: not yet */
  readonly activeAt: number;
  /** when it was last swept whole, 0: not yet */
  readonly sweptAt: number;
}

/** Accounts in the order of this round. */
export function inOrder(accounts: readonly string[], seen: ReadonlyMap<string, Swept>): string[] {
  const of = (account: string): Swept => seen.get(account) ?? { activeAt: 0, sweptAt: 0 };
  return [...accounts].sort(
    (a, b) => of(b).activeAt - of(a).activeAt || of(a).sweptAt - of(b).sweptAt,
  );
}

/**
 * The open days of an account: those that have a state, and every day since the last of them, oldest first.
 * An account without any begins at `first`. Days older than `openDaysMax` are named, and swept no more;
 * of an account without any nothing is named, for what came before may long be closed. Where `ranges` of days
 * are asked for, what was filed under an old day is read with the young ones, and no day is given up.
 */
export function openDays(
  known: readonly string[],
  first: string,
  today: string,
  openDaysMax: number,
  ranges = false,
): { open: string[]; givenUp: string[] } {
  const last = known.toSorted().at(-1);
  const fresh = daysBetween(last === undefined ? first : addDays(last, 1), today);
  const oldest = addDays(today, 1 - openDaysMax);
  const all = [...known, ...fresh].sort();
  if (ranges)
    return { open: all.filter((day) => day >= oldest || known.includes(day)), givenUp: [] };
  return {
    open: all.filter((day) => day >= oldest),
    givenUp: last === undefined ? [] : all.filter((day) => day < oldest),
  };
}

export const longestUnsweptMs = (
  accounts: readonly string[],
  seen: ReadonlyMap<string, Swept>,
  startedAt: number,
  now: number,
): number =>
  accounts.reduce((longest, account) => {
    const sweptAt = seen.get(account)?.sweptAt ?? 0;
    return Math.max(longest, now - (sweptAt === 0 ? startedAt : sweptAt));
  }, 0);

/** Days that one request covers. */
export interface Span {
  readonly from: string;
  readonly day: string;
}

/** Open days in as few requests of `length` days as hold them, the youngest first. */
export function spansOf(days: readonly string[], length: number): Span[] {
  const spans: Span[] = [];
  const sorted = days.toSorted();
  const [oldest = ''] = sorted;
  for (let day = sorted.pop(); day !== undefined; day = sorted.pop()) {
    const first = addDays(day, 1 - length);
    const from = [oldest, first].toSorted().at(-1) ?? first;
    spans.push({ from, day });
    while ((sorted.at(-1) ?? '') >= from) sorted.pop();
  }
  return spans;
}
