/**
 * A decoded answer as text for a ledger. In: a Message. Out: names → text, amounts as decimal strings of
 * their field's scale; what is empty is left out. Never an element the spec does not list.
 */
import { formatDecimal } from './field.ts';
import { layoutOf, saidByHead, transactionOf, typeOf } from './layout.ts';
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

/** The fields outside any list. What the heads say is no part of it: see answerNames. */
export function answerFields(spec: BankSpec, code: string, message: Message): TextRow {
  return textRow(message.fields, layoutOf(transactionOf(spec, code), 'answer').fields);
}

/** Parts of the heads that say something, neither constants nor lengths: expressions may name them. */
export function headFields(spec: BankSpec, message: Message): TextRow {
  const said = saidByHead(spec).filter(({ name }) => Object.hasOwn(message.head, name));
  return Object.fromEntries(said.map(({ name }) => [name, message.head[name] ?? '']));
}

/** What `$answer.x` may name: a field outside any list, or a part of a head. */
export const answerNames = (spec: BankSpec, code: string, message: Message): TextRow => ({
  ...headFields(spec, message),
  ...answerFields(spec, code, message),
});

/** Likewise of a request, as a record of what was sent is read back. */
export const requestFields = (spec: BankSpec, code: string, message: Message): TextRow => ({
  ...headFields(spec, message),
  ...textRow(message.fields, layoutOf(transactionOf(spec, code), 'request').fields),
});

/** Rows of every list by the bank's names. */
function listRows(spec: BankSpec, code: string, message: Message): TextRow[] {
  const { lists } = layoutOf(transactionOf(spec, code), 'answer');
  return [...lists].flatMap(([name, list]) => {
    const rows = Object.hasOwn(message.lists, name) ? (message.lists[name] ?? []) : [];
    return rows.map((row) => textRow(row, list.fields));
  });
}

/** What this answer says beyond what every answer of the bank has: status, text, a section of common fields. */
function ownFields(spec: BankSpec, code: string, message: Message): TextRow {
  const { envelope } = spec.protocol;
  const common = envelope.body === 'xml' ? envelope.sections?.[0] : undefined;
  const { fields } = layoutOf(transactionOf(spec, code), 'answer');
  const isOwn = (name: string): boolean => {
    if (name === envelope.status || name === envelope.text) return false;
    return common === undefined || fields.get(name)?.section !== common;
  };
  const all = Object.entries(answerFields(spec, code, message));
  return Object.fromEntries(all.filter(([name]) => isOwn(name)));
}

/**
 * The rows of a query's answer: by the neutral names of the operation, or by the bank's own for a native
 * call (its transaction code instead of an operation) and for an operation that names no rows. An answer that
 * has no lists is one row of its own fields; what stands in its heads is in it only if the operation names it.
 */
export function answerRows(
  spec: BankSpec,
  operation: Operation | string,
  message: Message,
): TextRow[] {
  const code = typeof operation === 'string' ? operation : operation.transaction;
  const names = typeof operation === 'string' ? undefined : operation.rows;
  const hasLists = layoutOf(transactionOf(spec, code), 'answer').lists.size > 0;
  const own = hasLists ? {} : ownFields(spec, code, message);
  if (!hasLists && Object.keys(own).length === 0) return [];
  if (names === undefined) return hasLists ? listRows(spec, code, message) : [own];
  const rows = hasLists ? listRows(spec, code, message) : [answerNames(spec, code, message)];
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
