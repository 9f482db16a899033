/** Faults of orders on a real socket: held, unanswered, pending, refused; what is executed and what is told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FAULTS, type Fault } from '../../mock-bank/faults.ts';
import {
  ask,
  buyer,
  call,
  faultTools,
  type Ground,
  ground,
  http,
  main,
  payout,
  request,
  state,
  transfer,
  until,
} from './support.ts';

let bank: Ground;
beforeEach(async () => {
  bank = await ground();
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});
const { again, executed, next, sent, statusOf } = faultTools(() => bank);

describe('hold: hold now, say no, execute later', () => {
  it('R1: executes on release although the caller is long gone and was told "no such serial"', async () => {
    next({ kind: 'hold' });
    const caller = sent('H1');
    await until(() => bank.control.held().held.length === 1);
    expect(bank.control.held().held).toMatchObject([{ serial: 'H1', callerThere: true }]);
    expect(await state(bank.port, 'H1')).toBe(' ED02083');
    caller.destroy();
    await until(() => bank.control.held().held[0]?.callerThere === false);
    bank.clock.advance(3_600_000);
    expect(await state(bank.port, 'H1')).toBe(' ED02083');
    expect(executed()).toBe(0);
    expect(bank.control.release()).toEqual({ released: 1 });
    await until(() => executed() === 1);
    expect(await state(bank.port, 'H1')).toBe('0 AAAAAAA');
    expect(bank.control.held().held).toEqual([]);
  });

  it('executes by itself after ms, and answers a caller that still waits', async () => {
    next({ kind: 'hold', ms: 60_000 });
    const caller = sent('H2');
    await until(() => bank.control.held().held.length === 1);
    bank.clock.advance(59_999);
    expect(executed()).toBe(0);
    bank.clock.advance(1);
    expect(statusOf(await caller.answer())).toBe('AAAAAAA');
    expect(executed()).toBe(1);
    caller.destroy();
  });

  it('counts a payment that was held and paid again as two, whatever its serials', async () => {
    next({ kind: 'hold' });
    const caller = sent('H3');
    await until(() => bank.control.held().held.length === 1);
    caller.destroy();
    await ask(bank.port, 'DLMDETRN', transfer('H4', { memo: 'OBL-H3' }));
    bank.control.release({ serial: 'H3' });
    await until(() => executed() === 2);
    expect(bank.control.obligations().obligations).toMatchObject([
      { obligation: 'OBL-H3', count: 2, amount: '200.00', serials: ['H4', 'H3'] },
    ]);
  });

  it('holds a query as well, named by its account', async () => {
    next({ kind: 'hold' }, 'DLSBALQR');
    const caller = call(bank.port);
    caller.send(http(request('DLSBALQR', { accountNo: main, subAccNo: buyer })));
    await until(() => bank.control.held().held.length === 1);
    expect(bank.control.held().held).toMatchObject([{ transaction: 'DLSBALQR', serial: buyer }]);
    caller.destroy();
  });

  it('executes nothing that is still held when the bank closes', async () => {
    next({ kind: 'hold', ms: 1000 });
    const caller = sent('H5');
    await until(() => bank.control.held().held.length === 1);
    await bank.close();
    bank.clock.advance(2000);
    await caller.over;
    expect(executed()).toBe(0);
    bank = await ground();
  });
});

describe('a repeated serial', () => {
  it('executes again, and both are counted', async () => {
    await ask(bank.port, 'DLMDETRN', transfer('R1'));
    await ask(bank.port, 'DLMDETRN', transfer('R1'));
    const { executions } = bank.control.executions({ serial: 'R1' });
    expect(executions.map(({ time }) => time)).toEqual([1, 2]);
    expect(bank.control.obligations().obligations).toMatchObject([{ count: 2 }]);
  });

  it('is refused only where the settings say so', async () => {
    bank.control.changeSettings({ duplicateSerial: 'refuse' });
    await ask(bank.port, 'DLMDETRN', transfer('R1'));
    const { fields } = await ask(bank.port, 'DLMDETRN', transfer('R1'));
    expect(fields.status).toBe('MOCK001');
    expect((await ask(bank.port, 'DLFCSOUT', payout('R1'))).fields.status).toBe('AAAAAAE');
    bank.control.changeSettings({ duplicateSerial: 'refuse-across-transactions' });
    expect((await ask(bank.port, 'DLFCSOUT', payout('R1'))).fields.status).toBe('MOCK001');
    expect(await state(bank.port, 'R1')).toBe('0 AAAAAAA');
  });
});

describe('no answer, or too late', () => {
  it.each([true, false])('no-answer, executed: %s', async (does) => {
    next({ kind: 'no-answer', executed: does });
    const caller = sent('N1');
    await until(() => bank.control.requests().requests.length === 1);
    // what follows on that connection is never read
    again(caller, 'N2');
    expect(await state(bank.port, 'N1')).toBe(does ? '0 AAAAAAA' : ' ED02083');
    expect(caller.reads()).toBe(0);
    expect(executed()).toBe(does ? 1 : 0);
    caller.destroy();
    expect((await caller.over).how).toBe('end');
  });

  it('late: executed at once, answered after ms', async () => {
    next({ kind: 'late', ms: 30_000 });
    const caller = sent('L1');
    await until(() => executed() === 1);
    expect(await state(bank.port, 'L1')).toBe('0 AAAAAAA');
    expect(caller.reads()).toBe(0);
    bank.clock.advance(30_000);
    expect(statusOf(await caller.answer())).toBe('AAAAAAA');
    caller.destroy();
  });

  it('drop-before: closed and not executed', async () => {
    next({ kind: 'drop-before' });
    const { bytes } = await sent('D1').over;
    expect(bytes).toHaveLength(0);
    expect(await state(bank.port, 'D1')).toBe(' ED02083');
  });

  it.each([
    ['reset', 'error'],
    ['close', 'end'],
  ])('drop-after by %s: executed', async (how, seen) => {
    next({ kind: 'drop-after', how });
    const over = await sent('D2').over;
    expect(over).toMatchObject({ how: seen });
    expect(over.bytes).toHaveLength(0);
    expect(executed()).toBe(1);
  });

  it('drop-after also on a connection that has answered before', async () => {
    const caller = sent('D3');
    expect(statusOf(await caller.answer())).toBe('AAAAAAA');
    next({ kind: 'drop-after' });
    caller.send(http(request('DLMDETRN', transfer('D4'))));
    expect((await caller.over).how).toBe('error');
    expect(executed()).toBe(2);
  });
});

describe('accepted is not booked', () => {
  it.each(['AAAAAAA', 'AAAAAAE', 'CCCCCCC'])('processing with %s', async (code) => {
    next({ kind: 'processing', code, asks: 2, ms: 1000 });
    expect(statusOf(await sent('P1', 'close').answer())).toBe(code);
    bank.clock.advance(5000);
    expect(await state(bank.port, 'P1')).toBe('2 ED02091');
    expect(await state(bank.port, 'P1')).toBe('2 ED02091');
    expect(await state(bank.port, 'P1')).toBe('0 AAAAAAA');
  });

  it('processing that waits for the clock when the asks are used up', async () => {
    next({ kind: 'processing', asks: 1, ms: 1000 });
    await sent('P2', 'close').answer();
    expect(await state(bank.port, 'P2')).toBe('2 ED02091');
    expect(await state(bank.port, 'P2')).toBe('2 ED02091');
    bank.clock.advance(1000);
    expect(await state(bank.port, 'P2')).toBe('0 AAAAAAA');
  });

  it('processing that fails after AAAAAAA', async () => {
    next({ kind: 'processing', code: 'AAAAAAA', ms: 10, fails: 'DPRA003' });
    await sent('P3', 'close').answer();
    bank.clock.advance(10);
    expect(await state(bank.port, 'P3')).toBe('1 DPRA003');
    expect(executed()).toBe(0);
  });

  it.each(['AAAAAAB', 'AAAAAAC'])('review with %s, approved by the clock', async (code) => {
    next({ kind: 'review', code });
    expect(statusOf(await sent('V1', 'close').answer())).toBe(code);
    expect(await state(bank.port, 'V1')).toBe(`2 ${code}`);
    bank.clock.advance(1000);
    expect(await state(bank.port, 'V1')).toBe('0 AAAAAAA');
  });

  it.each([
    ['approve', '0 AAAAAAA', 1],
    ['refuse', '3 MOCK040', 0],
    ['withdraw', '4 MOCK041', 0],
  ] as const)('review that waits for a person who says %s', async (decision, told, times) => {
    next({ kind: 'review', decision: 'wait' });
    await sent('V2', 'close').answer();
    bank.clock.advance(86_400_000);
    expect(await state(bank.port, 'V2')).toBe('2 AAAAAAB');
    bank.control.review({ serial: 'V2', decision });
    expect(await state(bank.port, 'V2')).toBe(told);
    expect(executed()).toBe(times);
  });

  it.each([
    ['3', 'AAAAAAB'],
    ['4', 'AAAAAAC'],
  ])('review-then-refused with stt %s after %s', async (stt, code) => {
    next({ kind: 'review-then-refused', stt, code, ms: 10 });
    expect(statusOf(await sent('V3', 'close').answer())).toBe(code);
    bank.clock.advance(10);
    expect((await state(bank.port, 'V3'))[0]).toBe(stt);
    expect(executed()).toBe(0);
  });
});

describe('code: any code, executed or not', () => {
  it.each(['EEEEEEE', 'UNKNOWN', 'ED11308', 'ED12002', 'ES88051', 'ZZ99999'])(
    '%s',
    async (code) => {
      next({ kind: 'code', code });
      expect(statusOf(await sent('C1', 'close').answer())).toBe(code);
      expect(await state(bank.port, 'C1')).toBe(' ED02083');
      next({ kind: 'code', code, executed: true });
      expect(statusOf(await sent('C2', 'close').answer())).toBe(code);
      expect(await state(bank.port, 'C2')).toBe('0 AAAAAAA');
    },
  );

  it('is remembered as a refusal only if it is one and the settings say so', async () => {
    bank.control.changeSettings({ refusedKnown: 'yes' });
    for (const [serial, code, told] of [
      ['C3', 'ZZ99999', '1 ZZ99999'],
      ['C4', 'ED12002', ' ED02083'],
      ['C5', 'EEEEEEE', ' ED02083'],
    ] as const) {
      next({ kind: 'code', code });
      await sent(serial, 'close').answer();
      expect(await state(bank.port, serial)).toBe(told);
    }
  });
});

it('every fault of the list is tried here or in the file about the wire', () => {
  const files = ['faults.test.ts', 'faults-on-the-wire.test.ts', 'faults-on-heads.test.ts'];
  const text = files.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('');
  expect(Object.keys(FAULTS).filter((kind) => !text.includes(`kind: '${kind}'`))).toEqual([]);
});

it('all faults at once, by seed: nothing breaks, nothing is executed twice', async () => {
  const kinds = Object.keys(FAULTS).map((kind) => kind as Fault['kind']);
  bank.control.mixFaults({ seed: 11, rate: 0.9, kinds });
  const callers = Array.from({ length: 200 }, (_, index) => {
    const caller = call(bank.port);
    const values = transfer(`ALL${index}`, { tranAmt: '0.01' });
    caller.send(http(request('DLMDETRN', values), index % 2 === 0 ? 'close' : 'keep-alive'));
    return caller;
  });
  await until(() => bank.control.requests().requests.length === callers.length);
  const met = new Set(bank.control.requests().requests.map(({ fault }) => fault));
  expect(met.size).toBeGreaterThan(15);
  const held = bank.control.held().held.length;
  bank.control.release();
  const unbooked = ['drop-before', 'reset-after-read', 'code', 'review-then-refused'];
  const due = bank.control
    .requests()
    .requests.filter(({ fault }) => !unbooked.includes(fault ?? '')).length;
  bank.clock.advance(86_400_000);
  await until(() => executed() === due);
  expect(held).toBeGreaterThan(0);
  expect(bank.control.executions().executions.every(({ time }) => time === 1)).toBe(true);
  for (const caller of callers) caller.destroy();
});
