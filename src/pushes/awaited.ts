/**
 * What the bank announced and its statement has not shown yet: money that came in (hint), or a payout a
 * ledger said yes to (reserved). Pure: what waits, and which entry of a statement takes it.
 *
 * A row takes one of what waits and is taken by one, the oldest that fits first: so of two pushes of one
 * amount and one entry, one goes on waiting. Nothing here makes an entry, and nothing is told by a hint.
 */
import { z } from 'zod';

export const awaited = z.strictObject({
  v: z.literal(1),
  what: z.enum(['hint', 'reserved']),
  /** of the push */
  key: z.string(),
  code: z.string(),
  /** our number for it: an entry that carries it is this one's */
  number: z.string(),
  sweep: z.string(),
  account: z.string().optional(),
  day: z.string(),
  /** field of a row → the value it has */
  matches: z.record(z.string(), z.string()),
  /** Redis TIME, ms */
  at: z.number(),
  /** key of the entry that took it */
  taken: z.string().optional(),
});
export type Awaited = z.infer<typeof awaited>;

/** One row of a statement, as far as it matters here. */
export interface Row {
  readonly key: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** What of a row only the rules of the spec and the journal know. */
export interface Looks {
  /** the row counts at all: its kind fits */
  counts(one: Awaited, row: Row): boolean;
  /** field of a row that may carry our number; undefined where none does */
  numberIn(one: Awaited): string | undefined;
  /** the number is one of an order of ours, or of another push: the row belongs to that */
  foreign(number: string, one: Awaited): boolean;
}

const AMOUNT = /^[+-]?\d+(\.\d+)?$/;
/** 500 and 500.00 are one amount. */
const plain = (value: string): string =>
  AMOUNT.test(value) && value.includes('.') ? value.replace(/\.?0+$/, '') : value;

/** Rows by what they say in these fields, in their order: a day may have thousands of rows and of announcements. */
class ByContent {
  readonly #lists = new Map<string, Row[]>();

  constructor(rows: readonly Row[], contentOf: (row: Row) => string) {
    for (const row of rows) {
      const content = contentOf(row);
      const list = this.#lists.get(content);
      if (list === undefined) this.#lists.set(content, [row]);
      else list.push(row);
    }
  }

  of(content: string): readonly Row[] {
    return this.#lists.get(content) ?? [];
  }
}

const content = (fields: readonly string[], from: Readonly<Record<string, string>>): string =>
  JSON.stringify(fields.map((field) => plain(from[field] ?? '')));

/**
 * Which rows of one reading take which of those that wait: `one.key` → key of the row. What was taken before
 * keeps its row, and a row that was taken takes nothing else.
 */
export function taken(
  waiting: readonly Awaited[],
  rows: readonly Row[],
  looks: Looks,
): Map<string, string> {
  const used = new Set(waiting.flatMap((one) => (one.taken === undefined ? [] : [one.taken])));
  const open = waiting.filter((one) => one.taken === undefined).sort((a, b) => a.at - b.at);
  const found = new Map<string, string>();
  const take = (one: Awaited, row: Row | undefined): void => {
    if (row === undefined) return;
    used.add(row.key);
    found.set(one.key, row.key);
  };
  const indexes = new Map<string, ByContent>();
  /** rows that count for `one` and say `wanted` in `fields`, those that are not taken yet */
  const free = (
    one: Awaited,
    fields: readonly string[],
    wanted: Readonly<Record<string, string>>,
  ) => {
    const name = JSON.stringify([one.code, fields]);
    let index = indexes.get(name);
    if (index === undefined) {
      const counting = rows.filter((row) => looks.counts(one, row));
      index = new ByContent(counting, (row) => content(fields, row.fields));
      indexes.set(name, index);
    }
    return index.of(content(fields, wanted)).filter((row) => !used.has(row.key));
  };
  // who is named by its number first: it leaves no choice
  for (const one of open) {
    const field = looks.numberIn(one);
    if (field !== undefined) take(one, free(one, [field], { [field]: one.number })[0]);
  }
  for (const one of open) {
    if (found.has(one.key)) continue;
    const field = looks.numberIn(one);
    const belongs = (row: Row): boolean => {
      const number = field === undefined ? '' : (row.fields[field] ?? '');
      return number !== '' && looks.foreign(number, one);
    };
    const fitting = free(one, Object.keys(one.matches), one.matches);
    take(
      one,
      fitting.find((row) => !belongs(row)),
    );
  }
  return found;
}
