/**
 * The lines of an HTTP answer's head → what the body is and what may follow it. Strict: a head that two
 * readers could read in two ways is no head, because the other reader may be a proxy (FRAME_INVALID).
 */
import { invalid } from './guarded.ts';

/** What a header said that bears on where the answer ends; filled line by line. */
export interface Head {
  readonly version: '1.0' | '1.1';
  readonly status: number;
  length?: number;
  chunked?: true;
  /** the Connection header */
  connection?: string;
  /** something between us and the front end has touched this answer */
  proxied?: true;
}

const STATUS = /^HTTP\/(1\.[01]) (\d{3})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;
/** Marks of a proxy or cache. A front end stands on the LAN and is spoken to directly. */
const PROXY = /^(via|age|forwarded|x-cache.*|x-forwarded-.*|x-served-by|proxy-.*)$/;
const LENGTH = /^\d{1,15}$/;

export function statusLine(line: string): Head {
  const [, version, status] = STATUS.exec(line) ?? [];
  if (version === undefined || status === undefined) throw invalid('status line');
  return { version: version === '1.0' ? '1.0' : '1.1', status: Number(status) };
}

/** One header line into the head. A folded line begins with white space and is no header. */
export function headerLine(head: Head, line: string): void {
  const [, rawName, rawValue] = HEADER.exec(line) ?? [];
  if (rawName === undefined || rawValue === undefined) throw invalid('header line');
  const name = rawName.toLowerCase();
  const value = rawValue.trim();
  if (PROXY.test(name)) head.proxied = true;
  switch (name) {
    case 'content-length':
      if (head.length !== undefined) throw invalid('two lengths');
      if (!LENGTH.test(value)) throw invalid('length');
      head.length = Number(value);
      return;
    case 'transfer-encoding':
      if (head.chunked !== undefined) throw invalid('two transfer encodings');
      if (value.toLowerCase() !== 'chunked') throw invalid('transfer encoding');
      head.chunked = true;
      return;
    case 'content-encoding':
      // never asked for; the bytes would not be the bank's
      if (value.toLowerCase() !== 'identity') throw invalid('content encoding');
      return;
    case 'connection':
      head.connection = `${head.connection ?? ''},${value}`.toLowerCase();
      return;
    default:
      return;
  }
}

/** The head is complete: does it agree with itself? */
export function checkHead(head: Head): void {
  if (head.chunked && head.length !== undefined) throw invalid('length and chunked');
  if (head.chunked && head.version === '1.0') throw invalid('chunked in HTTP/1.0');
}

/** The peer will read another request after this answer. */
export function staysOpen(head: Head): boolean {
  const said = (head.connection ?? '').split(',').map((token) => token.trim());
  if (said.includes('close')) return false;
  if (head.chunked === undefined && head.length === undefined) return false;
  return head.version === '1.1' || said.includes('keep-alive');
}
