/**
 * A reply's body → the bytes of an HTTP answer, and the ways in which these bytes can be wrong.
 *
 *   HTTP/1.1 200 OK␍␊Content-Type: …␍␊Content-Length: n␍␊Connection: …␍␊␍␊ body
 */
import { Buffer } from 'node:buffer';
import type { Fault } from '../faults.ts';
import { alphabetical } from './alphabetical.ts';
import type { AnswerBytes } from './wire.ts';

const REASONS: Record<number, string> = {
  200: 'OK',
  302: 'Found',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

/** What a proxy says instead of a bank. */
export const page =
  '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';
const success = `<?xml version="1.0" encoding="GBK"?><stream><status>AAAAAAA</status><statusText>OK</statusText></stream>`;

interface Head {
  readonly status?: number;
  readonly type?: string;
  readonly length?: number;
  readonly close: boolean;
}

function whole(body: Uint8Array, head: Head): Buffer {
  const status = head.status ?? 200;
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Status'}`,
    `Content-Type: ${head.type ?? 'text/xml; charset=GBK'}`,
    `Content-Length: ${head.length ?? body.length}`,
    `Connection: ${head.close ? 'close' : 'keep-alive'}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

function declaredGb2312(body: Uint8Array): Buffer {
  const text = Buffer.from(body).toString('latin1');
  return Buffer.from(text.replace(/encoding="[^"]*"/, 'encoding="GB2312"'), 'latin1');
}

export function answerBytes(body: Uint8Array, close: boolean, fault?: Fault): AnswerBytes {
  const plain = (other: Uint8Array, head: Omit<Head, 'close'> = {}): AnswerBytes => ({
    bytes: whole(other, { ...head, close }),
    close,
  });
  switch (fault?.kind) {
    case 'http-status':
      return plain(Buffer.from(success), { status: fault.status });
    case 'html':
      return plain(Buffer.from(page), { type: 'text/html' });
    case 'empty-body':
      return plain(Buffer.alloc(0));
    case 'cut-body': {
      const kept = body.subarray(0, fault.at ?? Math.floor(body.length / 2));
      return { bytes: whole(kept, { length: body.length, close }), close: true };
    }
    case 'half-then-silence': {
      const kept = body.subarray(0, fault.at ?? Math.floor(body.length / 2));
      return { bytes: whole(kept, { length: body.length, close }), close: false, silent: true };
    }
    case 'wrong-length': {
      const length = Math.max(0, body.length + fault.by);
      // too long: the caller waits for bytes that never come, until the connection ends
      return { bytes: whole(body, { length, close }), close: close || fault.by > 0 };
    }
    case 'wrong-declaration':
      return plain(declaredGb2312(body));
    case 'alphabetical':
      return plain(alphabetical(body));
    default:
      return plain(body);
  }
}
