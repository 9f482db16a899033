/**
 * What the codec asks of a transaction again and again, worked out once: fields by name, types taken
 * apart. In: a transaction of a loaded spec. Out: lookups. Never changes the spec.
 */
import { YinqiError } from '../errors.ts';
import type { BankSpec, Field, FieldList, Transaction } from './spec.ts';
import type { XmlEnvelope } from './spec-framing.ts';

export type Side = 'request' | 'answer';

export type TypeOf =
  /** `bytesMax` is Infinity where no length is stated */
  | { readonly kind: 'text'; readonly bytesMax: number }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'int' | 'date' | 'time' };

export interface Layout {
  readonly parts: readonly (Field | FieldList)[];
  readonly fields: ReadonlyMap<string, Field>;
  readonly lists: ReadonlyMap<string, ListLayout>;
}

export interface ListLayout {
  readonly list: FieldList;
  readonly fields: ReadonlyMap<string, Field>;
}

export const isList = (part: Field | FieldList): part is FieldList => 'list' in part;

export function typeOf(type: string): TypeOf {
  if (type === 'int' || type === 'date' || type === 'time') return { kind: type };
  if (type === 'text') return { kind: 'text', bytesMax: Number.POSITIVE_INFINITY };
  const [, name, first, second] = /^(\w+)\((\d+)(?:,(\d+))?\)$/.exec(type) ?? [];
  if (name === 'decimal')
    return { kind: 'decimal', precision: Number(first), scale: Number(second) };
  return { kind: 'text', bytesMax: Number(first) };
}

const byName = (fields: readonly Field[]): Map<string, Field> =>
  new Map(fields.map((field) => [field.name, field]));

function lay(parts: readonly (Field | FieldList)[]): Layout {
  return {
    parts,
    fields: byName(parts.filter((part): part is Field => !isList(part))),
    lists: new Map(
      parts.filter(isList).map((list) => [list.list, { list, fields: byName(list.fields) }]),
    ),
  };
}

const known = new WeakMap<Transaction, Record<Side, Layout>>();

export function layoutOf(transaction: Transaction, side: Side): Layout {
  let layouts = known.get(transaction);
  if (layouts === undefined) {
    layouts = { request: lay(transaction.request), answer: lay(transaction.answer) };
    known.set(transaction, layouts);
  }
  return layouts[side];
}

/** Fields of any list of an answer; a name that two lists share is the first one's. */
export function rowFieldsOf(transaction: Transaction): ReadonlyMap<string, Field> {
  const lists = [...layoutOf(transaction, 'answer').lists.values()].reverse();
  return new Map(lists.flatMap((list) => [...list.fields]));
}

export function transactionOf(spec: BankSpec, code: string): Transaction {
  const transaction = spec.transactions.get(code);
  if (transaction === undefined) {
    throw new YinqiError('OPERATION_UNKNOWN', { path: 'transaction', detail: spec.protocol.bank });
  }
  return transaction;
}

/** How this bank's XML is made. DEFECT where its bodies are no XML. */
export function xmlOf(spec: BankSpec): XmlEnvelope {
  const { envelope } = spec.protocol;
  if (envelope.body !== 'xml') throw new YinqiError('DEFECT', { detail: 'no XML' });
  return envelope;
}
