/**
 * Values → the texts of a message, each checked against its field, in the order of the spec; how they stand
 * in a body is the business of xml-writer.ts and delimited.ts. Never lets through what the spec does not know or allow:
 * every fault names its field.
 */
import { YinqiError } from '../../errors.ts';
import { type Charset, encodeText } from '../charset.ts';
import { fieldText, isEmpty, type Strictness } from '../field.ts';
import { isList, type Layout } from '../layout.ts';
import type { Row, Scalar, Values } from '../message.ts';
import { checkNeed } from '../need.ts';
import type { Field, FieldList } from '../spec.ts';

export interface FieldText {
  readonly field: Field;
  readonly path: string;
  /** '' for empty */
  readonly text: string;
}

export interface ListTexts {
  readonly list: FieldList;
  /** undefined: the list was not given, which is not the same as one without rows */
  readonly rows: readonly (readonly FieldText[])[] | undefined;
  /** see Message.hollow */
  readonly none: readonly FieldText[] | undefined;
}

export type PartTexts = FieldText | ListTexts;

export const isListTexts = (part: PartTexts): part is ListTexts => 'list' in part;

/** What one side of a message is written with. */
interface Writing {
  readonly charset: Charset;
  readonly strictness: Strictness;
  /** the fields outside any list: what conditions look at */
  readonly head: ReadonlyMap<string, Scalar>;
}

/** The name under which a row that is none is given; see Message.hollow. */
export const noneOf = (list: string): string => `${list}.none`;

const pathOf = (prefix: string, name: string): string =>
  prefix === '' ? name : `${prefix}.${name}`;

function textOf(field: Field, value: Scalar | undefined, prefix: string, to: Writing): FieldText {
  const path = pathOf(prefix, field.name);
  if (value === undefined || isEmpty(value)) return { field, path, text: '' };
  const text = fieldText(value, field, to.charset, path, to.strictness);
  // encoded apart from the rest so that an unencodable character is named with its field
  if (to.strictness === 'answer') encodeText(text, to.charset, path);
  return { field, path, text };
}

function withFixed(fields: readonly Field[], given: ReadonlyMap<string, Scalar>, prefix: string) {
  const all = new Map(given);
  for (const field of fields) {
    if (field.fixed === undefined) continue;
    if (!isEmpty(all.get(field.name)) && all.get(field.name) !== field.fixed) {
      throw new YinqiError('FIELD_OWNED', { path: pathOf(prefix, field.name) });
    }
    all.set(field.name, field.fixed);
  }
  return all;
}

function rowTexts(list: FieldList, row: Row, prefix: string, to: Writing): FieldText[] {
  const names = new Set(list.fields.map((field) => field.name));
  for (const name of Object.keys(row)) {
    if (!names.has(name)) throw new YinqiError('FIELD_UNKNOWN', { path: pathOf(prefix, name) });
  }
  const values = withFixed(list.fields, new Map(Object.entries(row)), prefix);
  if (to.strictness === 'request') checkNeed(list.fields, values, to.head, prefix);
  return list.fields.map((field) => textOf(field, values.get(field.name), prefix, to));
}

function checkRows(list: FieldList, count: number): void {
  const needed = list.fields.some((field) => field.need === 'yes');
  if (count === 0 && needed) throw new YinqiError('FIELD_MISSING', { path: list.list });
  if (list.rowsMax !== undefined && count > list.rowsMax) {
    const detail = `${count} rows, at most ${list.rowsMax}`;
    throw new YinqiError('FIELD_TOO_LONG', { path: list.list, detail });
  }
}

interface Sorted {
  readonly fields: ReadonlyMap<string, Scalar>;
  readonly lists: ReadonlyMap<string, readonly Row[]>;
}

function listTexts(list: FieldList, { lists }: Sorted, to: Writing): ListTexts {
  const rows = lists.get(list.list);
  const [none] = lists.get(noneOf(list.list)) ?? [];
  if (to.strictness === 'request') checkRows(list, rows?.length ?? 0);
  return {
    list,
    rows: rows?.map((row, index) => rowTexts(list, row, `${list.list}.${index}`, to)),
    none: none === undefined ? undefined : rowTexts(list, none, noneOf(list.list), to),
  };
}

/** Sorts what the caller gave into fields and lists; anything else is refused by name. */
function sortValues(layout: Layout, values: Values, strictness: Strictness): Sorted {
  const fields = new Map<string, Scalar>();
  const lists = new Map<string, Row[]>();
  const counted = [...layout.lists.values()].filter(({ list }) => list.count !== undefined);
  const nones = strictness === 'answer' ? counted.map(({ list }) => noneOf(list.list)) : [];
  for (const [name, value] of Object.entries(values)) {
    const known = Array.isArray(value)
      ? layout.lists.has(name) || (nones.includes(name) && value.length === 1)
      : layout.fields.has(name);
    if (!known) throw new YinqiError('FIELD_UNKNOWN', { path: name });
    if (Array.isArray(value)) lists.set(name, value);
    else fields.set(name, value);
  }
  return { fields, lists };
}

/** A count that was not given is counted; one that was must be right. */
function withCounts(layout: Layout, { fields, lists }: Sorted): Map<string, Scalar> {
  const all = new Map(fields);
  for (const [name, { list }] of layout.lists) {
    const { count } = list;
    if (count === undefined) continue;
    const rows = lists.get(name);
    const given = all.get(count);
    if (isEmpty(given)) {
      if (rows !== undefined) all.set(count, String(rows.length));
    } else if (Number(given) !== (rows?.length ?? 0)) {
      const detail = `there are ${rows?.length ?? 0} rows`;
      throw new YinqiError('FIELD_FORMAT', { path: count, detail });
    }
    const none = lists.get(noneOf(name));
    if (none !== undefined && (rows ?? []).length > 0) {
      throw new YinqiError('FIELD_FORMAT', { path: noneOf(name), detail: 'beside rows' });
    }
  }
  return all;
}

/** Values are complete: owned fields are in (see fillOwned), `fixed` ones and counts are added here. */
export function textsOf(
  layout: Layout,
  values: Values,
  charset: Charset,
  strictness: Strictness,
): PartTexts[] {
  const sorted = sortValues(layout, values, strictness);
  const known = [...layout.fields.values()];
  const head = withFixed(known, withCounts(layout, sorted), '');
  if (strictness === 'request') checkNeed(known, head, head, '');
  const to: Writing = { charset, strictness, head };
  return layout.parts.map((part) =>
    isList(part) ? listTexts(part, sorted, to) : textOf(part, head.get(part.name), '', to),
  );
}
