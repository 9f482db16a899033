/** Yuan as text outside, fen as bigint inside; nothing between is ever a float. */
import { YinqiError } from '../../src/errors.ts';

const pattern = /^(-?)(\d{1,13})(?:\.(\d{1,2}))?$/;

export function fen(yuan: string): bigint {
  const found = pattern.exec(yuan);
  if (found === null) throw new YinqiError('FIELD_FORMAT', { path: 'amount' });
  const [, sign = '', whole = '0', part = ''] = found;
  const value = BigInt(whole) * 100n + BigInt(part.padEnd(2, '0'));
  return sign === '-' ? -value : value;
}

export function yuan(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
