/**
 * Values → the bytes of one message in canonical form: declaration with the charset, the manual's order,
 * no white space between elements, `<a></a>` for empty and never `<a/>`. Never sends what the spec does
 * not know or allow: every fault names its field.
 *
 *   <?xml version="1.0" encoding="GBK"?><stream><action>…</action>…<list name="X"><row>…</row></list></stream>
 */
import { YinqiError } from '../errors.ts';
import { type Charset, encodeText } from './charset.ts';
import { fieldText, isEmpty, type Strictness } from './field.ts';
import { isList, type Layout, layoutOf, transactionOf, xmlOf } from './layout.ts';
import type { Message, Row, Scalar, Values } from './message.ts';
import { checkNeed } from './need.ts';
import type { BankSpec, Field, FieldList } from './spec.ts';
import { escapeText } from './xml.ts';

/** What one side of a message is written with. */
interface Writing {
  readonly charset: Charset;
  readonly strictness: Strictness;
  /** the fields outside any list: what conditions look at */
  readonly head: ReadonlyMap<string, Scalar>;
}

const pathOf = (prefix: string, name: string): string =>
  prefix === '' ? name : `${prefix}.${name}`;

function element(field: Field, value: Scalar | undefined, prefix: string, to: Writing): string {
  const path = pathOf(prefix, field.name);
  if (value === undefined || isEmpty(value)) {
    return field.mayBeAbsent ? '' : `<${field.name}></${field.name}>`;
  }
  const text = fieldText(value, field, to.charset, path, to.strictness);
  // encoded apart from the rest so that an unencodable character is named with its field
  if (to.strictness === 'answer') encodeText(text, to.charset, path);
  return `<${field.name}>${escapeText(text)}</${field.name}>`;
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

function rowText(list: FieldList, row: Row, index: number, to: Writing): string {
  const prefix = `${list.list}.${index}`;
  const names = new Set(list.fields.map((field) => field.name));
  for (const name of Object.keys(row)) {
    if (!names.has(name)) throw new YinqiError('FIELD_UNKNOWN', { path: pathOf(prefix, name) });
  }
  const values = withFixed(list.fields, new Map(Object.entries(row)), prefix);
  if (to.strictness === 'request') checkNeed(list.fields, values, to.head, prefix);
  const inside = list.fields.map((field) => element(field, values.get(field.name), prefix, to));
  return `<row>${inside.join('')}</row>`;
}

function listText(list: FieldList, rows: readonly Row[] | undefined, to: Writing): string {
  const count = rows?.length ?? 0;
  if (to.strictness === 'request' && count === 0) {
    const needed = list.fields.some((field) => field.need === 'yes');
    if (needed) throw new YinqiError('FIELD_MISSING', { path: list.list });
  }
  if (list.rowsMax !== undefined && count > list.rowsMax && to.strictness === 'request') {
    const detail = `${count} rows, at most ${list.rowsMax}`;
    throw new YinqiError('FIELD_TOO_LONG', { path: list.list, detail });
  }
  if (rows === undefined) return '';
  const inside = rows.map((row, index) => rowText(list, row, index, to));
  return `<list name="${list.list}">${inside.join('')}</list>`;
}

/** Sorts what the caller gave into fields and lists; anything else is refused by name. */
function sortValues(layout: Layout, values: Values) {
  const fields = new Map<string, Scalar>();
  const lists = new Map<string, Row[]>();
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) {
      if (!layout.lists.has(name)) throw new YinqiError('FIELD_UNKNOWN', { path: name });
      lists.set(name, value);
    } else {
      if (!layout.fields.has(name)) throw new YinqiError('FIELD_UNKNOWN', { path: name });
      fields.set(name, value);
    }
  }
  return { fields, lists };
}

function write(spec: BankSpec, inside: string, charset: Charset): Uint8Array {
  const { root } = xmlOf(spec);
  const declaration = `<?xml version="1.0" encoding="${charset}"?>`;
  return encodeText(`${declaration}<${root}>${inside}</${root}>`, charset, root);
}

/** `values` are complete: owned fields are in (see fillOwned), `fixed` ones are added here. */
export function encodeRequest(
  spec: BankSpec,
  code: string,
  values: Values,
  charset: Charset,
): Uint8Array {
  const layout = layoutOf(transactionOf(spec, code), 'request');
  const sorted = sortValues(layout, values);
  const head = withFixed([...layout.fields.values()], sorted.fields, '');
  checkNeed([...layout.fields.values()], head, head, '');
  const to: Writing = { charset, strictness: 'request', head };
  const inside = layout.parts.map((part) =>
    isList(part)
      ? listText(part, sorted.lists.get(part.list), to)
      : element(part, head.get(part.name), '', to),
  );
  return write(spec, inside.join(''), charset);
}

/**
 * The bank's side, for the mock bank: amounts may be negative, anything may be empty. An answer that is
 * nothing but its head is written as its head, as the bank's refusals are.
 */
export function encodeAnswer(
  spec: BankSpec,
  code: string,
  values: Values,
  charset: Charset,
): Uint8Array {
  const layout = layoutOf(transactionOf(spec, code), 'answer');
  const sorted = sortValues(layout, values);
  const { status, text } = spec.protocol.envelope;
  const rest = Object.keys(values).filter((name) => name !== status && name !== text);
  const to: Writing = { charset, strictness: 'answer', head: sorted.fields };
  const inside = layout.parts.map((part) => {
    if (isList(part)) return listText(part, sorted.lists.get(part.list), to);
    const ofHead = part.name === status || part.name === text;
    return rest.length > 0 || ofHead ? element(part, sorted.fields.get(part.name), '', to) : '';
  });
  return write(spec, inside.join(''), charset);
}

/** A decoded message as an encoder takes it; what the spec does not list is left out. */
export const valuesOf = (message: Message): Values => ({ ...message.fields, ...message.lists });
