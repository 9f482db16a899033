import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading } from '../../src/protocol/framing/framer.ts';
import { AnswerReader } from '../../src/protocol/framing/http-answer.ts';

const LIMITS = { headBytesMax: 300, bodyBytesMax: 200 };
/** the peer ends its side */
const FIN = 'FIN';

/** What a reader says in the end, in one line. */
function verdict(reading: Reading): string {
  if (reading.is === 'more') return 'more';
  if (reading.is === 'broken') return `${reading.code} ${reading.why}`;
  const { packet, rest, staysOpen } = reading;
  const text = Buffer.from(packet).toString('latin1');
  return `${JSON.stringify(text)}${rest.length > 0 ? ` +${rest.length}` : ''}${staysOpen ? ' open' : ''}`;
}

/** Pieces until the reader has made up its mind; what is left of a piece's stream counts as rest. */
function read(pieces: readonly Uint8Array[], fin = false): string {
  const reader = new AnswerReader(LIMITS);
  let reading: Reading = { is: 'more' };
  pieces.forEach((piece, i) => {
    if (reading.is !== 'more') return;
    reading = reader.push(piece);
    if (reading.is !== 'packet') return;
    const rest = Buffer.concat([reading.rest, ...pieces.slice(i + 1)]);
    reading = { ...reading, rest, staysOpen: reading.staysOpen && rest.length === 0 };
  });
  if (reading.is === 'more' && fin) reading = reader.end();
  return verdict(reading);
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const single = (whole: Buffer): Buffer[] => [...whole].map((byte) => Buffer.from([byte]));

/** text, what it reads as; FIN at the end where it says so */
type Case = readonly [string, string, string, typeof FIN?];

const OK = 'HTTP/1.1 200 OK\r\n';
const cases: readonly Case[] = [
  ['length', `${OK}Content-Length: 2\r\n\r\nhi`, '"hi" open'],
  ['no reason', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi', '"hi" open'],
  ['reason in another charset', 'HTTP/1.1 200 \xb3\xc9\r\nContent-Length: 0\r\n\r\n', '"" open'],
  ['names in any case', `${OK}cOnTeNt-LeNgTh:2\r\n\r\nhi`, '"hi" open'],
  ['empty body', `${OK}Content-Length: 0\r\n\r\n`, '"" open'],
  ['said to close', `${OK}Connection: close\r\nContent-Length: 2\r\n\r\nhi`, '"hi"'],
  ['close among others', `${OK}Connection: foo, Close\r\nContent-Length: 2\r\n\r\nhi`, '"hi"'],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi', '"hi"'],
  [
    'HTTP/1.0 kept',
    'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi',
    '"hi" open',
  ],
  ['bytes behind', `${OK}Content-Length: 2\r\n\r\nhithere`, '"hi" +5'],
  [
    'answered twice',
    `${OK}Content-Length: 2\r\n\r\nhi${OK}Content-Length: 2\r\n\r\nhi`,
    '"hi" +40',
  ],
  ['until close', `${OK}\r\nhi`, '"hi"', FIN],
  ['until close, still open', `${OK}\r\nhi`, 'more'],
  ['until close, nothing', `${OK}\r\n`, '""', FIN],
  [
    'chunked',
    `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3;x=y\r\nyou\r\n0\r\n\r\n`,
    '"hiyou" open',
  ],
  [
    'chunked, capital',
    `${OK}Transfer-Encoding: Chunked\r\n\r\n0A\r\n0123456789\r\n0\r\n\r\n`,
    '"0123456789" open',
  ],
  ['trailers', `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n`, '"a" open'],
  ['continue first', `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 1\r\n\r\na`, '"a" open'],
  [
    'two 1xx first',
    `HTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 E\r\nLink: x\r\n\r\n${OK}Content-Length: 1\r\n\r\na`,
    '"a" open',
  ],

  ['ends in the status line', 'HTTP/1.1 200', 'FRAME_INVALID ended early', FIN],
  ['ends in the head', `${OK}Content-Len`, 'FRAME_INVALID ended early', FIN],
  ['ends in the body', `${OK}Content-Length: 3\r\n\r\nhi`, 'FRAME_INVALID ended early', FIN],
  [
    'ends in a chunk',
    `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nhi`,
    'FRAME_INVALID ended early',
    FIN,
  ],
  [
    'ends before the last chunk',
    `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n`,
    'FRAME_INVALID ended early',
    FIN,
  ],
  [
    'ends before the last line',
    `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n`,
    'FRAME_INVALID ended early',
    FIN,
  ],
  ['only a continue', 'HTTP/1.1 100 Continue\r\n\r\n', 'FRAME_INVALID ended early', FIN],
  ['half and then silence', `${OK}Content-Length: 3\r\n\r\nhi`, 'more'],

  [
    '502 that says success',
    'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 7\r\n\r\nAAAAAAA',
    'FRAME_INVALID status 502',
  ],
  [
    '302',
    'HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n',
    'FRAME_INVALID status 302',
  ],
  ['201', 'HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n', 'FRAME_INVALID status 201'],
  ['204', 'HTTP/1.1 204 No Content\r\n\r\n', 'FRAME_INVALID status 204'],
  ['101', 'HTTP/1.1 101 Switching\r\n\r\n', 'FRAME_INVALID status 101'],
  ['no HTTP', 'hello\r\n', 'FRAME_INVALID status line'],
  ['HTTP/2', 'HTTP/2 200 OK\r\n', 'FRAME_INVALID status line'],
  ['lower case', 'http/1.1 200 OK\r\n', 'FRAME_INVALID status line'],
  ['two spaces', 'HTTP/1.1  200 OK\r\n', 'FRAME_INVALID status line'],
  ['four digits', 'HTTP/1.1 2000 OK\r\n', 'FRAME_INVALID status line'],
  ['empty line first', `\r\n${OK}`, 'FRAME_INVALID status line'],
  ['a request', 'POST / HTTP/1.1\r\n', 'FRAME_INVALID status line'],
  ['bare LF', 'HTTP/1.1 200 OK\n', 'FRAME_INVALID line end'],
  ['bare CR', `HTTP/1.1 200 O\rK\r\n`, 'FRAME_INVALID status line'],
  ['folded header', `${OK}X: a\r\n b\r\n`, 'FRAME_INVALID header line'],
  ['space before the colon', `${OK}Content-Length : 2\r\n`, 'FRAME_INVALID header line'],
  ['no colon', `${OK}Content-Length 2\r\n`, 'FRAME_INVALID header line'],
  ['NUL in a header', `${OK}X: a\0b\r\n`, 'FRAME_INVALID header line'],
  ['two lengths', `${OK}Content-Length: 2\r\nContent-Length: 3\r\n`, 'FRAME_INVALID two lengths'],
  [
    'the same length twice',
    `${OK}Content-Length: 2\r\nContent-Length: 2\r\n`,
    'FRAME_INVALID two lengths',
  ],
  ['a list of lengths', `${OK}Content-Length: 2, 2\r\n`, 'FRAME_INVALID length'],
  ['negative length', `${OK}Content-Length: -2\r\n`, 'FRAME_INVALID length'],
  ['signed length', `${OK}Content-Length: +2\r\n`, 'FRAME_INVALID length'],
  ['hexadecimal length', `${OK}Content-Length: 0x2\r\n`, 'FRAME_INVALID length'],
  ['no length at all', `${OK}Content-Length:\r\n`, 'FRAME_INVALID length'],
  [
    'length and chunked',
    `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n`,
    'FRAME_INVALID length and chunked',
  ],
  [
    'chunked and length',
    `${OK}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n`,
    'FRAME_INVALID length and chunked',
  ],
  [
    'chunked twice',
    `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n`,
    'FRAME_INVALID two transfer encodings',
  ],
  ['gzip, chunked', `${OK}Transfer-Encoding: gzip, chunked\r\n`, 'FRAME_INVALID transfer encoding'],
  ['identity', `${OK}Transfer-Encoding: identity\r\n`, 'FRAME_INVALID transfer encoding'],
  [
    'chunked in 1.0',
    'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    'FRAME_INVALID chunked in HTTP/1.0',
  ],
  ['compressed', `${OK}Content-Encoding: gzip\r\n`, 'FRAME_INVALID content encoding'],
  [
    'chunk size no number',
    `${OK}Transfer-Encoding: chunked\r\n\r\nx\r\n`,
    'FRAME_INVALID chunk size',
  ],
  ['chunk size empty', `${OK}Transfer-Encoding: chunked\r\n\r\n\r\n`, 'FRAME_INVALID chunk size'],
  [
    'chunk size signed',
    `${OK}Transfer-Encoding: chunked\r\n\r\n+2\r\n`,
    'FRAME_INVALID chunk size',
  ],
  [
    'chunk longer than said',
    `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nhi\r\n`,
    'FRAME_INVALID chunk end',
  ],
  ['chunk line with LF', `${OK}Transfer-Encoding: chunked\r\n\r\n1\na`, 'FRAME_INVALID line end'],
  [
    'folded trailer',
    `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n x\r\n`,
    'FRAME_INVALID header line',
  ],

  ['head too long', `${OK}X: ${'a'.repeat(300)}\r\n`, 'FRAME_TOO_LARGE head'],
  ['head without an end', 'a'.repeat(301), 'FRAME_TOO_LARGE head'],
  ['1xx without an end', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(13), 'FRAME_TOO_LARGE head'],
  [
    'trailers without an end',
    `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n${'X: y\r\n'.repeat(50)}`,
    'FRAME_TOO_LARGE head',
  ],
  ['length too large', `${OK}Content-Length: 201\r\n\r\n`, 'FRAME_TOO_LARGE body'],
  [
    'length beyond numbers',
    `${OK}Content-Length: 99999999999999999999\r\n`,
    'FRAME_INVALID length',
  ],
  [
    'chunk too large',
    `${OK}Transfer-Encoding: chunked\r\n\r\nffffffff\r\n`,
    'FRAME_TOO_LARGE body',
  ],
  [
    'chunks too large',
    `${OK}Transfer-Encoding: chunked\r\n\r\n64\r\n${'a'.repeat(100)}\r\n65\r\n`,
    'FRAME_TOO_LARGE body',
  ],
  ['until close, too large', `${OK}\r\n${'a'.repeat(201)}`, 'FRAME_TOO_LARGE body'],
  [
    'chunk line without an end',
    `${OK}Transfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(1023)}`,
    'FRAME_TOO_LARGE chunk line',
  ],
];

describe('an HTTP answer', () => {
  for (const [name, text, expected, fin] of cases) {
    it(name, () => {
      expect(read([bytes(text)], fin === FIN)).toBe(expected);
      expect(read(single(bytes(text)), fin === FIN), 'byte by byte').toBe(expected);
    });
  }

  it.each(['Via: 1.1 squid', 'X-Cache: HIT', 'Proxy-Connection: close', 'Age: 3'])(
    'says that %s came through a proxy',
    (header) => {
      const reader = new AnswerReader(LIMITS);
      expect(reader.proxied).toBe(false);
      reader.push(bytes(`${OK}${header}\r\nContent-Length: 0\r\n\r\n`));
      expect(reader.proxied).toBe(true);
    },
  );

  it('is read once: bytes behind its end are never a second answer', () => {
    const reader = new AnswerReader(LIMITS);
    expect(reader.push(bytes(`${OK}Content-Length: 2\r\n\r\nhi`)).is).toBe('packet');
    expect(reader.push(bytes(`${OK}Content-Length: 2\r\n\r\nhi`)).is).toBe('broken');
    expect(reader.end().is).toBe('broken');
  });
});

/** Cuts at random places. */
const cut = (whole: Buffer, at: readonly number[]): Buffer[] => {
  const places = [...new Set([0, ...at.map((one) => one % (whole.length + 1)), whole.length])];
  places.sort((a, b) => a - b);
  return places.slice(1).map((to, i) => whole.subarray(places[i], to));
};

/** Answers, and answers with something wrong in them: cases cut, joined and changed in single bytes. */
const nearlyAnswers = fc
  .tuple(
    fc.array(fc.constantFrom(...cases.map(([, text]) => text)), { minLength: 1, maxLength: 2 }),
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 2 }),
  )
  .map(([texts, changes]) => {
    const whole = bytes(texts.join(''));
    for (const [at, byte] of changes) whole[at % whole.length] = byte;
    return whole;
  });

