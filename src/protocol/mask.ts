/**
 * What may be shown of a value. In: a value and the mask its field declares. Out: text safe for a
 * terminal and a log. Fails closed: what does not look as its mask expects is not shown at all.
 *
 *   account 6222020200112233445 → ****3445      name 张三 → 张*       amount 12.30 → ***
 *   text    any                 → (24 bytes)    secret   → (secret)   none   BF    → BF
 */
import iconv from 'iconv-lite';
import type { Mask } from './spec.ts';

/** Bytes as banks count them, without the checks an encoder makes: nothing is sent from here. */
export const lengthOf = (value: string): number => iconv.encode(value, 'gb18030').length;

/** Escape sequences, direction marks and the like would act on the terminal that shows them. */
const printable = (value: string): string => value.replace(/\p{C}/gu, '\ufffd');

/** The last four of a short number are most of it. */
const accountBytesMin = 8;

export function shown(value: string, mask: Mask): string {
  if (value === '') return '';
  switch (mask) {
    case 'none':
      return printable(value);
    case 'account': {
      const plain = /^[0-9A-Za-z-]+$/.test(value) && value.length >= accountBytesMin;
      return plain ? `****${value.slice(-4)}` : '****';
    }
    case 'name': {
      const [first = '', second] = value;
      return second === undefined ? '*' : `${printable(first)}*`;
    }
    case 'amount':
      return '***';
    case 'text':
      return `(${lengthOf(value)} bytes)`;
    default:
      return '(secret)';
  }
}
