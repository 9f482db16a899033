/**
 * One field's value by its type. In: a value of a caller, or text of a message. Out: the text that goes
 * on the wire, or the value it means. Never a float: an amount is a bigint of the field's own scale.
 *
 *   outgoing  decimal(15,2)  1230n or "12.30" or "12.3" → 12.30     no sign, no exponent
 *   incoming  decimal(15,2)  "12.30", "12.3", "-12"     → 1230n, 1230n, -1200n
 */
import { YinqiError } from '../errors.ts';
import { bytesOf, type Charset } from './charset.ts';
import { typeOf } from './layout.ts';
import type { Scalar } from './message.ts';
import type { Field } from './spec.ts';

export type Strictness = 'request' | 'answer';

/** Control characters, what XML 1.0 cannot carry, and halves of characters. */
export const forbidden =
  /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** XML 1.0 says these never stand in a document, not even as a character reference. */
export const notXml =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** White space alone is empty: the parser cannot tell the two apart, and no bank means anything by it. */
export const isEmpty = (value: Scalar | undefined): boolean =>
  value === undefined || (typeof value === 'string' && value.trim() === '');

export function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(text) ?? [];
  if (year === undefined || year < '1900') return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.toISOString().slice(0, 10) === `${year}-${month}-${day}`;
}

const isTime = (text: string): boolean => /^([01]\d|2[0-3])[0-5]\d[0-5]\d$/.test(text);

export function formatDecimal(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const sign = value < 0n ? '-' : '';
  return scale === 0 ? `${sign}${digits}` : `${sign}${whole}.${digits.slice(-scale)}`;
}

/** Text of a decimal with at most `scale` decimals → bigint of that scale; undefined if it is none. */
export function parseDecimal(text: string, precision: number, scale: number): bigint | undefined {
  if (text.length > 64) return undefined;
  const [, sign, whole, part] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined || (part ?? '').length > scale) return undefined;
  const value = BigInt(whole + (part ?? '').padEnd(scale, '0'));
  if (value >= 10n ** BigInt(precision)) return undefined;
  return sign === '-' ? -value : value;
}

function decimalText(value: Scalar, field: Field, strictness: Strictness): string | undefined {
  const type = typeOf(field.type);
  if (type.kind !== 'decimal') return undefined;
  const plain = typeof value === 'bigint' || /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value);
  const number =
    typeof value === 'bigint' ? value : parseDecimal(value, type.precision, type.scale);
  if (!plain || number === undefined) return undefined;
  const size = number < 0n ? -number : number;
  if (size >= 10n ** BigInt(type.precision)) return undefined;
  const signed = number < 0n || (typeof value === 'string' && value.startsWith('-'));
  if (strictness === 'request' && signed) return undefined;
  return formatDecimal(number, type.scale);
}

const wrong = (path: string, field: Field): YinqiError =>
  new YinqiError('FIELD_FORMAT', { path, detail: field.type });

/** The text of a value that is not empty, as it goes between the tags (before XML escaping). */
export function fieldText(
  value: Scalar,
  field: Field,
  charset: Charset,
  path: string,
  strictness: Strictness,
): string {
  const type = typeOf(field.type);
  if (type.kind === 'decimal') {
    const text = decimalText(value, field, strictness);
    if (text === undefined) throw wrong(path, field);
    return text;
  }
  if (typeof value !== 'string' || forbidden.test(value)) throw wrong(path, field);
  if (type.kind === 'date' && !isDate(value)) throw wrong(path, field);
  if (type.kind === 'time' && !isTime(value)) throw wrong(path, field);
  if (type.kind === 'int' && !/^(0|[1-9]\d{0,17})$/.test(value)) throw wrong(path, field);
  const bytes = bytesOf(value, charset, path);
  if (type.kind === 'text' && bytes > type.bytesMax) {
    const detail = `${bytes} bytes, at most ${type.bytesMax}`;
    throw new YinqiError('FIELD_TOO_LONG', { path, detail });
  }
  if (strictness === 'request' && field.values && !Object.hasOwn(field.values, value)) {
    throw new YinqiError('FIELD_CHOICE', { path });
  }
  return value;
}

/** What the text of a received element means. Lengths and enumerations are the sender's business. */
export function fieldValue(text: string, field: Field, path: string): Scalar {
  const type = typeOf(field.type);
  if (notXml.test(text)) throw new YinqiError('MESSAGE_INVALID', { path, detail: 'characters' });
  if (type.kind === 'text') return text;
  const shapes = { int: /^-?\d{1,18}$/, date: /^\d{8}$/, time: /^\d{6}$/ };
  if (type.kind === 'decimal') {
    const value = parseDecimal(text, type.precision, type.scale);
    if (value !== undefined) return value;
  } else if (shapes[type.kind].test(text)) {
    return text;
  }
  throw new YinqiError('MESSAGE_INVALID', { path, detail: field.type });
}
