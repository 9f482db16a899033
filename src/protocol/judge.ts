/**
 * What an answer says, by the spec's tables. In: a decoded message and the rules for the place it was
 * received in. Out: a verdict. A condition names a field of the body or a part of a head. The first rule that matches wins; codes compare as strings, so `00` is
 * not `0`. Never decides more than the rule says: what no rule lists is `unknown`.
 */
import { YinqiError } from '../errors.ts';
import { parseDecimal } from './field.ts';
import { rowFieldsOf, transactionOf, typeOf } from './layout.ts';
import { fieldAt, type Message, type Row, type Scalar } from './message.ts';
import type { BankSpec, Field, Inquiry, Rule, Says } from './spec.ts';

export interface Verdict {
  readonly says: Says;
  readonly ended?: NonNullable<Rule['ended']>;
  readonly reason?: NonNullable<Rule['reason']>;
  /** the bank's code and text: those of the row if it has its own and the rules look into it, else those of the answer */
  readonly code: string;
  readonly text: string;
  /** the one selected row */
  readonly row?: Row;
}

/** Rules for the direct answer to `code`. */
export function rulesFor(spec: BankSpec, code: string): readonly Rule[] {
  const { verdicts } = transactionOf(spec, code);
  // nothing is asked by a push, so nothing answers it
  if (verdicts === undefined) throw new YinqiError('DEFECT', { detail: 'verdicts of a push' });
  if (typeof verdicts !== 'string') return verdicts;
  const named = Object.hasOwn(spec.protocol.verdicts, verdicts)
    ? spec.protocol.verdicts[verdicts]
    : undefined;
  if (named === undefined) throw new YinqiError('DEFECT', { detail: 'verdict table' });
  return named;
}

/** Rules for the answer to an inquiry: those of the transaction asked about, else those of the query. */
export const inquiryRulesFor = (spec: BankSpec, inquiry: Inquiry): readonly Rule[] | undefined =>
  inquiry.asInquiry ?? transactionOf(spec, inquiry.transaction).asInquiry;

/** `$name` stands for a list of the spec, whose entries are patterns again. */
export function matches(spec: BankSpec, pattern: string, value: string): boolean {
  if (pattern.startsWith('$')) {
    const name = pattern.slice(1);
    const list = Object.hasOwn(spec.protocol.codes, name) ? spec.protocol.codes[name] : undefined;
    return list?.some((entry) => matches(spec, entry, value)) ?? false;
  }
  if (pattern.endsWith('*')) return value.startsWith(pattern.slice(0, -1));
  return pattern === value;
}

const text = (value: Scalar | undefined): string => (value === undefined ? '' : String(value));

/** Field of a row → the values as a row shows them, of which it must have one. */
export type Wanted = Readonly<Record<string, readonly string[]>>;

function shownAs(field: Field | undefined, value: string): string[] {
  // what we do not know ourselves selects nothing: a row without a number is not the row of no number
  if (value === '') return [];
  const type = field === undefined ? undefined : typeOf(field.type);
  if (type?.kind === 'decimal') {
    const amount = parseDecimal(value, type.precision, type.scale);
    return amount === undefined ? [] : [String(amount)];
  }
  return field?.emptyMeans === value ? [value, ''] : [value];
}

/** `select`: field of a row of `code`'s answer → the value it must have, as a request would say it. */
export function wantedOf(
  spec: BankSpec,
  code: string,
  select: Readonly<Record<string, string>>,
): Wanted {
  const fields = rowFieldsOf(transactionOf(spec, code));
  return Object.fromEntries(
    Object.entries(select).map(([name, value]) => [name, shownAs(fields.get(name), value)]),
  );
}

/** The rows of an answer that carry what was asked for; nothing asked for selects all. */
export function selectRows(message: Message, wanted: Wanted): Row[] {
  const rows = Object.values(message.lists).flat();
  return rows.filter((row) =>
    Object.entries(wanted).every(([name, values]) => values.includes(text(row[name]))),
  );
}

