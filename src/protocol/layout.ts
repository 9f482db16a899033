/**
 * What the codec asks of a transaction again and again, worked out once: fields by name, types taken
 * apart. In: a transaction of a loaded spec. Out: lookups. Never changes the spec.
 */
import { YinqiError } from '../errors.ts';
import type { BankSpec, Field, FieldList, HeadPart, Transaction } from './spec.ts';

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
  /** section ('' where there are none) → element → field */
  readonly elements: ReadonlyMap<string, ReadonlyMap<string, Field>>;
}

export interface ListLayout {
  readonly list: FieldList;
  readonly fields: ReadonlyMap<string, Field>;
  readonly elements: ReadonlyMap<string, Field>;
}

/** The name of a field's element in XML. */
export const elementOf = (field: Field): string => field.element ?? field.name;

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

const byElement = (fields: readonly Field[]): Map<string, Field> =>
  new Map(fields.map((field) => [elementOf(field), field]));

function listLayout(list: FieldList): ListLayout {
  return { list, fields: byName(list.fields), elements: byElement(list.fields) };
}

function lay(parts: readonly (Field | FieldList)[]): Layout {
  const fields = parts.filter((part): part is Field => !isList(part));
  const sections = new Set(fields.map((field) => field.section ?? ''));
  const inSection = (section: string) =>
    fields.filter((field) => (field.section ?? '') === section);
  return {
    parts,
    fields: byName(fields),
    lists: new Map(parts.filter(isList).map((list) => [list.list, listLayout(list)])),
    elements: new Map([...sections].map((name) => [name, byElement(inSection(name))])),
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

/** The parts of all heads of a packet, in their order; none where HTTP carries the body. */
export function headParts(spec: BankSpec): readonly HeadPart[] {
  const { framing } = spec.protocol;
  return framing.type === 'heads' ? framing.heads.flatMap((head) => head.parts) : [];
}

/** Parts that say something: neither the same in every packet nor a length. */
export const saidByHead = (spec: BankSpec): readonly HeadPart[] =>
  headParts(spec).filter((part) => part.fixed === undefined && part.length === undefined);
