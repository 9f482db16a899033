/**
 * One HTTP request over a unix socket. In: socket path, method, path, body. Out: status and text. Its own
 * connection each time, a deadline, a limit; never a redirect, never a second try: a decision that may
 * have arrived is not sent again.
 */
import { request } from 'node:http';

export interface UnixRequest {
  readonly socket: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  /** of the person who asks; proves who it is */
  readonly token?: string | undefined;
  readonly withinMs: number;
}

export interface UnixAnswer {
  readonly status: number;
  readonly text: string;
}

const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

export function askSocket(what: UnixRequest): Promise<UnixAnswer> {
  return new Promise((resolve, reject) => {
    const body = what.body === undefined ? undefined : Buffer.from(what.body);
    const asked = request({
      socketPath: what.socket,
      method: what.method,
      path: what.path,
      agent: false,
      signal: AbortSignal.timeout(what.withinMs),
      headers: {
        ...(what.token === undefined ? {} : { authorization: `Bearer ${what.token}` }),
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': body.length }),
      },
    });
    asked.on('error', reject);
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) asked.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    asked.end(body);
  });
}
