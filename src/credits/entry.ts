/**
 * One row of a statement as entries with an identity. In: a row as text by the bank's own names, one sweep
 * of the spec. Out: the entry, or undefined where the bank left its own key out; beside it, amounts of
 * their own that the row carries.
 *
 *   key     identity fields + direction + sign      20261124/SC000000000042/1/6217…/C/+
 *           counted, see counted.ts                 20261124/6217…/3b1f…/2/C/+
 *           of an amount of its own, the kind too   20261124/SC000000000043/1/6217…/D/+/fee
 *   digest  of the stable fields and the bank's marks: the same key with another digest is news, never silence (R15)
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../instruction/envelope.ts';
import { evaluate } from '../protocol/expression.ts';
import { matches } from '../protocol/judge.ts';
import type { BankSpec, CreditKind, SweepSpec } from '../protocol/spec.ts';
import { isGiven } from '../protocol/spec-credits.ts';

type Row = Readonly<Record<string, string>>;

export interface StatementEntry {
  readonly account: string;
  readonly day: string;
  readonly key: string;
  readonly digest: string;
  /** decimal string, negative where the bank shows it so; '' where its rows carry none */
  readonly amount: string;
  readonly direction: 'in' | 'out';
  readonly row: Row;
  /** the kind that has an amount of its own in the row; the entry of the row itself has none */
  readonly part?: CreditKind;
}

const isNegative = (amount: string): boolean => amount.startsWith('-');

/** An amount of its own that is nothing: told only to a ledger that was told something else before. */
export const isNothing = (entry: StatementEntry): boolean =>
  entry.part !== undefined && /^-?0*(\.0*)?$/.test(entry.amount);

/** What the bank marks the entry with, in neutral words; what it leaves open is left out. */
export function marksOf(sweep: SweepSpec, row: Row): Record<string, string> {
  const marks = Object.entries(sweep.marks).map(([name, expr = '']): [string, string] => [
    name,
    evaluate(expr, { row }),
  ]);
  return Object.fromEntries(marks.filter(([, value]) => value !== ''));
}

const stableOf = (sweep: SweepSpec, row: Row): Row =>
  Object.fromEntries(sweep.stable.map((field) => [field, row[field] ?? '']));

function contentOf(sweep: SweepSpec, row: Row): Row {
  const marks = Object.entries(marksOf(sweep, row)).map(([name, value]): [string, string] => [
    `marks.${name}`,
    value,
  ]);
  return { ...stableOf(sweep, row), ...Object.fromEntries(marks) };
}

const digestOf = (content: Row): string =>
  createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, 32);

/** What the row says of its direction, in the bank's word or in that of the spec. */
const sideOf = ({ direction }: SweepSpec, row: Row): string =>
  typeof direction === 'string' ? (row[direction] ?? '') : direction.always;

/** Negative is the other direction: what goes out negative has come in. */
const directionOf = (
  { direction, inward }: SweepSpec,
  side: string,
  amount: string,
): 'in' | 'out' =>
  (side === (typeof direction === 'string' ? inward : 'in')) === isNegative(amount) ? 'out' : 'in';

/** The fields that name an entry; of one that is counted, those that it shares with its equals. */
function identityOf(sweep: SweepSpec, row: Row, account: string, day: string): string[] {
  const { identity } = sweep;
  if (!Array.isArray(identity)) {
    return [day, account || '-', digestOf(stableOf(sweep, row))];
  }
  const fields = identity.map((field) => row[field] ?? '');
  // two accounts may have entries of one number: the account is part of every key
  return isGiven(sweep.account) ? [...fields, account] : fields;
}

/** What was asked for, where rows do not say it: the account, the account of what belongs to nobody, the day. */
export interface AskedFor {
  readonly account?: string | undefined;
  readonly accountElse?: string | undefined;
  readonly day?: string | undefined;
}

const amountIn = (sweep: SweepSpec, row: Row): string =>
  sweep.amount === undefined ? '' : (row[sweep.amount] ?? '');

export function entryOf(
  sweep: SweepSpec,
  row: Row,
  { account: given = '', accountElse = '', day: asked = '' }: AskedFor = {},
): StatementEntry | undefined {
  const account = isGiven(sweep.account) ? given : row[sweep.account] || accountElse;
  const day = sweep.day === undefined ? asked : (row[sweep.day] ?? '');
  const identity = identityOf(sweep, row, account, day);
  const amount = amountIn(sweep, row);
  const side = sideOf(sweep, row);
  const without = sweep.amount !== undefined && amount === '';
  if (identity.includes('') || without || side === '') return undefined;
  return {
    account,
    day,
    key: [...identity, side, isNegative(amount) ? '-' : '+'].join('/'),
    digest: digestOf(contentOf(sweep, row)),
    amount,
    direction: directionOf(sweep, side, amount),
    row,
  };
}

function fits(spec: BankSpec, sweep: SweepSpec, kind: CreditKind, row: Row): boolean {
  const negative = isNegative(amountIn(sweep, row));
  if (kind.sign !== 'any' && (kind.sign === 'negative') !== negative) return false;
  return Object.entries(kind.when).every(([field, patterns]) =>
    patterns.some((pattern) => matches(spec, pattern, row[field] ?? '')),
  );
}

/** Amounts of their own beside `entry`. Each has its own content: a new summary of the row is no news of the fee. */
export function partsOf(spec: BankSpec, sweep: SweepSpec, entry: StatementEntry): StatementEntry[] {
  return sweep.kinds.flatMap((kind): StatementEntry[] => {
    if (kind.amount === undefined || !fits(spec, sweep, kind, entry.row)) return [];
    const amount = entry.row[kind.amount] || '0.00';
    const direction = directionOf(sweep, sideOf(sweep, entry.row), amount);
    const key = `${entry.key}/${kind.kind}`;
    return [{ ...entry, key, digest: digestOf({ amount }), amount, direction, part: kind }];
  });
}

/**
 * What an entry is told as, or undefined: the other side of our own orders is their result, not a notice.
 * `isOurs`: whether a serial is that of an order of ours.
 */
export const kindOf = (
  spec: BankSpec,
  sweep: SweepSpec,
  entry: StatementEntry,
  isOurs: (serial: string) => boolean = () => false,
): CreditKind | undefined =>
  entry.part ??
  sweep.kinds.find(
    (kind) =>
      kind.amount === undefined &&
      !(kind.notOurs !== undefined && isOurs(entry.row[kind.notOurs] ?? '')) &&
      fits(spec, sweep, kind, entry.row),
  );

/**
 * The entries of one reading of a day, each once: a row that came while pages were read shifts the others.
 * Two of one key and different content are two entries, for the bank's key may be less unique than it says:
 * the one that is known keeps the key, the others get their digest behind it (R15). Only a whole reading
 * shows that: in any other it may be one entry that changed while it was read, and it is looked at again.
 */
export function distinct(
  rows: readonly StatementEntry[],
  known: ReadonlyMap<string, string>,
  whole: boolean,
): StatementEntry[] {
  const byKey = new Map<string, Map<string, StatementEntry>>();
  for (const row of rows) {
    const alike = byKey.get(row.key) ?? new Map<string, StatementEntry>();
    byKey.set(row.key, alike.set(row.digest, row));
  }
  return [...byKey].flatMap(([key, alike]) => {
    if (alike.size === 1) return [...alike.values()];
    if (!whole) return [];
    const told = known.get(key) ?? '';
    const plain = alike.has(told) ? told : [...alike.keys()].sort()[0];
    return [...alike.values()].map((one) =>
      one.digest === plain ? one : { ...one, key: `${key}/${one.digest}` },
    );
  });
}
