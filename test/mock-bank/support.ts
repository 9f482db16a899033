/** A mock bank on any free port, and a caller that knows nothing but bytes. */
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { join } from 'node:path';
import { TestClock } from '../../mock-bank/clock.ts';
import type { Fault } from '../../mock-bank/faults.ts';
import { type MockBank, type MockBankOptions, startMockBank } from '../../mock-bank/start.ts';
import { decodeAnswer } from '../../src/protocol/decode.ts';
import { encodeRequest } from '../../src/protocol/encode.ts';
import type { Message, Values } from '../../src/protocol/message.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';

export const specDirectory = join(import.meta.dirname, '../../protocol-specs/citic');
export const spec: BankSpec = readSpec(specDirectory);

/** 2026-01-05 09:30:00 in Shanghai */
export const start = Date.parse('2026-01-05T09:30:00+08:00');
export const day = '20260105';
export const main = '8110700000000000001';
export const group = '8110700000000000002';
export const buyer = '3110700000000000011';
export const seller = '3110700000000000022';
export const adjustment = '3110700000000000091';

export interface Ground extends MockBank {
  readonly clock: TestClock;
}

/** A bank whose clock stands at `start`, with a buyer who has 10000.00 and a seller who has nothing. */
export async function ground(options: MockBankOptions = {}): Promise<Ground> {
  const clock = new TestClock(start);
  const mock = await startMockBank({ spec, clock, ...options });
  mock.control.openAccount({ number: buyer, name: '示例买方公司', balance: '10000.00' });
  mock.control.openAccount({ number: seller, name: '示例卖方公司' });
  return { ...mock, clock };
}

export interface Heard {
  readonly head: string;
  readonly body: Buffer;
}

export interface Caller {
  send(bytes: Uint8Array): void;
  /** the next whole answer by its Content-Length; rejects when the connection ends before it is whole */
  answer(): Promise<Heard>;
  /** resolves when the connection is over: how, and everything that came in all */
  over: Promise<{ how: 'end' | 'error'; bytes: Buffer }>;
  /** bytes that came and belong to no answer read so far */
  rest(): Buffer;
  reads(): number;
  /** ends its own side and still listens */
  end(): void;
  destroy(): void;
}

function whole(bytes: Buffer): { heard: Heard; size: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = bytes.subarray(0, end).toString('latin1');
  const size = end + 4 + Number(/Content-Length: (\d+)/.exec(head)?.[1] ?? 0);
  if (bytes.length < size) return undefined;
  return { heard: { head, body: bytes.subarray(end + 4, size) }, size };
}

export function call(port: number): Caller {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let all = Buffer.alloc(0);
  let rest = Buffer.alloc(0);
  let reads = 0;
  let ended: 'end' | 'error' | undefined;
  let wake = (): void => undefined;
  socket.on('data', (bytes) => {
    reads += 1;
    all = Buffer.concat([all, bytes]);
    rest = Buffer.concat([rest, bytes]);
    wake();
  });
  socket.on('error', () => {
    ended = 'error';
  });
  const over = new Promise<{ how: 'end' | 'error'; bytes: Buffer }>((resolve) => {
    socket.on('close', () => {
      ended ??= 'end';
      wake();
      resolve({ how: ended, bytes: all });
    });
  });
  return {
    over,
    send: (bytes) => socket.write(bytes),
    reads: () => reads,
    rest: () => rest,
    end: () => socket.end(),
    destroy: () => socket.destroy(),
    answer: async () => {
      for (;;) {
        const found = whole(rest);
        if (found !== undefined) {
          rest = rest.subarray(found.size);
          return found.heard;
        }
        if (ended !== undefined) throw new Error(`the connection is over: ${ended}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

export function http(body: Uint8Array, connection: 'close' | 'keep-alive' = 'keep-alive'): Buffer {
  const head = `POST / HTTP/1.1\r\nHost: front-end\r\nContent-Type: text/xml\r\nContent-Length: ${body.length}\r\nConnection: ${connection}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

export const request = (code: string, values: Values): Uint8Array =>
  encodeRequest(spec, code, { userName: 'demo01', ...values }, 'GBK');

/** Asks on a connection of its own and reads the answer by the spec. */
export async function ask(port: number, code: string, values: Values): Promise<Message> {
  const caller = call(port);
  caller.send(http(request(code, values), 'close'));
  const { body } = await caller.answer();
  caller.destroy();
  return decodeAnswer(spec, code, body);
}

export const transfer = (serial: string, more: Values = {}): Values => ({
  clientID: serial,
  accountNo: main,
  payAccNo: buyer,
  tranType: 'BF',
  recvAccNo: seller,
  recvAccNm: '示例卖方公司',
  tranAmt: '100.00',
  memo: `OBL-${serial}`,
  tranFlag: '1',
  ...more,
});

export const payout = (serial: string, more: Values = {}): Values => ({
  clientID: serial,
  accountNo: buyer,
  recvAccNo: '6200000000000000009',
  recvAccNm: '示例买方公司',
  tranAmt: '50.00',
  sameBank: '0',
  memo: `OBL-${serial}`,
  preFlg: '0',
  ...more,
});

/** DLCIDSTT's row about a serial, as `stt status`. */
export async function state(port: number, serial: string, type = 'DLMDETRN'): Promise<string> {
  const { fields, lists } = await ask(port, 'DLCIDSTT', { clientID: serial, type });
  const row = lists.userDataList?.[0];
  return row === undefined ? `outer ${fields.status}` : `${row.stt ?? ''} ${row.status}`;
}

/** Asks again and again until it is true, without believing in any time. */
export async function until(what: () => boolean): Promise<void> {
  const end = performance.now() + 8000;
  while (!what()) {
    if (performance.now() > end) throw new Error(`never: ${what.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

type Given = { kind: Fault['kind'] } & Record<string, unknown>;

/** What the tests of faults say again and again, about the bank of the moment. */
export function faultTools(bank: () => Ground) {
  const send = (values: Values, connection: 'close' | 'keep-alive'): Caller => {
    const caller = call(bank().port);
    caller.send(http(request('DLMDETRN', values), connection));
    return caller;
  };
  return {
    /** the next request of this transaction meets this fault */
    next: (given: Given, transaction = 'DLMDETRN'): void => {
      // checked by the control API itself
      bank().control.addFault({ fault: given as unknown as Fault, transaction });
    },
    executed: (): number => bank().control.executions().executions.length,
    /** a transfer on a connection of its own */
    sent: (serial: string, connection: 'close' | 'keep-alive' = 'keep-alive'): Caller =>
      send(transfer(serial), connection),
    /** one more on the same connection, which the payer cannot pay */
    again: (caller: Caller, serial: string): void =>
      caller.send(http(request('DLMDETRN', transfer(serial, { tranAmt: '99999.00' })))),
    statusOf: ({ body }: Heard): string =>
      String(decodeAnswer(spec, 'DLMDETRN', body).fields.status),
  };
}
