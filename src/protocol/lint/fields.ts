/** Rules for the fields of one transaction file, request and answer. */
import { YinqiError } from '../../errors.ts';
import { fieldText } from '../field.ts';
import { isList, layoutOf, typeOf } from '../layout.ts';
import type { BankSpec, Field, Transaction } from '../spec.ts';
import { partPlace } from './bodies.ts';
import { lintMask } from './masks.ts';
import type { Place } from './place.ts';

type Condition = NonNullable<Field['requiredWhen']>;
type Fields = ReadonlyMap<string, Field>;

/** Fields a condition may name: those of the message, and inside a list those of the row. */
interface Reach {
  readonly head: Fields;
  readonly row: Fields | undefined;
}

/** What the encoder itself says against a value that the spec fixes; undefined if nothing. */
export function faultOfLiteral(field: Field, value: string): string | undefined {
  try {
    fieldText(value, field, 'GB18030', field.name, 'request');
    return undefined;
  } catch (error) {
    if (!(error instanceof YinqiError)) throw error;
    return `${error.code} for ${field.name} (${error.detail ?? field.type})`;
  }
}

function lintCondition(condition: Condition | undefined, reach: Reach, at: Place): void {
  for (const [key, values] of Object.entries(condition ?? {})) {
    const field = key.startsWith('row.') ? reach.row?.get(key.slice(4)) : reach.head.get(key);
    if (field === undefined) at.in(key).fault('no such field in the request');
    const listed = field?.values;
    if (listed === undefined) continue;
    for (const value of values.filter((one) => one !== '' && !Object.hasOwn(listed, one))) {
      at.in(key).fault(`${value} is not one of its values`);
    }
  }
}

function lintNeed(field: Field, reach: Reach, at: Place): void {
  const { requiredWhen, emptyWhen, oneOf, unstated } = field;
  const ruled = [requiredWhen, emptyWhen, oneOf, unstated].some((rule) => rule !== undefined);
  if (field.need === 'conditional' && !ruled) {
    at.in('need').fault('conditional without a rule; say unstated if the manual does not say when');
  }
  if (field.need !== 'conditional' && ruled)
    at.in('need').fault('has rules but is not conditional');
  lintCondition(requiredWhen, reach, at.in('requiredWhen'));
  lintCondition(emptyWhen, reach, at.in('emptyWhen'));
  lintCondition(oneOf?.when, reach, at.in('oneOf.when'));
  const near = reach.row ?? reach.head;
  for (const name of oneOf?.fields ?? []) {
    if (!near.has(name)) at.in('oneOf.fields').fault(`no field ${name} beside it`);
  }
}

function lintType(field: Field, at: Place): void {
  const type = typeOf(field.type);
  if (type.kind === 'text' && type.bytesMax === 0) at.in('type').fault('no room for a value');
  if (type.kind === 'decimal' && type.precision <= type.scale) {
    at.in('type').fault('no digit before the point');
  }
  for (const value of Object.keys(field.values ?? {}).filter((one) => one !== '')) {
    const fault = faultOfLiteral(field, value);
    if (fault !== undefined) at.in('values').fault(fault);
  }
  const fault = field.fixed === undefined ? undefined : faultOfLiteral(field, field.fixed);
  if (fault !== undefined) at.in('fixed').fault(fault);
  // a word of requests: the values this field shows need not have it
  const { emptyMeans, values: _, ...open } = field;
  const misfit = emptyMeans === undefined ? undefined : faultOfLiteral(open, emptyMeans);
  if (misfit !== undefined) at.in('emptyMeans').fault(misfit);
}

/** Where lists are named, `list` and `row` are words of the envelope: a field so named could not be told from them. */
function lintName(spec: BankSpec, name: string, at: Place): void {
  const { envelope } = spec.protocol;
  const words = envelope.body === 'xml' && envelope.lists === 'named' ? ['list', 'row'] : [];
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) || words.includes(name)) {
    at.in('name').fault('cannot be the name of an element');
  }
}

function lintOwned(spec: BankSpec, field: Field, side: string, inList: boolean, at: Place): void {
  if (side === 'answer' && (field.owned || field.fixed !== undefined)) {
    at.fault('only a request has owned or fixed fields');
  }
  if (field.emptyMeans !== undefined && (side === 'request' || !inList)) {
    at.in('emptyMeans').fault('only a row of an answer is selected by its fields');
  }
  if (!field.owned) return;
  if (inList) at.in('owned').fault('only fields outside a list can be owned');
  if (field.fixed === undefined && !Object.hasOwn(spec.protocol.owned, field.name)) {
    at.in('owned').fault('protocol.yaml: owned does not say what goes in');
  }
}

function lintSide(spec: BankSpec, transaction: Transaction, side: 'request' | 'answer', at: Place) {
  const head = layoutOf(transaction, side).fields;
  const lists = layoutOf(transaction, side).lists;
  const seen = new Set<string>();
  const once = (name: string, place: Place) => {
    if (seen.has(name)) place.fault(`${name} stands here twice`);
    seen.add(name);
  };
  const each = (field: Field, row: Fields | undefined, place: Place) => {
    lintName(spec, field.name, place);
    lintType(field, place);
    lintMask(field, place);
    lintOwned(spec, field, side, row !== undefined, place);
    if (side === 'request') lintNeed(field, { head, row }, place);
  };
  for (const [index, part] of transaction[side].entries()) {
    const place = partPlace(spec, side, index, at);
    if (!isList(part)) {
      once(part.name, place);
      each(part, undefined, place);
      continue;
    }
    once(`list ${part.list}`, place);
    for (const [inside, field] of part.fields.entries()) {
      once(`${part.list}.${field.name}`, place.in('fields', inside));
      each(field, lists.get(part.list)?.fields, place.in('fields', inside));
    }
  }
}

export function lintFields(spec: BankSpec, transaction: Transaction, at: Place): void {
  lintSide(spec, transaction, 'request', at);
  lintSide(spec, transaction, 'answer', at);
}
