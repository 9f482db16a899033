/** The listener on real sockets: who is let in, what is a packet, and when nothing is answered. */
import { Buffer } from 'node:buffer';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { AllowList, readNetwork } from '../../src/bank/allow-list.ts';
import type { BankPacket } from '../../src/bank/bank-packet.ts';
import { type Listener, type ListenerOptions, openListener } from '../../src/bank/listener.ts';
import { framerOf } from '../../src/protocol/framing/framer.ts';
import { packetBytes } from '../../src/protocol/framing/packet.ts';
import { headsFraming } from '../../src/protocol/spec-framing.ts';
import { realTimers } from '../../src/timers.ts';
import { makeCertificate } from './certificate.ts';
import { pause, until } from './front-end.ts';

const framing = headsFraming.parse({
  type: 'heads',
  heads: [
    {
      name: 'head',
      parts: [
        { name: 'mark', zh: '标', en: 'mark', bytes: 4, fixed: 'A001' },
        {
          name: 'length',
          zh: '长',
          en: 'length',
          bytes: 6,
          align: 'right',
          pad: '0',
          length: 'body',
        },
      ],
    },
  ],
  bodyBytesMax: 1_000,
});

const packet = (body: string): Uint8Array => packetBytes(framing, 'GBK', {}, Buffer.from(body));

interface Ground {
  readonly listener: Listener;
  readonly packets: BankPacket[];
  readonly turned: string[];
}

const open: Listener[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const listener of open.splice(0)) await listener.close();
});

async function listening(more: Partial<ListenerOptions> = {}): Promise<Ground> {
  const packets: BankPacket[] = [];
  const turned: string[] = [];
  const listener = await openListener({
    host: '127.0.0.1',
    port: 0,
    allow: ['127.0.0.1'],
    packetWithinMs: 5_000,
    answerWithinMs: 5_000,
    lingerMs: 5_000,
    connectionsMax: 8,
    timers: realTimers,
    framer: framerOf({ framing, correlation: 'none' }, ''),
    onPacket: (one) => packets.push(one),
    onTurned: (why) => turned.push(why),
    ...more,
  });
  open.push(listener);
  return { listener, packets, turned };
}

/** A front end: what it got, and whether the connection is over. */
function frontEnd(port: number, from?: Socket) {
  const socket = from ?? connect({ port, host: '127.0.0.1' });
  const got: Buffer[] = [];
  let over = false;
  socket.on('data', (bytes: Buffer) => got.push(bytes));
  socket.on('error', () => undefined);
  socket.on('close', () => {
    over = true;
  });
  sockets.push(socket);
  return {
    socket,
    get text() {
      return Buffer.concat(got).toString('latin1');
    },
    get over() {
      return over;
    },
  };
}

const bodyOf = (one: BankPacket | undefined): string =>
  Buffer.from(one?.bytes ?? []).toString('latin1');

describe('a bank that connects', () => {
  it('gets the answer to its packet, and the connection is over', async () => {
    const { listener, packets, turned } = await listening();
    const bank = frontEnd(listener.port);
    bank.socket.write(packet('ask'));
    await until(() => packets.length === 1);
    expect(bodyOf(packets[0])).toBe('A001000003ask');
    expect(packets[0]?.from).toBe('127.0.0.1');
    expect(packets[0]?.answer(packet('yes'))).toBe(true);
    await until(() => bank.over);
    expect(bank.text).toBe('A001000003yes');
    expect(packets[0]?.answer(packet('yes'))).toBe(false);
    expect(turned).toEqual([]);
  });

  it('may send it byte by byte, and end its side before it is answered', async () => {
    const { listener, packets } = await listening();
    const bank = frontEnd(listener.port);
    bank.socket.setNoDelay(true);
    for (const byte of packet('ask')) {
      bank.socket.write(Uint8Array.of(byte));
      await pause(2);
    }
    bank.socket.end();
    await until(() => packets.length === 1);
    await pause(20);
    expect(packets[0]?.answer(packet('yes'))).toBe(true);
    await until(() => bank.over);
    expect(bank.text).toBe('A001000003yes');
  });

  it.each([
    ['broken', 'B001000003ask'],
    ['broken', 'A001999999ask'],
    ['trailing', 'A001000003askA001000003ask'],
  ])('is closed without an answer: %s', async (why, bytes) => {
    const { listener, packets, turned } = await listening();
    const bank = frontEnd(listener.port);
    bank.socket.write(bytes);
    await until(() => bank.over);
    expect([turned, packets.length, bank.text]).toEqual([[why], 0, '']);
  });

  it('is closed in the middle of a packet that does not go on', async () => {
    const { listener, turned } = await listening({ packetWithinMs: 60 });
    const bank = frontEnd(listener.port);
    bank.socket.write('A0010000');
    await until(() => bank.over);
    expect([turned, bank.text]).toEqual([['half'], '']);
  });

  it('is closed without an answer when nobody has one in time, and gets none later', async () => {
    const { listener, packets, turned } = await listening({ answerWithinMs: 60 });
    const bank = frontEnd(listener.port);
    bank.socket.write(packet('ask'));
    await until(() => bank.over);
    expect(packets[0]?.answer(packet('yes'))).toBe(false);
    expect([turned, bank.text]).toEqual([['late'], '']);
  });

  it('is closed without an answer when we cannot store what it says', async () => {
    const { listener, packets, turned } = await listening();
    const bank = frontEnd(listener.port);
    bank.socket.write(packet('ask'));
    await until(() => packets.length === 1);
    packets[0]?.refuse();
    packets[0]?.refuse();
    await until(() => bank.over);
    expect([turned, bank.text]).toEqual([['refused'], '']);
  });

  it('that is gone before our answer got none: no byte was written', async () => {
    const { listener, packets, turned } = await listening();
    const bank = frontEnd(listener.port);
    bank.socket.write(packet('ask'));
    await until(() => packets.length === 1);
    bank.socket.resetAndDestroy();
    await until(() => turned.length === 1);
    expect(packets[0]?.answer(packet('yes'))).toBe(false);
    expect(turned).toEqual(['gone']);
  });

  it('that does not let go is let go', async () => {
    const { listener, packets } = await listening({ lingerMs: 60 });
    const bank = frontEnd(
      listener.port,
      connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true }),
    );
    bank.socket.write(packet('ask'));
    await until(() => packets.length === 1);
    packets[0]?.answer(packet('yes'));
    await until(() => bank.socket.destroyed || bank.socket.readableEnded);
    await until(() => {
      if (!bank.over) bank.socket.write('still here');
      return bank.over;
    });
    expect(bank.text).toBe('A001000003yes');
  });
});

