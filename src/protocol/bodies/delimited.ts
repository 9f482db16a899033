/**
 * Bodies of fields in a fixed order, each followed by a delimiter, also the last; lists are flattened in
 * place and counted by a field before them.
 *
 *   TotalCount & RecordNum & rows: serial & amount & serial & amount & Reserve &
 *   2&2&S1&1.00&S2&3.50&&
 *
 * How a delimiter inside a value would be written is not known of any bank, so no value may have one. A body
 * is read only if its fields are as many as the counts say: where one were missing, every later one would
 * be taken for its neighbour.
 */
import { YinqiError } from '../../errors.ts';
import { fieldValue, isEmpty } from '../field.ts';
import { isList, type Layout, type Side } from '../layout.ts';
import type { Message, Row, Scalar, Values } from '../message.ts';
import type { Field, FieldList } from '../spec.ts';
import { type FieldText, isListTexts, noneOf, type PartTexts } from './texts.ts';

const invalid = (path: string, detail: string): YinqiError =>
  new YinqiError('MESSAGE_INVALID', { path, detail });

export function delimitedText(parts: readonly PartTexts[], delimiter: string): string {
  const one = ({ path, text }: FieldText): string => {
    // line breaks are control characters, which no field may have
    if (!text.includes(delimiter)) return `${text}${delimiter}`;
    throw new YinqiError('FIELD_FORMAT', { path, detail: `no ${delimiter}` });
  };
  const texts = parts.flatMap((part) =>
    isListTexts(part) ? (part.none ?? (part.rows ?? []).flat()) : [part],
  );
  return texts.map(one).join('');
}

/** The texts before the delimiters. A line break behind the body is no part of it. */
export function tokensIn(text: string, delimiter: string): { tokens: string[]; whole: boolean } {
  const body = text.replace(/\r?\n$/, '');
  const whole = body === '' || body.endsWith(delimiter);
  const tokens = body.split(delimiter);
  return { tokens: whole ? tokens.slice(0, -1) : tokens, whole };
}

/** `text` undefined: no token was left for it. */
export interface LaidField {
  readonly field: Field;
  readonly text: string | undefined;
}

interface LaidList {
  readonly rows: readonly (readonly LaidField[])[];
  readonly count: string;
}

/** Which token is which field. */
export interface Laid {
  readonly fields: readonly LaidField[];
  readonly lists: ReadonlyMap<string, LaidList>;
  /** tokens that no field is left for */
  readonly over: readonly string[];
  /** fields that no token is left for */
  readonly missing: number;
}

const COUNT = /^\d{1,9}$/;

/** `none`: the list that has one row behind its count of none. */
function lay(layout: Layout, tokens: readonly string[], none?: FieldList): Laid {
  const fields: LaidField[] = [];
  const lists = new Map<string, LaidList>();
  let at = 0;
  let missing = 0;
  const next = (field: Field): LaidField => {
    if (at >= tokens.length) missing += 1;
    at += 1;
    return { field, text: tokens[at - 1] };
  };
  for (const part of layout.parts) {
    if (!isList(part)) {
      fields.push(next(part));
      continue;
    }
    const count = fields.find(({ field }) => field.name === part.count)?.text?.trim() ?? '';
    const said = part === none ? 1 : COUNT.test(count) ? Number(count) : 0;
    const rows: LaidField[][] = [];
    // a count is believed only as far as there is something to count
    while (rows.length < said && at < tokens.length) rows.push(part.fields.map(next));
    missing += (said - rows.length) * part.fields.length;
    lists.set(part.list, { rows, count });
  }
  return { fields, lists, over: tokens.slice(at), missing };
}

export interface Fitted {
  readonly laid: Laid;
  readonly none: FieldList | undefined;
  readonly fits: boolean;
}

const isFit = (laid: Laid): boolean => laid.over.length === 0 && laid.missing === 0;

/**
 * As the counts say; where that does not fit, an answer may have the fields of one row though its count says
 * none. Two lists that could both have it: nobody can say whose it is, so it does not fit.
 */
export function bestLaid(layout: Layout, tokens: readonly string[], side: Side): Fitted {
  const plain = lay(layout, tokens);
  if (isFit(plain)) return { laid: plain, none: undefined, fits: true };
  const found = [...layout.lists.values()]
    .map(({ list }) => list)
    .filter((list) => side === 'answer' && Number(plain.lists.get(list.list)?.count) === 0)
    .map((list) => ({ laid: lay(layout, tokens, list), none: list, fits: true }))
    .filter(({ laid }) => isFit(laid));
  const [only, other] = found;
  if (only !== undefined && other === undefined) return only;
  return { laid: plain, none: undefined, fits: false };
}

function rowOf(row: readonly LaidField[], prefix: string): Row {
  const values = row.flatMap(({ field, text = '' }): [string, Scalar][] => {
    if (isEmpty(text)) return [];
    return [[field.name, fieldValue(text, field, `${prefix}${field.name}`)]];
  });
  return Object.fromEntries(values);
}

/** MESSAGE_INVALID if the fields are not as many as they must be, or one is not of its type. */
export function readDelimited(
  text: string,
  layout: Layout,
  delimiter: string,
  side: Side,
): Omit<Message, 'head'> {
  const { tokens, whole } = tokensIn(text, delimiter);
  if (!whole) throw invalid('body', 'not whole');
  const { laid, none, fits } = bestLaid(layout, tokens, side);
  if (!fits) throw invalid('body', `${tokens.length} fields`);
  const lists: Record<string, Row[]> = {};
  const hollow: Values = {};
  for (const [name, { rows, count }] of laid.lists) {
    if (none?.list === name) hollow[noneOf(name)] = [rowOf(rows[0] ?? [], `${noneOf(name)}.`)];
    if (count === '') continue;
    if (!COUNT.test(count)) throw invalid(name, 'a count that is none');
    const own = none?.list === name ? [] : rows;
    lists[name] = own.map((row, index) => rowOf(row, `${name}.${index}.`));
  }
  const fields = rowOf(laid.fields, '');
  const [first] = laid.fields;
  const blank = Object.keys({ ...fields, ...lists, ...hollow }).length === 0;
  if (blank && first !== undefined) hollow[first.field.name] = '';
  return { fields, lists, extra: {}, ...(Object.keys(hollow).length === 0 ? {} : { hollow }) };
}
