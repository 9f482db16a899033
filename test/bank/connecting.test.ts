/** Before the first byte: whatever goes wrong here, nothing was sent. */
import { Buffer } from 'node:buffer';
import { connect, createServer, type Server } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { addressOf } from '../../src/bank/address.ts';
import { type LineOptions, openLine } from '../../src/bank/socket-line.ts';
import { makeCertificate } from './certificate.ts';
import {
  answer,
  askOnce,
  ground,
  LINE,
  pause,
  startFrontEnd,
  tearDown,
  until,
} from './front-end.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  await tearDown();
  for (const clean of cleanUp.splice(0)) await clean();
});

const echo = (request: string, socket: { write(text: string): unknown }): void => {
  socket.write(answer(`re:${request}`));
};

async function lineTo(port: number, options: Partial<LineOptions> = {}) {
  const warned: string[] = [];
  const line = await openLine({
    ...LINE,
    port,
    onWarn: (event, { why }) => warned.push(`${event} ${why ?? ''}`),
    ...options,
  });
  cleanUp.push(() => line.close());
  return { line, warned };
}

async function listening(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  cleanUp.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A port where nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a front end that is not there', () => {
  it('refused: PEER_UNREACHABLE within the time, and told once', async () => {
    const { line, warned } = await lineTo(await freePort(), { connectWithinMs: 250 });
    expect(line.up).toBe(true);
    const from = performance.now();
    for (const use of ['order', 'query'] as const) {
      await expect(line.connect(use)).rejects.toMatchObject({
        code: 'PEER_UNREACHABLE',
        detail: 'ECONNREFUSED',
        retry: 'safe',
      });
    }
    const took = performance.now() - from;
    // no caller that tries again at once gets its refusal at once
    expect(took).toBeGreaterThan(450);
    expect(took).toBeLessThan(1_500);
    expect(line.up).toBe(false);
    expect(warned).toEqual(['peer-unreachable ECONNREFUSED']);
  });

  it('and comes back while somebody waits', async () => {
    const port = await freePort();
    const { line } = await lineTo(port, { connectWithinMs: 5_000 });
    const waiting = line.connect('order');
    await pause(150);
    const server = createServer((socket) => socket.on('error', () => undefined));
    await listening(server, port);
    const connection = await waiting;
    expect(connection.usable).toBe(true);
    expect(line.up).toBe(true);
  });

  it('a volley that fails together is one failure, not twenty', async () => {
    const port = await freePort();
    const { line } = await lineTo(port, { connectWithinMs: 10_000, backoffMaxMs: 10_000 });
    const waiting = Array.from({ length: 20 }, () => line.connect('order'));
    await pause(60);
    await listening(
      createServer((socket) => socket.on('error', () => undefined)),
      port,
    );
    const from = performance.now();
    await Promise.all(waiting);
    expect(performance.now() - from).toBeLessThan(2_000);
  });

  it('a black hole: given up in time', async () => {
    // a listener that never accepts: its backlog is filled, further connections get no reply at all
    const worker = new Worker(
      `const { createServer } = require('node:net');
       const { parentPort } = require('node:worker_threads');
       const server = createServer();
       server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
         parentPort.postMessage(server.address().port);
         setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
       });`,
      { eval: true },
    );
    cleanUp.push(() => worker.terminate());
    const port = await new Promise<number>((resolve) => worker.once('message', resolve));
    for (let i = 0; i < 4; i += 1) {
      const filler = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
      cleanUp.push(() => filler.destroy());
    }
    await pause(100);
    const { line } = await lineTo(port, { connectWithinMs: 200 });
    const from = performance.now();
    await expect(line.connect('order')).rejects.toMatchObject({
      code: 'PEER_UNREACHABLE',
      detail: 'ETIMEDOUT',
    });
    expect(performance.now() - from).toBeLessThan(1_000);
  });

  it('is knocked at by one, however many wait', async () => {
    let knocks = 0;
    const server = createServer((socket) => {
      knocks += 1;
      socket.on('error', () => undefined);
      socket.destroy();
    });
    const port = await listening(server);
    const { line } = await lineTo(port, { connectWithinMs: 800, tls: {}, backoffMaxMs: 200 });
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => line.connect('order')));
    expect(tries.every((one) => one.status === 'rejected')).toBe(true);
    // the first volley, then one after each back-off
    expect(knocks).toBeGreaterThan(21);
    expect(knocks).toBeLessThan(40);
  });
});

