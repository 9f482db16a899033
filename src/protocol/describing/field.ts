/** One field of a body, masked, with what is wrong with it. */
import { YinqiError } from '../../errors.ts';
import { fieldText, fieldValue, isEmpty } from '../field.ts';
import { type Side, typeOf } from '../layout.ts';
import { lengthOf, shown } from '../mask.ts';
import { checkNeed } from '../need.ts';
import type { BankSpec, Field, FieldList, Mask } from '../spec.ts';
import type { DescribedField } from './described.ts';

/** The message a field stands in; what is wrong with it as a whole is collected. */
export interface Outer {
  readonly spec: BankSpec;
  readonly side: Side;
  /** fields outside any list: what conditions look at */
  readonly head: ReadonlyMap<string, string>;
  readonly faults: string[];
}

/** One level of the message: the fields outside any list, or one row of a list. */
export interface Level extends Outer {
  /** '' or `list.0.` */
  readonly prefix: string;
  readonly values: ReadonlyMap<string, string>;
}

/** How a field was found; a name may come twice where fields have names. */
export interface Found {
  readonly times: number;
  readonly nested: boolean;
}

/** The fault a check throws, as text; checks stop at their first one, so they are asked field by field. */
export function faultOf(check: () => void): string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof YinqiError)) throw error;
    return [error.detail === undefined ? error.code : `${error.code} (${error.detail})`];
  }
}

export const UNLISTED = 'FIELD_CHOICE (a value the spec does not list)';

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
  return listed ? format : [...format, UNLISTED];
}

interface Shown {
  readonly mask: Mask;
  readonly values?: Readonly<Record<string, string>> | undefined;
}

/** A value that does not fit its field may be something else, e.g. an account number in a code. */
export function shownOf(field: Shown, value: string, faults: readonly string[]): string {
  if (faults.length > 0 && field.mask === 'none') return shown(value, 'text');
  const meanings = field.mask === 'none' ? (field.values ?? {}) : {};
  const meaning = Object.hasOwn(meanings, value) ? meanings[value] : undefined;
  return meaning === undefined ? shown(value, field.mask) : `${shown(value, 'none')} ${meaning}`;
}

export function describeField(field: Field, found: Found, level: Level): DescribedField {
  const path = `${level.prefix}${field.name}`;
  const value = level.values.get(field.name) ?? '';
  const empty = isEmpty(value);
  const type = typeOf(field.type);
  const shape = [
    ...(found.times > 1 ? ['repeated'] : []),
    ...(found.nested ? ['has elements inside'] : []),
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
    state: found.times === 0 ? 'absent' : empty ? 'empty' : 'given',
    shown: empty ? '' : shownOf(field, value, shape),
    bytes: field.mask === 'secret' ? undefined : empty ? 0 : lengthOf(value),
    bytesMax: type.kind === 'text' && Number.isFinite(type.bytesMax) ? type.bytesMax : undefined,
    faults: [...shape, ...need, ...missing],
  };
}

/** What an encoder would say of the number of rows. */
export function checkRows(list: FieldList, rows: number, outer: Outer): void {
  if (outer.side !== 'request') return;
  const needed = list.fields.some((field) => field.need === 'yes');
  if (needed && rows === 0) outer.faults.push(`FIELD_MISSING (rows of ${list.list})`);
  if (rows > (list.rowsMax ?? rows)) {
    outer.faults.push(`FIELD_TOO_LONG (${rows} rows, at most ${list.rowsMax})`);
  }
}

/** Of what the spec does not know, nothing is shown but that it is there and how long it is. */
export function describeStray(path: string, text: string): DescribedField {
  const unknown = { zh: '', en: '', type: '', bytesMax: undefined, faults: [] };
  const bytes = lengthOf(text);
  return { path, ...unknown, state: 'not in the spec', shown: shown(text, 'text'), bytes };
}
