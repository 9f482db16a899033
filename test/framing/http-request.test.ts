import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { RequestReader } from '../../mock-bank/front/http-request.ts';
import { YinqiError } from '../../src/errors.ts';
import { checkFraming, type HttpFraming, requestBytes } from '../../src/protocol/framing/http.ts';

const framing: HttpFraming = {
  type: 'http',
  method: 'POST',
  path: '/',
  contentType: 'text/xml;charset=GBK',
  headBytesMax: 1000,
  bodyBytesMax: 1000,
};
const body = Buffer.from('<a>\xb3\xc9</a>', 'latin1');
const ask = (keep: boolean): Buffer =>
  Buffer.from(requestBytes(framing, body, { host: '10.0.0.1:6789', keep }));

describe('an HTTP request', () => {
  it('is these bytes and no others', () => {
    expect(ask(false).toString('latin1')).toBe(
      'POST / HTTP/1.1\r\nHost: 10.0.0.1:6789\r\nContent-Type: text/xml;charset=GBK\r\n' +
        'Content-Length: 9\r\nConnection: close\r\n\r\n<a>\xb3\xc9</a>',
    );
  });

  it('asks to keep the connection or to close it', () => {
    for (const keep of [true, false]) {
      const reader = new RequestReader();
      reader.push(ask(keep));
      const read = reader.next();
      expect(read.is === 'request' && read.request.close).toBe(!keep);
      expect(read.is === 'request' && Buffer.from(read.request.body)).toEqual(body);
    }
  });

  it.each([
    [{ path: 'x' }, '10.0.0.1:1', 'SPEC_INVALID'],
    [{ path: '/a b' }, '10.0.0.1:1', 'SPEC_INVALID'],
    [{ path: '/a\r\nX: y' }, '10.0.0.1:1', 'SPEC_INVALID'],
    [{ contentType: 'text/xml\r\nX: y' }, '10.0.0.1:1', 'SPEC_INVALID'],
    [{ contentType: '' }, '10.0.0.1:1', 'SPEC_INVALID'],
    [{}, 'host\r\nX: y:1', 'CONFIG_INVALID'],
  ])('is refused at start where it would be another: %j %j', (changes, host, code) => {
    const check = (): void => checkFraming({ ...framing, ...changes }, host);
    expect(check).toThrow(expect.objectContaining({ code }));
    expect(check).toThrow(YinqiError);
  });
});