describe('a host', () => {
  it('is one front end or none', async () => {
    expect(await addressOf('127.0.0.1')).toBe('127.0.0.1');
    expect(await addressOf('name', async () => ['10.0.0.1', '10.0.0.1'])).toBe('10.0.0.1');
    await expect(addressOf('name', async () => ['10.0.0.1', '10.0.0.2'])).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      path: 'host',
    });
    await expect(addressOf('name', () => Promise.reject(new Error('no')))).rejects.toMatchObject({
      code: 'PEER_UNREACHABLE',
    });
  });

  it('and the peer is named as configured', async () => {
    const { line } = await lineTo(6789);
    expect(line.peer).toBe('127.0.0.1:6789');
    const { line: six } = await lineTo(6789, { host: '::1' });
    expect(six.peer).toBe('[::1]:6789');
  });
});

describe('TLS', () => {
  const ours = makeCertificate('front-end.test');

  it('is up before anybody may send', async () => {
    const frontEnd = await startFrontEnd(echo, ours);
    cleanUp.push(() => frontEnd.close());
    const tls = { ca: ours.cert, serverName: 'front-end.test' };
    const { line } = await lineTo(frontEnd.port, { tls });
    expect(await askOnce(line, 'pay')).toBe('re:pay');
  });

  it('shows its certificate where the front end asks for one', async () => {
    const client = makeCertificate('gateway.test');
    const frontEnd = await startFrontEnd(echo, { ...ours, ca: client.cert, requestCert: true });
    cleanUp.push(() => frontEnd.close());
    const tls = { ca: ours.cert, serverName: 'front-end.test', ...client };
    const { line } = await lineTo(frontEnd.port, { tls });
    expect(await askOnce(line, 'pay')).toBe('re:pay');
  });

  it.each([
    ['another name', { ca: ours.cert, serverName: 'other.test' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['an address the certificate does not name', { ca: ours.cert }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['an unknown issuer', { serverName: 'front-end.test' }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])('not with %s', async (_name, tls, detail) => {
    const frontEnd = await startFrontEnd(echo, ours);
    cleanUp.push(() => frontEnd.close());
    const { line } = await lineTo(frontEnd.port, { tls, connectWithinMs: 600 });
    await expect(line.connect('order')).rejects.toMatchObject({ code: 'PEER_UNREACHABLE', detail });
    expect(frontEnd.requests).toEqual([]);
  });

  it('that never gets ready is given up in time', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).resume());
    const port = await listening(server);
    const { line } = await lineTo(port, { tls: {}, connectWithinMs: 150 });
    await expect(line.connect('order')).rejects.toMatchObject({ detail: 'ETIMEDOUT' });
  });
});

describe('closing the line', () => {
  it('settles what is on its way, and refuses what comes', async () => {
    const { line, frontEnd } = await ground(() => undefined, { answerWithinMs: 60 });
    const exchanges = await Promise.all(
      ['late', 'asking'].map(async (body) => {
        const connection = await line.connect('order');
        const exchange = connection.send(Buffer.from(body), { keep: false });
        if (body === 'late') await exchange.ended;
        return exchange;
      }),
    );
    const free = await line.connect('order');
    await line.close();
    const [retired, asking] = exchanges;
    expect(await retired?.ended).toEqual({ type: 'silent', why: 'deadline' });
    expect(await retired?.late).toBeUndefined();
    expect((await asking?.ended)?.type).toBe('silent');
    expect(await asking?.late).toBeUndefined();
    expect(free.usable).toBe(false);
    await until(() => frontEnd.open() === 0);
    await expect(line.connect('order')).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' });
    await line.close();
  });

  it('ends a wait for the front end', async () => {
    const { line } = await lineTo(await freePort(), { connectWithinMs: 60_000 });
    const waiting = line.connect('order');
    const refused = expect(waiting).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' });
    await pause(30);
    await line.close();
    await refused;
  });
});
