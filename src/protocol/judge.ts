/**
 * What an answer says, by the spec's tables. In: a decoded message and the rules for the place it was
 * received in. Out: a verdict. The first rule that matches wins; codes compare as strings, so `00` is
 * not `0`. Never decides more than the rule says: what no rule lists is `unknown`.
 */
import { YinqiError } from '../errors.ts';
import { transactionOf } from './layout.ts';
import type { Message, Row, Scalar } from './message.ts';
import type { BankSpec, Rule, Says } from './spec.ts';

export interface Verdict {
  readonly says: Says;
  readonly ended?: NonNullable<Rule['ended']>;
  readonly reason?: NonNullable<Rule['reason']>;
  /** the bank's code and text: those of the row if the rules look into it, else those of the answer */
  readonly code: string;
  readonly text: string;
  /** the one selected row */
  readonly row?: Row;
}

/** Rules for the direct answer to `code`. */
export function rulesFor(spec: BankSpec, code: string): readonly Rule[] {
  const { verdicts } = transactionOf(spec, code);
  if (typeof verdicts !== 'string') return verdicts;
  const named = Object.hasOwn(spec.protocol.verdicts, verdicts)
    ? spec.protocol.verdicts[verdicts]
    : undefined;
  if (named === undefined) throw new YinqiError('DEFECT', { detail: 'verdict table' });
  return named;
}

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

/** The rows of an answer that carry what was asked for; nothing asked for selects all. */
export function selectRows(message: Message, select: Readonly<Record<string, string>>): Row[] {
  const wanted = Object.entries(select);
  const rows = Object.values(message.lists).flat();
  // what we do not know ourselves selects nothing: a row without a number is not the row of no number
  return rows.filter((row) =>
    wanted.every(([name, value]) => value !== '' && text(row[name]) === value),
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
  const value = text(inRow ? row?.[key.slice(4)] : message.fields[key]);
  return patterns.some((pattern) => matches(spec, pattern, value));
}

function applies(spec: BankSpec, rule: Rule, message: Message, rows: readonly Row[]): boolean {
  const row = rows.length === 1 ? rows[0] : undefined;
  const count = rows.length === 0 ? 'none' : rows.length === 1 ? 'one' : 'many';
  if (rule.rows !== undefined && rule.rows !== count) return false;
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

/** `select`: field of a row → the value it must have, already looked up (a serial, an account). */
export function judge(
  spec: BankSpec,
  rules: readonly Rule[],
  message: Message,
  select: Readonly<Record<string, string>> = {},
): Verdict {
  const rows = selectRows(message, select);
  const rule = rules.find((candidate) => applies(spec, candidate, message, rows));
  const row = rows.length === 1 ? rows[0] : undefined;
  const { status, text: statusText } = spec.protocol.envelope;
  const told = row !== undefined && rules.some(looksIntoRow) ? row : message.fields;
  return {
    says: rule?.says ?? 'unknown',
    ...(rule?.ended === undefined ? {} : { ended: rule.ended }),
    ...(rule?.reason === undefined ? {} : { reason: rule.reason }),
    code: text(told[status]),
    text: text(told[statusText]),
    ...(row === undefined ? {} : { row }),
  };
}
