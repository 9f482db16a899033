/** Rules for what a body is made of: that every message can be written as the envelope says, and read again. */
import { elementOf, headParts, isList, type Side } from '../layout.ts';
import type { BankSpec, Field, FieldList, Transaction } from '../spec.ts';
import type { DelimitedEnvelope, XmlEnvelope } from '../spec-framing.ts';
import type { Place } from './place.ts';

const SIDES: readonly Side[] = ['request', 'answer'];
const ELEMENT = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Where a part stands in the files: what is common to all messages stands in protocol.yaml. */
export function partPlace({ protocol }: BankSpec, side: Side, index: number, at: Place): Place {
  const { envelope } = protocol;
  const common = envelope.body === 'xml' ? (envelope.common?.[side].length ?? 0) : 0;
  if (index < common) return at.at('protocol.yaml', 'envelope', 'common', side, index);
  return at.in(side, index - common);
}

function lintXml(envelope: XmlEnvelope, at: Place): void {
  const { otherRoots, root, sections = [] } = envelope;
  const names = { root: [root], otherRoots, sections };
  const seen = new Set<string>();
  for (const [key, elements] of Object.entries(names)) {
    for (const name of elements) {
      if (!ELEMENT.test(name)) at.in(key).fault('cannot be the name of an element');
      if (seen.has(name)) at.in(key).fault(`${name} stands here twice`);
      seen.add(name);
    }
  }
  for (const key of ['declaration', 'answerDeclaration'] as const) {
    const template = envelope[key];
    if (template !== undefined && !/^(<\?xml [^<>]*\?>)?$/.test(template)) {
      at.in(key).fault('is no declaration');
    }
  }
}

function lintDelimited(spec: BankSpec, envelope: DelimitedEnvelope, at: Place): void {
  // a sign that amounts, dates or white space are made of would end them
  if (!/^[!-/:-@[-`{-~]$/.test(envelope.delimiter) || /[-.+]/.test(envelope.delimiter)) {
    at.in('delimiter').fault('is no sign that could stand between values');
  }
  for (const key of ['action', 'status'] as const) {
    const found = headParts(spec).some((part) => part.name === envelope[key]);
    if (!found) at.in(key).fault('fields without names cannot say it: name a part of a head');
  }
}

export function lintEnvelope(spec: BankSpec, at: Place): void {
  const { envelope } = spec.protocol;
  if (envelope.body === 'xml') lintXml(envelope, at);
  else lintDelimited(spec, envelope, at);
}

/** Elements of one level: each must be one field's, or one list's. */
function sharedElements(parts: readonly (Field | FieldList)[], envelope: XmlEnvelope) {
  const last = envelope.sections?.at(-1) ?? '';
  const seen = new Set<string>();
  return parts.filter((part) => {
    if (isList(part) && envelope.lists === 'named') return false;
    const own = isList(part) ? `${last} ${part.list}` : `${part.section ?? ''} ${elementOf(part)}`;
    const twice = seen.has(own);
    seen.add(own);
    return twice;
  });
}

function lintXmlPart(part: Field | FieldList, envelope: XmlEnvelope, at: Place): void {
  if (isList(part)) {
    if (part.count !== undefined) at.in('count').fault('elements need no counting');
    if (envelope.lists === 'repeated' && !ELEMENT.test(part.list)) {
      at.in('list').fault('cannot be the name of an element');
    }
    const twice = sharedElements(part.fields, envelope);
    if (twice.length > 0) at.in('fields').fault('two fields of one element');
  } else if (part.element !== undefined && !ELEMENT.test(part.element)) {
    at.in('element').fault('cannot be the name of an element');
  }
}

function lintDelimitedField(field: Field, delimiter: string, at: Place): void {
  for (const key of ['element', 'mayBeAbsent'] as const) {
    if (field[key] !== undefined) at.in(key).fault('only XML has elements');
  }
  const literals = [field.fixed ?? '', ...Object.keys(field.values ?? {})];
  if (literals.some((one) => one.includes(delimiter))) at.fault('a value with the delimiter in it');
}

function lintCount(list: FieldList, before: readonly (Field | FieldList)[], at: Place): void {
  if (list.count === undefined) {
    at.fault('a delimited body needs the field that counts the rows');
    return;
  }
  const field = before.find((part): part is Field => !isList(part) && part.name === list.count);
  if (field === undefined) at.in('count').fault(`no field ${list.count} before the list`);
  else if (!/^(int|char|varchar)\b/.test(field.type)) at.in('count').fault('is no number');
  if (before.some((part) => isList(part) && part.count === list.count)) {
    at.in('count').fault('another list is counted by it');
  }
}

export function lintBody(spec: BankSpec, transaction: Transaction, at: Place): void {
  const { envelope } = spec.protocol;
  for (const side of SIDES) {
    const parts = transaction[side];
    const placeOf = (index: number) => partPlace(spec, side, index, at);
    if (envelope.body === 'xml') {
      for (const part of sharedElements(parts, envelope)) {
        placeOf(parts.indexOf(part)).fault('its element is another one’s already');
      }
    }
    for (const [index, part] of parts.entries()) {
      const place = placeOf(index);
      if (envelope.body === 'xml') lintXmlPart(part, envelope, place);
      else if (!isList(part)) lintDelimitedField(part, envelope.delimiter, place);
      else {
        lintCount(part, parts.slice(0, index), place);
        for (const [inside, field] of part.fields.entries()) {
          lintDelimitedField(field, envelope.delimiter, place.in('fields', inside));
        }
      }
    }
  }
}
