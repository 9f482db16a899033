/** The elements of an XML body, in the order of the spec, and then those it does not list. */

import { elementsIn, isLabelled, listAt, rootOf } from '../bodies/xml-reader.ts';
import { shownName } from '../body.ts';
import { elementOf, isList, type Layout } from '../layout.ts';
import type { Field, FieldList } from '../spec.ts';
import type { XmlEnvelope } from '../spec-framing.ts';
import type { Element } from '../xml.ts';
import type { DescribedField } from './described.ts';
import { checkRows, describeField, describeStray, type Found, type Outer } from './field.ts';

type Elements = readonly Element[];

interface Reach {
  readonly outer: Outer;
  readonly layout: Layout;
  readonly envelope: XmlEnvelope;
  readonly root: Element;
}

const stray = (element: Element): boolean => element.text.trim() !== '';

function describeUnknown(element: Element, prefix: string): DescribedField[] {
  const path = `${prefix}${shownName(element.label ?? element.name)}`;
  if (element.children.length > 0) {
    return element.children.flatMap((child) => describeUnknown(child, `${path}.`));
  }
  return [describeStray(path, element.text)];
}

const named = (elements: Elements, name: string): Element[] =>
  elements.filter((one) => one.name === name);

function foundAs(elements: Elements, field: Field): Found {
  const found = named(elements, elementOf(field));
  return { times: found.length, nested: found.some((one) => one.children.length > 0) };
}

function valuesIn(elements: Elements, fields: Iterable<Field>): [string, string][] {
  return [...fields].flatMap((field): [string, string][] => {
    const last = named(elements, elementOf(field)).at(-1);
    return last === undefined ? [] : [[field.name, last.text]];
  });
}

function rowsOf(list: FieldList, elements: Elements, { envelope, layout, outer }: Reach) {
  const found = elements.filter((one) => listAt(one, layout, envelope)?.list === list);
  if (envelope.lists === 'repeated') return { found, rows: found, strange: [] };
  if (found.length > 1) outer.faults.push(`list ${list.list} repeated`);
  const rows = found.flatMap((one) => named(one.children, 'row'));
  const strange = found.flatMap((one) => one.children.filter((child) => child.name !== 'row'));
  return { found, rows, strange };
}

function describeList(list: FieldList, elements: Elements, reach: Reach): DescribedField[] {
  const { outer } = reach;
  const { found, rows, strange } = rowsOf(list, elements, reach);
  if ([...found, ...rows].some(stray)) outer.faults.push(`text between elements of ${list.list}`);
  checkRows(list, rows.length, outer);
  const described = rows.flatMap((row, index) => {
    const prefix = `${list.list}.${index}.`;
    const level = { ...outer, prefix, values: new Map(valuesIn(row.children, list.fields)) };
    const known = new Set(list.fields.map(elementOf));
    const unknown = row.children.filter((child) => !known.has(child.name));
    return [
      ...list.fields.map((field) => describeField(field, foundAs(row.children, field), level)),
      ...unknown.flatMap((child) => describeUnknown(child, prefix)),
    ];
  });
  return [...described, ...strange.flatMap((child) => describeUnknown(child, `${list.list}.`))];
}

/** The elements no field and no list of this place has. */
function unknownIn(elements: Elements, section: string, { envelope, layout }: Reach): Elements {
  const fields = layout.elements.get(section);
  const hasLists = section === '' || section === envelope.sections?.at(-1);
  return elements.filter((child) => {
    if (hasLists && listAt(child, layout, envelope) !== undefined) return false;
    return isLabelled(child, envelope) || fields?.has(child.name) !== true;
  });
}

function describeUnlisted(reach: Reach): DescribedField[] {
  const { envelope, root } = reach;
  const { sections } = envelope;
  if (sections === undefined) {
    return unknownIn(root.children, '', reach).flatMap((child) => describeUnknown(child, ''));
  }
  const outside = root.children.filter((child) => !sections.includes(child.name));
  return [
    ...sections.flatMap((name) =>
      unknownIn(elementsIn(root, name), name, reach).flatMap((child) =>
        describeUnknown(child, `${name}.`),
      ),
    ),
    ...outside.flatMap((child) => describeUnknown(child, '')),
  ];
}

function lookAtSections({ envelope, outer, root }: Reach): void {
  for (const name of envelope.sections ?? []) {
    const found = named(root.children, name);
    if (found.length > 1) outer.faults.push(`${name} repeated`);
    if (found.some(stray)) outer.faults.push(`text between elements of ${name}`);
  }
}

export function describeXml(
  document: string,
  layout: Layout,
  envelope: XmlEnvelope,
  given: Omit<Outer, 'head'>,
): DescribedField[] {
  const root = rootOf(document, envelope);
  if (stray(root)) given.faults.push('text between elements');
  const elementsOf = (section: string | undefined) => elementsIn(root, section);
  const values = [...layout.fields.values()].flatMap((field) =>
    valuesIn(elementsOf(field.section), [field]),
  );
  const outer: Outer = { ...given, head: new Map(values) };
  const reach: Reach = { outer, layout, envelope, root };
  lookAtSections(reach);
  const level = { ...outer, prefix: '', values: outer.head };
  const known = layout.parts.flatMap((part) =>
    isList(part)
      ? describeList(part, elementsOf(envelope.sections?.at(-1)), reach)
      : [describeField(part, foundAs(elementsOf(part.section), part), level)],
  );
  return [...known, ...describeUnlisted(reach)];
}
