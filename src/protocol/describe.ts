/**
 * One packet laid open for a person: every field in the manual's order with its meaning, its masked
 * value, its length and what is wrong with it. In: the body of a frame; for an answer also the code it
 * answers, which answers do not carry. Out: a Description; MESSAGE_INVALID or OPERATION_UNKNOWN if it
 * cannot be read at all. Never shows a value past its mask, and of elements the spec does not list only
 * the length.
 */
import { YinqiError } from '../errors.ts';
import { shownName } from './body.ts';
import { readAction, readTree } from './decode.ts';
import { fieldText, fieldValue, isEmpty } from './field.ts';
import { isList, type Layout, layoutOf, type Side, transactionOf, typeOf } from './layout.ts';
import { lengthOf, shown } from './mask.ts';
import { checkNeed } from './need.ts';
import type { BankSpec, Field, FieldList } from './spec.ts';
import type { Element } from './xml.ts';

export { render } from './render.ts';

export interface DescribedField {
  /** `recvAccNm`, `userDataList.0.status`; of an unknown element its name if that is harmless */
  readonly path: string;
  readonly zh: string;
  readonly en: string;
  readonly type: string;
  readonly state: 'given' | 'empty' | 'absent' | 'not in the spec';
  /** masked; for an enumerated value its meaning too */
  readonly shown: string;
  /** encoded bytes of the value; not told of a secret */
  readonly bytes: number | undefined;
  readonly bytesMax: number | undefined;
  /** codes of errors with harmless details */
  readonly faults: readonly string[];
}

export interface Description {
  readonly bank: string;
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly side: Side;
  readonly bytes: number;
  readonly fields: readonly DescribedField[];
  /** faults of the packet as a whole */
  readonly faults: readonly string[];
}

/** One level of the message: the head, or one row of a list. */
interface Level {
  readonly spec: BankSpec;
  readonly side: Side;
  readonly prefix: string;
  readonly values: ReadonlyMap<string, string>;
  readonly head: ReadonlyMap<string, string>;
}

/** The fault a check throws, as text; checks stop at their first one, so they are asked field by field. */
function faultOf(check: () => void): string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof YinqiError)) throw error;
    return [error.detail === undefined ? error.code : `${error.code} (${error.detail})`];
  }
}

function faultsOf(field: Field, value: string, path: string, level: Level): string[] {
  const charset = level.spec.protocol.charset.answer;
  if (level.side === 'request') {
    const fixed =
      field.fixed !== undefined && value !== field.fixed ? ['FIELD_CHOICE (fixed)'] : [];
    const format = faultOf(() => fieldText(value, field, charset, path, 'request'));
    return format.length > 0 ? format : fixed;
  }
  const meaning = faultOf(() => fieldValue(value, field, path));
  if (meaning.length > 0 || typeOf(field.type).kind !== 'text') return meaning;
  const format = faultOf(() => fieldText(value, field, charset, path, 'answer'));
  const listed = field.values === undefined || Object.hasOwn(field.values, value);
  return listed ? format : [...format, 'FIELD_CHOICE (a value the spec does not list)'];
}

/** A value that does not fit its field may be something else, e.g. an account number in a code. */
function shownOf(field: Field, value: string, faults: readonly string[]): string {
  if (faults.length > 0 && field.mask === 'none') return shown(value, 'text');
  const meanings = field.mask === 'none' ? (field.values ?? {}) : {};
  const meaning = Object.hasOwn(meanings, value) ? meanings[value] : undefined;
  return meaning === undefined ? shown(value, field.mask) : `${shown(value, 'none')} ${meaning}`;
}

function describeField(field: Field, found: readonly Element[], level: Level): DescribedField {
  const path = `${level.prefix}${field.name}`;
  const value = level.values.get(field.name) ?? '';
  const empty = isEmpty(value);
  const type = typeOf(field.type);
  const shape = [
    ...(found.length > 1 ? ['repeated'] : []),
    ...(found.some((one) => one.children.length > 0) ? ['has elements inside'] : []),
    ...(empty ? [] : faultsOf(field, value, path, level)),
  ];
  const need =
    level.side === 'request'
      ? faultOf(() => checkNeed([field], level.values, level.head, level.prefix.slice(0, -1)))
      : [];
  const isStatus = field.name === level.spec.protocol.envelope.status && level.prefix === '';
  const missing = level.side === 'answer' && isStatus && empty ? ['FIELD_MISSING'] : [];
  return {
    path,
    zh: field.zh,
    en: field.en,
    type: field.type,
    state: found.length === 0 ? 'absent' : empty ? 'empty' : 'given',
    shown: empty ? '' : shownOf(field, value, shape),
    bytes: field.mask === 'secret' ? undefined : empty ? 0 : lengthOf(value),
    bytesMax: type.kind === 'text' && Number.isFinite(type.bytesMax) ? type.bytesMax : undefined,
    faults: [...shape, ...need, ...missing],
  };
}

