/**
 * HTTP/1.1 as a framing, the way out: body → the bytes of one request. One POST with the four headers a
 * front end needs and no other; no agent, no proxy, no redirect, no retry (R7). The way back: http-answer.ts.
 *
 *   POST /path HTTP/1.1␍␊Host: …␍␊Content-Type: …␍␊Content-Length: n␍␊Connection: close␍␊␍␊ body
 */
import { Buffer } from 'node:buffer';
import { YinqiError } from '../../errors.ts';
import type { HttpFraming } from '../spec.ts';
import type { Framer } from './framer.ts';
import { AnswerReader } from './http-answer.ts';

export type { HttpFraming };

/** What may stand in a request line or a header: a line break would begin another header. */
const PATH = /^\/[\x21-\x7e]*$/;
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** Looked at once, before the first connection: a spec or an address that would not make a request. */
export function checkFraming(framing: HttpFraming, host: string): void {
  if (!PATH.test(framing.path)) throw new YinqiError('SPEC_INVALID', { path: 'framing.path' });
  if (!VALUE.test(framing.contentType)) {
    throw new YinqiError('SPEC_INVALID', { path: 'framing.contentType' });
  }
  if (!VALUE.test(host)) throw new YinqiError('CONFIG_INVALID', { path: 'host' });
}

export interface Asking {
  /** of the Host header: host:port as configured */
  readonly host: string;
  /** the connection may carry another request */
  readonly keep: boolean;
}

export function requestBytes(framing: HttpFraming, body: Uint8Array, asking: Asking): Uint8Array {
  const lines = [
    `${framing.method} ${framing.path} HTTP/1.1`,
    `Host: ${asking.host}`,
    `Content-Type: ${framing.contentType}`,
    `Content-Length: ${body.length}`,
    `Connection: ${asking.keep ? 'keep-alive' : 'close'}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

/** Packet = body. Answers name no request: HTTP has no part for it. */
export function httpFramer(framing: HttpFraming, host: string): Framer {
  checkFraming(framing, host);
  return {
    wrap: (packet, keep) => requestBytes(framing, packet, { host, keep }),
    reader: () => new AnswerReader(framing),
    requestKey: () => undefined,
    answerKey: () => undefined,
  };
}