describe('who is let in', () => {
  it('is who stands on the list: nobody else gets a byte read', async () => {
    const { listener, packets, turned } = await listening({ allow: ['10.0.0.0/8', '192.0.2.1'] });
    const bank = frontEnd(listener.port);
    bank.socket.write(packet('ask'));
    await until(() => bank.over);
    expect([turned, packets.length, bank.text]).toEqual([['stranger'], 0, '']);
  });

  it('is not more than connectionsMax at once', async () => {
    const { listener, packets, turned } = await listening({ connectionsMax: 1 });
    const first = frontEnd(listener.port);
    first.socket.write(packet('ask'));
    await until(() => packets.length === 1);
    const second = frontEnd(listener.port);
    await until(() => second.over);
    expect(turned).toEqual(['too-many']);
    packets[0]?.answer(packet('yes'));
    await until(() => first.over);
    const third = frontEnd(listener.port);
    third.socket.write(packet('ask'));
    await until(() => packets.length === 2);
  });

  it('is said in addresses and networks of both kinds', () => {
    const list = new AllowList(['10.1.0.0/16', '192.0.2.7', 'fd00::/8']);
    const asked = ['10.1.2.3', '10.2.0.1', '192.0.2.7', '192.0.2.8', 'fd00::1', '2001:db8::1', ''];
    expect(asked.map((one) => list.allows(one))).toEqual([
      true,
      false,
      true,
      false,
      true,
      false,
      false,
    ]);
    expect(list.allows('::ffff:10.1.2.3')).toBe(true);
    expect(
      ['10.0.0.0/33', 'front-end', '10.0.0', '10.0.0.0/8/8', '::1/129'].map(readNetwork),
    ).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  it('is refused as a config where it says nobody', async () => {
    await expect(listening({ allow: ['10.0.0'] })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      path: 'listen.allow.0',
    });
  });

  it('finds its port taken: a fault of the config', async () => {
    const { listener } = await listening();
    await expect(listening({ port: listener.port })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      detail: 'EADDRINUSE',
    });
  });

  it('speaks TLS where the link says so, and shows no certificate to a stranger', async () => {
    const tls = makeCertificate('gateway.test');
    const { listener, packets, turned } = await listening({ tls });
    const secure = (port = listener.port) =>
      connectTls({
        port,
        host: '127.0.0.1',
        ca: tls.cert,
        servername: 'gateway.test',
      });
    const bank = frontEnd(listener.port, secure());
    bank.socket.write(packet('ask'));
    await until(() => packets.length === 1);
    packets[0]?.answer(packet('yes'));
    await until(() => bank.over);
    expect(bank.text).toBe('A001000003yes');
    const plain = frontEnd(listener.port);
    plain.socket.write(packet('ask'));
    await until(() => plain.over);
    await until(() => turned.length === 1);
    expect(turned).toEqual(['broken']);
    expect(packets.length).toBe(1);
    const closed = await listening({ tls, allow: ['10.0.0.0/8'] });
    const stranger = frontEnd(closed.listener.port, secure(closed.listener.port));
    await until(() => stranger.over);
    expect(closed.turned).toEqual(['stranger']);
  });

  it('finds nobody behind a listener that is closed, and what was open gets no answer', async () => {
    const { listener, packets, turned } = await listening();
    const bank = frontEnd(listener.port);
    bank.socket.write(packet('ask'));
    await until(() => packets.length === 1);
    open.splice(0);
    await listener.close();
    await until(() => bank.over);
    expect([turned, bank.text]).toEqual([['refused'], '']);
    expect(packets[0]?.answer(packet('yes'))).toBe(false);
  });
});
