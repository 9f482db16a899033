/**
 * An XML document → what it says. By element name in any order; one row and many alike; an element the spec
 * does not list is kept in `extra` as text. MESSAGE_INVALID with the path of the element.
 */
import { YinqiError } from '../../errors.ts';
import { fieldValue } from '../field.ts';
import type { Layout, ListLayout } from '../layout.ts';
import type { Message, Row, Scalar } from '../message.ts';
import type { Field } from '../spec.ts';
import type { XmlEnvelope } from '../spec-framing.ts';
import { type Element, parseXml } from '../xml.ts';

const invalid = (path: string, detail: string): YinqiError =>
  new YinqiError('MESSAGE_INVALID', { path, detail });

/** Names of elements come from the peer: a Map takes `__proto__` like any other name. */
interface Collected {
  readonly fields: Map<string, Scalar>;
  readonly lists: Map<string, Row[]>;
  readonly extra: Map<string, string>;
  readonly seen: Set<string>;
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
    const field = layout.elements.get(child.name);
    const path = `${prefix}.${field?.name ?? child.name}`;
    if (field === undefined) keepExtra(child, path, into.extra);
    else {
      const value = takeField(field, child, seen, path);
      if (value !== undefined) row.set(field.name, value);
    }
  }
  return Object.fromEntries(row);
}

function takeNamed(element: Element, layout: ListLayout, into: Collected): void {
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

function takeRepeated(element: Element, layout: ListLayout, into: Collected): void {
  const rows = into.lists.get(layout.list.list) ?? [];
  rows.push(takeRow(element, layout, rows.length, into));
  into.lists.set(layout.list.list, rows);
}

/** The list an element is, or is a row of. */
export function listAt(
  element: Element,
  layout: Layout,
  envelope: XmlEnvelope,
): ListLayout | undefined {
  const named = element.name === 'list' ? element.label : undefined;
  const name = envelope.lists === 'repeated' ? element.name : named;
  return name === undefined ? undefined : layout.lists.get(name);
}

interface Reach {
  readonly layout: Layout;
  readonly envelope: XmlEnvelope;
  /** '' where there are none */
  readonly section: string;
  readonly hasLists: boolean;
}

/** A labelled list of a bank that names its lists so is a list, even if a field had its name. */
export const isLabelled = (element: Element, envelope: XmlEnvelope): boolean =>
  envelope.lists === 'named' && element.name === 'list' && element.label !== undefined;

function takeChild(child: Element, reach: Reach, into: Collected): void {
  const { envelope, hasLists, layout, section } = reach;
  const list = hasLists ? listAt(child, layout, envelope) : undefined;
  if (list !== undefined) {
    if (envelope.lists === 'repeated') takeRepeated(child, list, into);
    else takeNamed(child, list, into);
    return;
  }
  const field = isLabelled(child, envelope)
    ? undefined
    : layout.elements.get(section)?.get(child.name);
  if (field === undefined) {
    const prefix = section === '' ? '' : `${section}.`;
    keepExtra(child, `${prefix}${child.label ?? child.name}`, into.extra);
    return;
  }
  const value = takeField(field, child, into.seen, field.name);
  if (value !== undefined) into.fields.set(field.name, value);
}

function takeSections(root: Element, layout: Layout, envelope: XmlEnvelope, into: Collected) {
  const seen = new Set<string>();
  for (const child of root.children) {
    const section = envelope.sections?.find((name) => name === child.name);
    if (section === undefined) {
      keepExtra(child, child.label ?? child.name, into.extra);
      continue;
    }
    if (seen.has(section)) throw invalid(section, 'repeated');
    seen.add(section);
    noStrayText(child, section);
    const hasLists = section === envelope.sections?.at(-1);
    for (const one of child.children) takeChild(one, { layout, envelope, section, hasLists }, into);
  }
}

export const rootOf = (document: string, { root, otherRoots }: XmlEnvelope): Element =>
  parseXml(document, [root, ...otherRoots]);

/** The elements that may carry fields: those of the root, or of one section of it. */
export function elementsIn(root: Element, section: string | undefined): readonly Element[] {
  if (section === undefined) return root.children;
  return root.children.filter((child) => child.name === section).flatMap((one) => one.children);
}

export function readXml(
  document: string,
  layout: Layout,
  envelope: XmlEnvelope,
): Omit<Message, 'head'> {
  const root = rootOf(document, envelope);
  const into: Collected = {
    fields: new Map(),
    lists: new Map(),
    extra: new Map(),
    seen: new Set(),
  };
  noStrayText(root, root.name);
  if (envelope.sections !== undefined) takeSections(root, layout, envelope, into);
  else {
    const reach = { layout, envelope, section: '', hasLists: true };
    for (const child of root.children) takeChild(child, reach, into);
  }
  return {
    fields: Object.fromEntries(into.fields),
    lists: Object.fromEntries(into.lists),
    extra: Object.fromEntries(into.extra),
  };
}

/** The action of a request, whichever transaction it is: the one element of that name in its first section. */
export function actionIn(document: string, envelope: XmlEnvelope): string {
  const elements = elementsIn(rootOf(document, envelope), envelope.sections?.[0]);
  const found = elements.filter((child) => child.name === envelope.action);
  const [only] = found;
  if (only === undefined || found.length > 1 || only.children.length > 0) {
    throw invalid(envelope.action, only === undefined ? 'missing' : 'repeated');
  }
  return only.text;
}
