/**
 * Bytes → what a message means. In: the body of one frame. Out: a Message, or MESSAGE_INVALID with the
 * path of the element. By tag name in any order; one row and many alike; an element the spec does not
 * list is kept in `extra` as text. Never believes the declaration about the charset.
 */
import { YinqiError } from '../errors.ts';
import { decodeText } from './charset.ts';
import { fieldValue } from './field.ts';
import {
  type Layout,
  type ListLayout,
  layoutOf,
  type Side,
  transactionOf,
  xmlOf,
} from './layout.ts';
import type { Message, Row, Scalar } from './message.ts';
import type { BankSpec, Field } from './spec.ts';
import { type Element, parseXml } from './xml.ts';

const invalid = (path: string, detail: string): YinqiError =>
  new YinqiError('MESSAGE_INVALID', { path, detail });

/** Names of elements come from the peer: a Map takes `__proto__` like any other name. */
interface Collected {
  readonly fields: Map<string, Scalar>;
  readonly lists: Map<string, Row[]>;
  readonly extra: Map<string, string>;
}

/** Repeated unknown elements are numbered, so that nothing the bank said is dropped. */
function keepExtra(element: Element, path: string, extra: Map<string, string>): void {
  if (element.children.length > 0) {
    for (const [index, child] of element.children.entries()) {
      const name = child.name === 'row' ? String(index) : child.name;
      keepExtra(child, `${path}.${child.label ?? name}`, extra);
    }
    return;
  }
  let key = path;
  for (let again = 2; extra.has(key); again++) key = `${path}#${again}`;
  extra.set(key, element.text);
}

function takeField(
  field: Field,
  element: Element,
  seen: Set<string>,
  path: string,
): Scalar | undefined {
  if (seen.has(field.name)) throw invalid(path, 'repeated');
  seen.add(field.name);
  if (element.children.length > 0) throw invalid(path, 'has elements inside');
  return element.text.trim() === '' ? undefined : fieldValue(element.text, field, path);
}

function noStrayText(element: Element, path: string): void {
  if (element.text.trim() !== '') throw invalid(path, 'text between elements');
}

function takeRow(element: Element, layout: ListLayout, index: number, into: Collected): Row {
  const prefix = `${layout.list.list}.${index}`;
  noStrayText(element, prefix);
  const row = new Map<string, Scalar>();
  const seen = new Set<string>();
  for (const child of element.children) {
    const field = layout.fields.get(child.name);
    const path = `${prefix}.${child.name}`;
    if (field === undefined) keepExtra(child, path, into.extra);
    else {
      const value = takeField(field, child, seen, path);
      if (value !== undefined) row.set(field.name, value);
    }
  }
  return Object.fromEntries(row);
}

function takeList(element: Element, layout: ListLayout, into: Collected): void {
  const name = layout.list.list;
  if (into.lists.has(name)) throw invalid(name, 'repeated');
  noStrayText(element, name);
  const rows: Row[] = [];
  for (const child of element.children) {
    if (child.name === 'row') rows.push(takeRow(child, layout, rows.length, into));
    else keepExtra(child, `${name}.${child.name}`, into.extra);
  }
  into.lists.set(name, rows);
}

function collect(root: Element, layout: Layout): Message {
  const into: Collected = { fields: new Map(), lists: new Map(), extra: new Map() };
  const seen = new Set<string>();
  noStrayText(root, root.name);
  for (const child of root.children) {
    const label = child.name === 'list' ? child.label : undefined;
    const list = label === undefined ? undefined : layout.lists.get(label);
    const field = label === undefined ? layout.fields.get(child.name) : undefined;
    if (list !== undefined) takeList(child, list, into);
    else if (field === undefined) keepExtra(child, label ?? child.name, into.extra);
    else {
      const value = takeField(field, child, seen, child.name);
      if (value !== undefined) into.fields.set(field.name, value);
    }
  }
  return {
    fields: Object.fromEntries(into.fields),
    lists: Object.fromEntries(into.lists),
    extra: Object.fromEntries(into.extra),
  };
}

/** The charset of answers reads requests too: it is a superset of those a link may send in. */
export function readTree(spec: BankSpec, bytes: Uint8Array): Element {
  return parseXml(decodeText(bytes, spec.protocol.charset.answer), xmlOf(spec).root);
}

function decode(spec: BankSpec, code: string, bytes: Uint8Array, side: Side): Message {
  return collect(readTree(spec, bytes), layoutOf(transactionOf(spec, code), side));
}

export function decodeAnswer(spec: BankSpec, code: string, bytes: Uint8Array): Message {
  const message = decode(spec, code, bytes, 'answer');
  const { status } = spec.protocol.envelope;
  if (message.fields[status] === undefined) throw invalid(status, 'missing');
  return message;
}

export function decodeRequest(spec: BankSpec, code: string, bytes: Uint8Array): Message {
  return decode(spec, code, bytes, 'request');
}

/** The transaction code a request carries, whatever it is; whether the spec has it is not asked here. */
export function readAction(spec: BankSpec, bytes: Uint8Array): string {
  const { action } = spec.protocol.envelope;
  const found = readTree(spec, bytes).children.filter((child) => child.name === action);
  const [only] = found;
  if (only === undefined || found.length > 1 || only.children.length > 0) {
    throw invalid(action, only === undefined ? 'missing' : 'repeated');
  }
  return only.text;
}