type Patterns = Readonly<Record<string, readonly string[]>>;

/** One condition: a `row.x` condition never holds unless there is exactly one row to look at. */
function holds(
  spec: BankSpec,
  [key, patterns]: [string, readonly string[]],
  message: Message,
  row: Row | undefined,
): boolean {
  const inRow = key.startsWith('row.');
  if (inRow && row === undefined) return false;
  const value = text(inRow ? row?.[key.slice(4)] : fieldAt(message, key));
  return patterns.some((pattern) => matches(spec, pattern, value));
}

/** A batch of ours shows a row for each payment: what is true of all of them, and of any. */
const rowHolds = (spec: BankSpec, row: Row, wanted: Patterns): boolean =>
  Object.entries(wanted).every(([name, patterns]) =>
    patterns.some((pattern) => matches(spec, pattern, text(row[name]))),
  );

function rowsHold(spec: BankSpec, { every, some }: Rule, rows: readonly Row[]): boolean {
  const inAll = every === undefined || rows.every((row) => rowHolds(spec, row, every));
  const inOne = some === undefined || rows.some((row) => rowHolds(spec, row, some));
  return inAll && inOne && (every === undefined || rows.length > 0);
}

/** "All" of nothing, or of a number nobody knows, is none. */
function countHolds(wanted: Rule['rows'], count: number, sent: number | undefined): boolean {
  if (wanted === undefined) return true;
  if (wanted === 'all') return count > 0 && count === sent;
  return wanted === (count === 0 ? 'none' : count === 1 ? 'one' : 'many');
}

function applies(
  spec: BankSpec,
  rule: Rule,
  message: Message,
  rows: readonly Row[],
  sent: number | undefined,
): boolean {
  const row = rows.length === 1 ? rows[0] : undefined;
  if (!countHolds(rule.rows, rows.length, sent)) return false;
  if (!rowsHold(spec, rule, rows)) return false;
  const when: Patterns = rule.when ?? {};
  const unless: Patterns = rule.unless ?? {};
  // an exception that looks into a row needs that row: without it the rule does not apply either
  if (Object.keys(unless).some((key) => key.startsWith('row.')) && row === undefined) return false;
  return (
    Object.entries(when).every((condition) => holds(spec, condition, message, row)) &&
    !Object.entries(unless).some((condition) => holds(spec, condition, message, row))
  );
}

const looksIntoRow = (rule: Rule): boolean =>
  Object.keys({ ...rule.when, ...rule.unless }).some((key) => key.startsWith('row.'));

const banks = new WeakMap<BankSpec, boolean>();

/** Rows of this bank carry a status of their own, as the answer does. */
function rowsHaveStatus(spec: BankSpec): boolean {
  let have = banks.get(spec);
  if (have === undefined) {
    const { status } = spec.protocol.envelope;
    have = [...spec.transactions.values()].some((one) => rowFieldsOf(one).has(status));
    banks.set(spec, have);
  }
  return have;
}

/**
 * `wanted`: what the one row must have to be the row of what was asked about (a serial, an account). `sent`: how
 * many rows the request that is asked about had.
 */
export function judge(
  spec: BankSpec,
  rules: readonly Rule[],
  message: Message,
  wanted: Wanted = {},
  sent?: number,
): Verdict {
  const rows = selectRows(message, wanted);
  const rule = rules.find((candidate) => applies(spec, candidate, message, rows, sent));
  const row = rows.length === 1 ? rows[0] : undefined;
  const { status, text: statusText } = spec.protocol.envelope;
  const ofRow = row !== undefined && rules.some(looksIntoRow) && rowsHaveStatus(spec);
  const told = (name: string) => text(ofRow ? row[name] : fieldAt(message, name));
  return {
    says: rule?.says ?? 'unknown',
    ...(rule?.ended === undefined ? {} : { ended: rule.ended }),
    ...(rule?.reason === undefined ? {} : { reason: rule.reason }),
    code: told(status),
    text: told(statusText),
    ...(row === undefined ? {} : { row }),
  };
}