/** Of what the spec does not know, nothing is shown but that it is there and how long it is. */
function describeUnknown(element: Element, prefix: string): DescribedField[] {
  const path = `${prefix}${shownName(element.label ?? element.name)}`;
  if (element.children.length > 0) {
    return element.children.flatMap((child) => describeUnknown(child, `${path}.`));
  }
  const unknown = { zh: '', en: '', type: '', bytesMax: undefined, faults: [] };
  const bytes = lengthOf(element.text);
  return [
    { path, ...unknown, state: 'not in the spec', shown: shown(element.text, 'text'), bytes },
  ];
}

const named = (parent: Element, name: string): Element[] =>
  parent.children.filter((child) => child.name === name);

const listsNamed = (parent: Element, label: string): Element[] =>
  parent.children.filter((child) => child.name === 'list' && child.label === label);

function valuesIn(parent: Element, fields: ReadonlyMap<string, Field>): Map<string, string> {
  const known = parent.children.filter((child) => fields.has(child.name));
  return new Map(known.map((child) => [child.name, child.text]));
}

const stray = (element: Element): boolean => element.text.trim() !== '';

interface Outer {
  readonly spec: BankSpec;
  readonly side: Side;
  readonly layout: Layout;
  readonly head: ReadonlyMap<string, string>;
  readonly faults: string[];
}

function describeList(list: FieldList, root: Element, outer: Outer): DescribedField[] {
  const found = listsNamed(root, list.list);
  const rows = found.flatMap((one) => named(one, 'row'));
  const fields = outer.layout.lists.get(list.list)?.fields ?? new Map<string, Field>();
  const strange = found.flatMap((one) => one.children.filter((child) => child.name !== 'row'));
  if (found.length > 1) outer.faults.push(`list ${list.list} repeated`);
  if ([...found, ...rows].some(stray)) outer.faults.push(`text between elements of ${list.list}`);
  if (outer.side === 'request') {
    const needed = list.fields.some((field) => field.need === 'yes');
    if (needed && rows.length === 0) outer.faults.push(`FIELD_MISSING (rows of ${list.list})`);
    if (rows.length > (list.rowsMax ?? rows.length)) {
      outer.faults.push(`FIELD_TOO_LONG (${rows.length} rows, at most ${list.rowsMax})`);
    }
  }
  const described = rows.flatMap((row, index) => {
    const prefix = `${list.list}.${index}.`;
    const level = { ...outer, prefix, values: valuesIn(row, fields) };
    const unknown = row.children.filter((child) => !fields.has(child.name));
    return [
      ...list.fields.map((field) => describeField(field, named(row, field.name), level)),
      ...unknown.flatMap((child) => describeUnknown(child, prefix)),
    ];
  });
  return [...described, ...strange.flatMap((child) => describeUnknown(child, `${list.list}.`))];
}

const isKnown = (child: Element, layout: Layout): boolean =>
  child.name === 'list' && child.label !== undefined
    ? layout.lists.has(child.label)
    : layout.fields.has(child.name);

/** Without `answerTo` the packet is a request, named by its own action. */
export function describe(spec: BankSpec, bytes: Uint8Array, answerTo?: string): Description {
  const side = answerTo === undefined ? 'request' : 'answer';
  const transaction = transactionOf(spec, answerTo ?? readAction(spec, bytes));
  const layout = layoutOf(transaction, side);
  const root = readTree(spec, bytes);
  const head = valuesIn(root, layout.fields);
  const faults = stray(root) ? ['text between elements'] : [];
  const outer: Outer = { spec, side, layout, head, faults };
  const fields = layout.parts.flatMap((part) =>
    isList(part)
      ? describeList(part, root, outer)
      : [describeField(part, named(root, part.name), { ...outer, prefix: '', values: head })],
  );
  const unknown = root.children
    .filter((child) => !isKnown(child, layout))
    .flatMap((child) => describeUnknown(child, ''));
  return {
    bank: spec.protocol.bank,
    code: transaction.code,
    zh: transaction.zh,
    en: transaction.en,
    side,
    bytes: bytes.length,
    fields: [...fields, ...unknown],
    faults,
  };
}
