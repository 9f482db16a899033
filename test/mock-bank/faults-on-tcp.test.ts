/** Faults of packets with heads on real sockets: what stays open, what comes late, and all of them at once. */
import { Buffer } from 'node:buffer';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FAULTS, type Fault, type FaultKind, fault } from '../../mock-bank/faults.ts';
import { b2bi, company, exchange, outside, packetOf, type Site, site } from './heads.ts';
import { until } from './support.ts';

let bank: Site;
beforeEach(async () => {
  bank = await site({ settings: { settleMs: 0 } });
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});

const port = () => bank.ports.pingan_b2bi ?? 0;
const payment = (count: number): Uint8Array => {
  const ThirdVoucher = `20260105${String(count).padStart(12, '0')}`;
  return packetOf(b2bi, '4004', {
    ...{ ThirdVoucher, OutAcctNo: company, OutAcctName: '样例贸易有限公司', InAcctNo: outside },
    ...{ InAcctName: '张样例', InAcctBankName: '平安银行', TranAmount: '0.01', UnionFlag: '1' },
    ...{ UseEx: `OBL-${count}`, SysFlag: 'N', AddrFlag: '1' },
  });
};
const meets = (given: { kind: FaultKind } & Record<string, unknown>): void => {
  bank.control.addFault({ fault: fault.parse(given) });
};
const executions = () => bank.control.executions().executions.length;

interface Open {
  readonly socket: Socket;
  bytes: Buffer;
  over: boolean;
}

function open(packet: Uint8Array): Open {
  const socket = connect({ port: port(), host: '127.0.0.1', noDelay: true });
  const seen: Open = { socket, bytes: Buffer.alloc(0), over: false };
  socket.on('data', (piece) => {
    seen.bytes = Buffer.concat([seen.bytes, piece]);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    seen.over = true;
  });
  socket.write(packet);
  return seen;
}

describe('what stays open', () => {
  it('half-then-silence', async () => {
    const whole = (await exchange(port(), payment(1))).bytes.length;
    meets({ kind: 'half-then-silence' });
    const seen = open(payment(2));
    await until(() => seen.bytes.length > 0 && executions() === 2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.bytes).toHaveLength(Math.floor(whole / 2));
    expect(seen.over).toBe(false);
    seen.socket.destroy();
  });

  it('answer-after-close: nothing before the caller has ended its side, then all of it', async () => {
    meets({ kind: 'answer-after-close' });
    const seen = open(payment(1));
    await until(() => executions() === 1);
    expect(seen.bytes).toHaveLength(0);
    seen.socket.end();
    await until(() => seen.over);
    expect(seen.bytes.toString('latin1', 87, 93)).toBe('000000');
  });

  it('by setting the connection is kept, and the next request is served on it', async () => {
    bank.control.changeSettings({ afterAnswer: 'keep' });
    const seen = open(payment(1));
    await until(() => seen.bytes.length > 0);
    const first = seen.bytes.length;
    seen.socket.write(payment(2));
    await until(() => seen.bytes.length === 2 * first);
    expect(seen.over).toBe(false);
    seen.socket.destroy();
  });
});

it('a request in one byte per segment is read as any other', async () => {
  const packet = payment(1);
  const seen = open(packet.subarray(0, 1));
  for (let at = 1; at < packet.length; at += 1) {
    seen.socket.write(packet.subarray(at, at + 1));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => seen.over);
  expect(executions()).toBe(1);
});

it('all faults at once, by seed: nothing breaks, nothing is executed twice', async () => {
  const kinds = Object.keys(FAULTS).map((kind) => kind as Fault['kind']);
  bank.control.mixFaults({ seed: 3, rate: 0.9, kinds });
  const callers = Array.from({ length: 200 }, (_, index) => open(payment(index)));
  const requests = () => bank.control.requests().requests;
  await until(() => requests().length === callers.length);
  const met = new Set(requests().map(({ fault: kind }) => kind));
  for (const kind of ['http-status', 'wrong-declaration', 'alphabetical']) {
    expect(met.has(kind as FaultKind)).toBe(false);
  }
  expect(met.has('wrong-serial') && met.has('two-frames')).toBe(true);
  bank.control.release();
  bank.clock.advance(86_400_000);
  const never = ['drop-before', 'reset-after-read', 'code', 'review-then-refused'];
  const due = requests().filter(({ fault: kind }) => !never.includes(kind ?? '')).length;
  await until(() => executions() === due);
  expect(bank.control.obligations().obligations.every(({ count }) => count === 1)).toBe(true);
  for (const { socket } of callers) socket.destroy();
});
