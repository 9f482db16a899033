/**
 * The line under Ping An's framing, on a real socket: one request a connection, answers named by their
 * reference, TLS with a certificate of ours. The front end here makes its packets by hand.
 */
import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { Line } from '../../src/bank/line.ts';
import { type LineOptions, openLine } from '../../src/bank/socket-line.ts';
import { packetBytes } from '../../src/protocol/framing/packet.ts';
import { pingan222 } from '../framing/framings.ts';
import { makeCertificate } from './certificate.ts';
import { LINE, pause, startFrontEnd, until, type Warned } from './front-end.ts';

const HEAD = 222;
const protocol = (policy: 'per-request' | 'kept'): LineOptions['protocol'] => ({
  framing: pingan222,
  correlation: { request: 'reference', answer: 'reference' },
  connection: { policy },
});

/** The whole packet, so that an answer can be made of it. */
const cut = (read: string) => {
  const bytes = HEAD + Number(read.slice(30, 40) || Number.NaN);
  return read.length >= bytes ? { body: read.slice(0, bytes), bytes } : undefined;
};

/** Its answer: same head, service 02, another body. */
function answer(request: string, body: string, reference = request.slice(67, 87)): Buffer {
  const length = String(Buffer.byteLength(body, 'latin1')).padStart(10, '0');
  const head = `${request.slice(0, 30)}${length}${request.slice(40, 51)}02${request.slice(53, 67)}`;
  return Buffer.from(`${head}${reference}000000${request.slice(93, HEAD)}${body}`, 'latin1');
}

const reference = (n: number): string => `20250311${String(n).padStart(12, '0')}`;
const packet = (n: number, body: string): Uint8Array =>
  packetBytes(pingan222, 'GBK', { code: '4004', reference: reference(n) }, Buffer.from(body));

const bodyOf = (request: string): string => request.slice(HEAD);
const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function ground(
  serve: (request: string, socket: Socket, nth: number) => void,
  options: Partial<LineOptions> = {},
  tls?: TlsOptions,
) {
  const frontEnd = await startFrontEnd(serve, tls, cut);
  open.push(() => frontEnd.close());
  const warned: Warned[] = [];
  const line = await openLine({
    ...LINE,
    protocol: protocol('per-request'),
    port: frontEnd.port,
    onWarn: (event, fields) => warned.push({ event, ...fields }),
    ...options,
  });
  open.push(() => line.close());
  return { frontEnd, line, warned };
}

async function ask(line: Line, n: number, body = `ask${n}`, keep = false): Promise<string> {
  const connection = await line.connect(keep ? 'query' : 'order');
  const ended = await connection.send(packet(n, body), { keep }).ended;
  connection.keep();
  connection.close();
  return ended.type === 'answer'
    ? Buffer.from(ended.body.subarray(HEAD)).toString('latin1')
    : ended.why;
}

const echo = (request: string, socket: Socket): void => {
  socket.write(answer(request, `re:${bodyOf(request)}`));
};

