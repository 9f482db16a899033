/**
 * Bytes → HTTP/1.1 requests, as much of it as callers use: head, Content-Length, body. Any method, path
 * and content type. Anything else (chunked, no length, too large) is a bad request and ends the connection.
 */
import { Buffer } from 'node:buffer';

export interface HttpRequest {
  readonly body: Uint8Array;
  /** the caller wants the connection closed after the answer */
  readonly close: boolean;
}

export type Read = { is: 'request'; request: HttpRequest } | { is: 'more' } | { is: 'bad' };

const headBytesMax = 16_384;
const bodyBytesMax = 8_388_608;
const headEnd = Buffer.from('\r\n\r\n');

export class RequestReader {
  #bytes: Buffer = Buffer.alloc(0);

  push(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
  }

  /** The next whole request; call again until it says `more`. */
  next(): Read {
    const end = this.#bytes.indexOf(headEnd);
    if (end < 0) return this.#bytes.length > headBytesMax ? { is: 'bad' } : { is: 'more' };
    const lines = this.#bytes.subarray(0, end).toString('latin1').split('\r\n');
    const [first = ''] = lines;
    const version = /^[A-Z]+ \S+ HTTP\/(1\.[01])$/.exec(first)?.[1];
    const headers = new Map(
      lines.slice(1).map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const length = headers.get('content-length') ?? '';
    if (version === undefined || !/^\d{1,8}$/.test(length)) return { is: 'bad' };
    const bodyBytes = Number(length);
    if (bodyBytes > bodyBytesMax) return { is: 'bad' };
    const start = end + headEnd.length;
    if (this.#bytes.length < start + bodyBytes) return { is: 'more' };
    const body = Uint8Array.from(this.#bytes.subarray(start, start + bodyBytes));
    this.#bytes = this.#bytes.subarray(start + bodyBytes);
    const connection = (headers.get('connection') ?? '').toLowerCase();
    const close = connection === 'close' || (version === '1.0' && connection !== 'keep-alive');
    return { is: 'request', request: { body, close } };
  }
}
