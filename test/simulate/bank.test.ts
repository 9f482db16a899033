/** The simulated bank: bytes and times in, what happens in which order out; its books count what it executed. */
import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import type { Fault } from '../../mock-bank/faults.ts';
import { openSimulatedBank } from '../../scripts/simulate/bank/bank.ts';
import type { BankAct, Decide, SimulatedBank } from '../../scripts/simulate/bank/shapes.ts';
import { decodeAnswer } from '../../src/protocol/decode.ts';
import { encodeRequest } from '../../src/protocol/encode.ts';
import type { Values } from '../../src/protocol/message.ts';
import { readSpec } from '../../src/spec-directory.ts';

const SPEC = 'protocol-specs/citic';
const spec = readSpec(SPEC);
const start = Date.parse('2026-01-05T09:30:00+08:00');
const buyer = '3110700000000000011';
const seller = '3110700000000000022';
const main = '8110700000000000001';

const open = (decide: Decide = () => undefined, settings = {}): SimulatedBank =>
  openSimulatedBank({
    ...{ spec: SPEC, startAt: start, decide, settings },
    accounts: [
      { number: buyer, name: '示例买方公司', balance: '1000.00' },
      { number: seller, name: '示例卖方公司' },
    ],
  });

function packet(transaction: string, values: Values): Buffer {
  const body = encodeRequest(spec, transaction, values, 'GBK');
  const head = `POST / HTTP/1.1\r\nHost: bank\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

const transfer = (serial: string, memo = 'PO-1 x'): Buffer =>
  packet('DLMDETRN', {
    ...{ userName: 'U', clientID: serial, accountNo: main, payAccNo: buyer, tranType: 'BF' },
    ...{ recvAccNo: seller, recvAccNm: '示例卖方公司', tranAmt: '5.00', memo, tranFlag: '1' },
  });
const inquiry = (serial: string): Buffer =>
  packet('DLCIDSTT', { userName: 'U', clientID: serial, type: 'DLMDETRN' });

const text = (acts: readonly BankAct[]): string =>
  Buffer.concat(acts.flatMap((act) => (act.is === 'bytes' ? [act.bytes] : []))).toString('latin1');
const kinds = (acts: readonly BankAct[]): string[] =>
  acts.map(({ is, afterMs }) => `${is}@${afterMs}`);

function state(bank: SimulatedBank, connection: number, serial: string, now: number): string {
  bank.connected(connection, now);
  const said = Buffer.from(text(bank.received(connection, inquiry(serial), now)), 'latin1');
  const body = said.subarray(said.indexOf('\r\n\r\n') + 4);
  const { lists } = decodeAnswer(spec, 'DLCIDSTT', body);
  const [row] = lists?.userDataList ?? [];
  return `${row?.stt ?? ''} ${row?.status ?? ''}`;
}

const once =
  (fault: Fault): Decide =>
  ({ movement, before }) =>
    movement && before === 0 ? fault : undefined;

it('executes what it is asked and says so, in as many pieces as it comes', () => {
  const bank = open();
  bank.connected(1, start);
  const bytes = transfer('S1');
  expect(bank.received(1, bytes.subarray(0, 50), start)).toEqual([]);
  const acts = bank.received(1, bytes.subarray(50), start);
  expect(kinds(acts)).toEqual(['bytes@1']);
  expect(text(acts)).toContain('AAAAAAA');
  expect(bank.books.executions()).toMatchObject([
    { obligation: 'PO-1', serial: 'S1', amount: 500n },
  ]);
  expect(state(bank, 2, 'S1', start)).toBe('0 AAAAAAA');
  expect(bank.books.violations()).toEqual([]);
});

it('executes a repeated serial again', () => {
  const bank = open();
  bank.connected(1, start);
  bank.received(1, transfer('S1'), start);
  bank.connected(2, start);
  bank.received(2, transfer('S1'), start + 10);
  expect(bank.books.executions().map(({ serial }) => serial)).toEqual(['S1', 'S1']);
});

it('R1: holds a request, says no meanwhile, and executes it later, its caller long gone', () => {
  const bank = open(once({ kind: 'hold', ms: 60_000 }));
  bank.connected(1, start);
  expect(bank.received(1, transfer('S1'), start)).toEqual([]);
  bank.ended(1, start + 5_000, 'gone');
  expect(state(bank, 2, 'S1', start + 30_000)).toBe(' ED02083');
  expect(bank.books.open()).toEqual([{ obligation: 'PO-1', serial: 'S1', where: 'held' }]);
  expect(bank.nextAt()).toBe(start + 60_000);
  bank.due(start + 60_000);
  expect(bank.books.executions()).toHaveLength(1);
  expect(state(bank, 3, 'S1', start + 60_000)).toBe('0 AAAAAAA');
});

it('a restart of its machine forgets what it holds, never what it booked', () => {
  const bank = open(({ serial }) => (serial === 'S2' ? { kind: 'hold', ms: 60_000 } : undefined));
  for (const [connection, serial] of [
    [1, 'S1'],
    [2, 'S2'],
  ] as const) {
    bank.connected(connection, start);
    bank.received(connection, transfer(serial), start);
  }
  const reset = { afterMs: 0, is: 'reset' };
  expect(bank.restart(start + 1)).toEqual([
    { connection: 1, ...reset },
    { connection: 2, ...reset },
  ]);
  bank.due(start + 90_000);
  expect(bank.books.executions().map(({ serial }) => serial)).toEqual(['S1']);
});

it.each([
  [{ kind: 'drop-before' }, ['close@0'], 0],
  [{ kind: 'drop-after', how: 'reset' }, ['reset@0'], 1],
  [{ kind: 'no-answer', executed: true }, [], 1],
  [{ kind: 'late', ms: 500, executed: true }, ['bytes@501'], 1],
  [{ kind: 'answer-twice', gapMs: 20 }, ['bytes@1', 'bytes@21'], 1],
  [{ kind: 'code', code: 'EEEEEEE', executed: true }, ['bytes@1'], 1],
  [{ kind: 'cut-body', executed: true }, ['bytes@1', 'close@1'], 1],
] satisfies [Fault, string[], number][])('meets %j', (fault, wanted, executed) => {
  const bank = open(once(fault));
  bank.connected(1, start);
  expect(kinds(bank.received(1, transfer('S1'), start))).toEqual(wanted);
  expect(bank.books.executions()).toHaveLength(executed);
});

it('an order that is processed shows as pending until it is booked', () => {
  const bank = open(once({ kind: 'processing', code: 'AAAAAAE', asks: 0, ms: 3_000 }));
  bank.connected(1, start);
  bank.received(1, transfer('S1'), start);
  expect(state(bank, 2, 'S1', start + 10)).toMatch(/^2 /);
  expect(bank.books.open()).toMatchObject([{ serial: 'S1', where: 'pending' }]);
  expect(bank.nextAt()).toBe(start + 3_000);
  bank.due(start + 3_000);
  expect(state(bank, 3, 'S1', start + 3_001)).toBe('0 AAAAAAA');
});

it('a credit is in its books at once and in its statement when it is shown', () => {
  const bank = open();
  const row = bank.credit(
    { account: seller, amount: 1n, memo: 'm', payerAccount: '62', payerName: '付款方' },
    start,
    2_000,
  );
  expect(row).toMatchObject({
    account: seller,
    amount: 1n,
    visibleAt: start + 2_000,
    sequence: '1',
  });
  expect(bank.books.credits()).toEqual([row]);
});