describe('packets with heads', () => {
  it('one request a connection, orders and queries alike', async () => {
    const { line, frontEnd } = await ground(echo);
    for (const n of [1, 2]) expect(await ask(line, n)).toBe(`re:ask${n}`);
    for (const n of [3, 4]) expect(await ask(line, n, 'list', true)).toBe('re:list');
    expect(frontEnd.connections()).toBe(4);
    await until(() => frontEnd.open() === 0);
  });

  it('queries share a connection where the spec says so', async () => {
    const { line, frontEnd } = await ground(echo, { protocol: protocol('kept') });
    for (const n of [1, 2, 3]) expect(await ask(line, n, 'list', true)).toBe('re:list');
    expect(frontEnd.connections()).toBe(1);
  });

  it('a byte at a time', async () => {
    const { line } = await ground(async (request, socket) => {
      for (const byte of answer(request, 'slow')) {
        socket.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    expect(await ask(line, 1)).toBe('slow');
  });

  it('R7: an answer that names another request is nobody’s, and is told', async () => {
    const { line, frontEnd, warned } = await ground((request, socket) => {
      socket.write(answer(request, 'paid', reference(99)));
    });
    expect(await ask(line, 1)).toBe('broken');
    expect(warned).toEqual([{ event: 'answer-misnamed', peer: line.peer }]);
    await until(() => frontEnd.open() === 0);
  });

  it('half an answer has its time, and not more', async () => {
    const { line, warned } = await ground(
      (request, socket) => {
        socket.write(answer(request, 'paid').subarray(0, 100));
      },
      { halfReadMs: 60 },
    );
    expect(await ask(line, 1)).toBe('broken');
    expect(warned).toMatchObject([{ event: 'answer-broken', why: 'half read' }]);
  });

  it('a length beyond the limit is not waited for', async () => {
    const { line, warned } = await ground((request, socket) => {
      socket.write(answer(request, 'paid').toString('latin1').replace('0000000004', '9999999999'));
    });
    expect(await ask(line, 1)).toBe('broken');
    expect(warned).toMatchObject([{ event: 'answer-broken', code: 'FRAME_TOO_LARGE' }]);
  });

  it('two requests of one name are never on the way together', async () => {
    let release: (() => void) | undefined;
    const { line, frontEnd } = await ground((request, socket) => {
      release = () => socket.write(answer(request, 'done'));
    });
    const first = ask(line, 1);
    await until(() => release !== undefined);
    const connection = await line.connect('order');
    const again = () => connection.send(packet(1, 'again'), { keep: false });
    expect(again).toThrow(expect.objectContaining({ code: 'DEFECT' }));
    // nothing was written, and the connection may carry another
    expect(connection.usable).toBe(true);
    release?.();
    expect(await first).toBe('done');
    await pause(20);
    expect(frontEnd.requests.map(bodyOf)).toEqual(['ask1']);
    const other = connection.send(packet(1, 'again'), { keep: false });
    await until(() => frontEnd.requests.length === 2);
    release?.();
    expect((await other.ended).type).toBe('answer');
  });

  it('a name is taken as long as a late answer may come', async () => {
    const { line, frontEnd } = await ground(() => undefined, {
      answerWithinMs: 40,
      lateUntilMs: 200,
    });
    expect(await ask(line, 1)).toBe('deadline');
    const connection = await line.connect('order');
    const again = () => connection.send(packet(1, 'again'), { keep: false });
    expect(again).toThrow(expect.objectContaining({ code: 'DEFECT' }));
    await until(() => frontEnd.open() === 1);
    expect(again).not.toThrow();
  });
});

describe('packets with heads over TLS', () => {
  const bank = makeCertificate('front-end.test');
  const ours = makeCertificate('gateway.test');
  const wantsOurs = { ...bank, ca: ours.cert, requestCert: true, rejectUnauthorized: true };
  const trusted = { ca: bank.cert, serverName: 'front-end.test' };

  it('the front end sees the certificate of ours', async () => {
    const { line, frontEnd } = await ground(echo, { tls: { ...trusted, ...ours } }, wantsOurs);
    expect(await ask(line, 1)).toBe('re:ask1');
    expect(frontEnd.requests.map(bodyOf)).toEqual(['ask1']);
  });

  it.each([
    ['without one', trusted],
    ['with that of somebody else', { ...trusted, ...makeCertificate('gateway.test') }],
  ])('%s nothing is ever read, and nothing counts as answered', async (_what, tls) => {
    const { line, frontEnd } = await ground(echo, { tls, connectWithinMs: 300 }, wantsOurs);
    const ended = await ask(line, 1).catch((error: Error) => error.name);
    expect(['closed', 'PEER_UNREACHABLE']).toContain(ended);
    expect(frontEnd.requests).toEqual([]);
  });
});
