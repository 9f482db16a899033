/**
 * Text ↔ bytes in the bank's charset. In: text, charset. Out: bytes that mean the same to every decoder
 * of that charset, or FIELD_UNENCODABLE naming the code point. Never substitutes: iconv-lite writes `?`
 * for what it cannot carry, and a payee's name with a `?` in it is another payee.
 */
import iconv from 'iconv-lite';
import { YinqiError } from '../errors.ts';

export type Charset = 'GBK' | 'GB18030' | 'UTF-8';

/** cp936 and not iconv's `gbk`: the latter adds 80 characters that other GBK decoders read otherwise. */
const codecs: Record<Charset, string> = { GBK: 'cp936', GB18030: 'gb18030', 'UTF-8': 'utf8' };

/** One byte 0x80 in cp936, absent from GBK; and the private use area means nothing in particular. */
const notInGbk = /[\u20ac\ue000-\uf8ff]/;

function carries(text: string, charset: Charset): Uint8Array | undefined {
  const bytes = iconv.encode(text, codecs[charset]);
  if (iconv.decode(bytes, codecs[charset], { stripBOM: false }) !== text) return undefined;
  if (charset === 'GBK' && notInGbk.test(text)) return undefined;
  return bytes;
}

const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

export function encodeText(text: string, charset: Charset, path: string): Uint8Array {
  const bytes = carries(text, charset);
  if (bytes !== undefined) return bytes;
  const bad = [...text].find((char) => carries(char, charset) === undefined);
  const point = bad?.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  throw new YinqiError('FIELD_UNENCODABLE', {
    path,
    ...(point === undefined ? {} : { detail: `U+${point}` }),
  });
}

/** Length as the bank counts it: encoded bytes. */
export function bytesOf(text: string, charset: Charset, path: string): number {
  return isAscii(text) ? text.length : encodeText(text, charset, path).length;
}

/** Bytes the charset does not know become U+FFFD: banks cut their texts in the middle of a character. */
export function decodeText(bytes: Uint8Array, charset: Charset): string {
  return iconv.decode(bytes, codecs[charset]);
}