describe('pieces', () => {
  it('never change what is read', () => {
    fc.assert(
      fc.property(
        nearlyAnswers,
        fc.array(fc.nat(), { maxLength: 20 }),
        fc.boolean(),
        (whole, at, fin) => {
          const atOnce = read([whole], fin);
          expect(read(cut(whole, at), fin)).toBe(atOnce);
          expect(read(single(whole), fin)).toBe(atOnce);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('of noise never crash the reader', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 5 }), (pieces) => {
        const reader = new AnswerReader(LIMITS);
        for (const piece of pieces) reader.push(piece);
        expect(reader.end().is).not.toBe('more');
      }),
      { numRuns: 500 },
    );
  });

  it('are not hoarded: a peer that never ends is cut off at the limit', () => {
    const endless = (head: string, more: string): number => {
      const reader = new AnswerReader({ headBytesMax: 1000, bodyBytesMax: 100_000 });
      let sent = head.length;
      let reading = reader.push(bytes(head));
      for (; reading.is === 'more' && sent < 10_000_000; sent += more.length) {
        reading = reader.push(bytes(more));
      }
      expect(reading.is).toBe('broken');
      return sent;
    };
    expect(endless('', 'a')).toBeLessThan(1_100);
    expect(endless(OK, 'X: y\r\n')).toBeLessThan(1_100);
    expect(endless(`${OK}\r\n`, 'a'.repeat(999))).toBeLessThan(102_000);
    const chunked = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
    expect(endless(chunked, '1\r\na\r\n')).toBeLessThan(700_000);
    expect(endless(`${chunked}0\r\n`, 'X: y\r\n')).toBeLessThan(1_100);
  });
});
