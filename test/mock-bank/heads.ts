/** A mock bank with its front ends for Ping An, and callers that know heads and bodies but no gateway. */
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { join } from 'node:path';
import { TestClock } from '../../mock-bank/clock.ts';
import { dayOf, timeOf } from '../../mock-bank/ledger/calendar.ts';
import { type MockBank, type MockBankOptions, startMockBank } from '../../mock-bank/start.ts';
import { decodeAnswer } from '../../src/protocol/decode.ts';
import { encodeRequest } from '../../src/protocol/encode.ts';
import { headValues } from '../../src/protocol/framing/head-values.ts';
import type { Message, Values } from '../../src/protocol/message.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { start } from './support.ts';

const folder = (bank: string): string => join(import.meta.dirname, '../../protocol-specs', bank);

export const b2bi: BankSpec = readSpec(folder('pingan_b2bi'));
export const trading: BankSpec = readSpec(folder('pingan_trading'));
export const jzb: BankSpec = readSpec(folder('pingan_jzb'));

export const company = '15000000000101';
export const supervised = '15000000000001';
export const outside = '6230580000000000001';
export const day = '20260105';

export interface Site extends MockBank {
  readonly clock: TestClock;
}

/** All three front ends before one bank, whose clock stands at `start`. */
export async function site(options: MockBankOptions = {}): Promise<Site> {
  const clock = new TestClock(start);
  const fronts = [b2bi, trading, jzb].map((spec) => ({ spec }));
  return { ...(await startMockBank({ fronts, clock, ...options })), clock };
}

let packets = 0;

/** The packet of one request, named by `serial` or by a number of its own. */
export function packetOf(
  spec: BankSpec,
  code: string,
  values: Values,
  serial?: string,
  now = start,
): Uint8Array {
  packets += 1;
  const reference = `20260105${String(packets).padStart(12, '0')}`;
  const date = dayOf(now);
  const time = timeOf(now);
  const head = headValues(spec, 'request', {
    transaction: code,
    ...(serial === undefined ? {} : { serial }),
    link: { qydm: '9001', operator: 'PA001', customerCode: '00901000000000000100' },
    packet: { reference, date, time, moment: date + time },
  });
  return encodeRequest(spec, code, values, 'GBK', head);
}

export interface Seen {
  readonly bytes: Buffer;
  readonly how: 'end' | 'error';
  /** how many pieces they came in */
  readonly reads: number;
}

/** Sends bytes on a connection of its own and waits until the bank has ended it. */
export function exchange(port: number, bytes: Uint8Array): Promise<Seen> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let all = Buffer.alloc(0);
    let reads = 0;
    let how: Seen['how'] = 'end';
    socket.on('data', (piece) => {
      reads += 1;
      all = Buffer.concat([all, piece]);
    });
    socket.on('error', () => {
      how = 'error';
    });
    socket.on('close', () => resolve({ bytes: all, how, reads }));
    socket.write(bytes);
  });
}

export async function ask(
  mock: MockBank,
  spec: BankSpec,
  code: string,
  values: Values,
  serial?: string,
): Promise<Message> {
  const port = mock.ports[spec.protocol.bank] ?? 0;
  const { bytes } = await exchange(port, packetOf(spec, code, values, serial));
  return decodeAnswer(spec, code, bytes);
}

/** `code text` of the answer, both heads agreeing. */
export function said({ head }: Message): string {
  const inner = head.rspCode;
  if (inner !== undefined && inner !== head.returnCode) return `${inner} is not ${head.returnCode}`;
  return head.returnCode ?? '';
}
