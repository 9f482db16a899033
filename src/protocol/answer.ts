/**
 * A decoded answer as text for a ledger. In: a Message. Out: names → text, amounts as decimal strings of
 * their field's scale; what is empty is left out. Never an element the spec does not list.
 */
import { formatDecimal } from './field.ts';
import { layoutOf, transactionOf, typeOf } from './layout.ts';
import type { Message, Row, Scalar } from './message.ts';
import type { BankSpec, Field, LastPage, Operation } from './spec.ts';

export type TextRow = Record<string, string>;

function textOf(value: Scalar, field: Field): string {
  const type = typeOf(field.type);
  if (typeof value === 'string') return value;
  return formatDecimal(value, type.kind === 'decimal' ? type.scale : 0);
}

function textRow(row: Row, fields: ReadonlyMap<string, Field>): TextRow {
  const texts = Object.entries(row).flatMap(([name, value]): [string, string][] => {
    const field = fields.get(name);
    return field === undefined ? [] : [[name, textOf(value, field)]];
  });
  return Object.fromEntries(texts);
}

/** The fields outside any list, as `$answer.x` sees them. */
export function answerFields(spec: BankSpec, code: string, message: Message): TextRow {
  return textRow(message.fields, layoutOf(transactionOf(spec, code), 'answer').fields);
}

/** Likewise of a request, as a record of what was sent is read back. */
export function requestFields(spec: BankSpec, code: string, message: Message): TextRow {
  return textRow(message.fields, layoutOf(transactionOf(spec, code), 'request').fields);
}

/** Rows of every list by the bank's names; an answer that has no lists is one row of its own fields. */
function bankRows(spec: BankSpec, code: string, message: Message): TextRow[] {
  const layout = layoutOf(transactionOf(spec, code), 'answer');
  if (layout.lists.size > 0) {
    return [...layout.lists].flatMap(([name, list]) => {
      const rows = Object.hasOwn(message.lists, name) ? (message.lists[name] ?? []) : [];
      return rows.map((row) => textRow(row, list.fields));
    });
  }
  const { status, text } = spec.protocol.envelope;
  const fields = answerFields(spec, code, message);
  const own = Object.entries(fields).filter(([name]) => name !== status && name !== text);
  return own.length === 0 ? [] : [Object.fromEntries(own)];
}

/**
 * The rows of a query's answer: by the neutral names of the operation, or by the bank's own for a native
 * call (its transaction code instead of an operation) and for an operation that names no rows.
 */
export function answerRows(
  spec: BankSpec,
  operation: Operation | string,
  message: Message,
): TextRow[] {
  if (typeof operation === 'string') return bankRows(spec, operation, message);
  const rows = bankRows(spec, operation.transaction, message);
  const names = operation.rows;
  if (names === undefined) return rows;
  return rows.map((row) => {
    const texts = Object.entries(names).flatMap(([name, bankName]): [string, string][] => {
      const value = Object.hasOwn(row, bankName) ? row[bankName] : undefined;
      return value === undefined ? [] : [[name, value]];
    });
    return Object.fromEntries(texts);
  });
}

/** Whether the bank marks this page as the last one; undefined: it has no such mark. `fields`: outside the rows. */
export function lastOf(last: LastPage | undefined, fields: TextRow): boolean | undefined {
  if (last === undefined) return undefined;
  const names = [last.field].flat();
  const given = names.map((name) => fields[name] ?? '').find((value) => value !== '');
  return given !== undefined && last.values.includes(given);
}
