/**
 * The last look at a text before people see it in a log, a label or an answer of the admin door. In: any
 * string. Out: printable ASCII of bounded length in which nothing looks like an account number, a
 * person's name or an amount. Fails closed: what merely looks like one is hidden too.
 */
export const TEXT_CHARS_MAX = 120;
const READ_CHARS_MAX = 2_000;

/** 12 digits or more, also when grouped by blanks or hyphens and in any script (full-width digits). */
const ACCOUNT = /\p{Nd}(?:[\s-]?\p{Nd}){11,}/gu;
/** Two decimals and nothing around that would make it an IP address or a path of numbers. */
const AMOUNT = /(?<![\d.])\d[\d,]*\.\d{2}(?![\d.])/g;
/** Names of people are Chinese, and a control character could forge a line: neither is ever needed. */
const UNPRINTABLE = /[^\x20-\x7e]+/g;

const lastFour = (number: string): string => `****${number.replace(/[\s-]/g, '').slice(-4)}`;

export const looksLikeAccount = (text: string): boolean => text.search(ACCOUNT) >= 0;

/** Too short for an account number, no point for an amount: nearly every field of nearly every line. */
const PLAIN = /^[\w:/-]{0,11}$/;

export function maskText(text: string, charsMax = TEXT_CHARS_MAX): string {
  if (PLAIN.test(text)) return text;
  // cut after masking: a cut through an account number leaves digits that no longer look like one. The
  // cut before it only bounds the work, and takes a number that it went through with it.
  const bounded =
    text.length > READ_CHARS_MAX
      ? text.slice(0, READ_CHARS_MAX).replace(/[\p{Nd}\s-]+$/u, '')
      : text;
  const shown = bounded
    .replace(ACCOUNT, lastFour)
    .replace(AMOUNT, '#.##')
    .replace(UNPRINTABLE, '?');
  return shown.length > charsMax ? `${shown.slice(0, charsMax - 3)}...` : shown;
}

/** An id or a serial: chosen to be shown, so its digits stay; anything that is not a plain id does not. */
export const maskId = (text: string): string =>
  /^[\w:.-]{1,120}$/.test(text) ? text : maskText(text);
