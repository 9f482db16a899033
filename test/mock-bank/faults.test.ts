/** Every fault on a real socket: what the caller sees, and what the bank did behind it. */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FAULTS, type Fault } from '../../mock-bank/faults.ts';
import { decodeAnswer } from '../../src/protocol/decode.ts';
import {
  ask,
  buyer,
  call,
  day,
  type Ground,
  ground,
  http,
  main,
  payout,
  request,
  spec,
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

type Given = { kind: Fault['kind'] } & Record<string, unknown>;
/** the next transfer meets this fault */
const next = (given: Given, transaction = 'DLMDETRN'): void => {
  bank.control.addFault({ fault: given as unknown as Fault, transaction });
};
const executed = (): number => bank.control.executions().executions.length;
const sent = (serial: string, connection: 'close' | 'keep-alive' = 'keep-alive') => {
  const caller = call(bank.port);
  caller.send(http(request('DLMDETRN', transfer(serial)), connection));
  return caller;
};
const again = (caller: ReturnType<typeof call>, serial: string): void =>
  caller.send(http(request('DLMDETRN', transfer(serial, { tranAmt: '99999.00' }))));
const statusOf = ({ body }: { body: Buffer }): string =>
  String(decodeAnswer(spec, 'DLMDETRN', body).fields.status);

describe('hold: hold now, say no, execute later', () => {
  it('executes on release although the caller is long gone and was told "no such serial"', async () => {
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

  it('holds an opening as well', async () => {
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
    await bank.frontEnd.close();
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

describe('the wrong answer on a kept connection', () => {
  it('answer-previous-again: the refused second gets the success of the first', async () => {
    const caller = sent('K1');
    const first = await caller.answer();
    next({ kind: 'answer-previous-again' });
    again(caller, 'K2');
    expect(await caller.answer()).toEqual(first);
    again(caller, 'K3');
    expect(statusOf(await caller.answer())).toBe('DPRA003');
    expect(executed()).toBe(1);
    caller.destroy();
  });

  it('answer-twice: in one write, so that the next request finds an answer waiting', async () => {
    next({ kind: 'answer-twice' });
    const caller = sent('T1');
    const first = await caller.answer();
    again(caller, 'T2');
    expect(await caller.answer()).toEqual(first);
    expect(statusOf(await caller.answer())).toBe('DPRA003');
    caller.destroy();
  });

  it('answer-twice: the second while the connection is idle', async () => {
    next({ kind: 'answer-twice', gapMs: 500 });
    const caller = sent('T3');
    await caller.answer();
    expect(caller.rest()).toHaveLength(0);
    await until(() => executed() === 1);
    bank.clock.advance(500);
    expect(statusOf(await caller.answer())).toBe('AAAAAAA');
    expect(executed()).toBe(1);
    caller.destroy();
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

describe('broken answers', () => {
  const seen = async (given: Given) => {
    next(given);
    const caller = sent('B1', 'close');
    const { how, bytes } = await caller.over;
    const end = bytes.indexOf('\r\n\r\n');
    const [line = ''] = bytes.toString('latin1').split('\r\n');
    const announced = Number(/Content-Length: (\d+)/.exec(bytes.toString('latin1'))?.[1]);
    return { how, line, announced, body: bytes.subarray(end + 4), bytes };
  };

  it.each([500, 502])('http-status %i with a body that says AAAAAAA', async (status) => {
    const { line, body } = await seen({ kind: 'http-status', status });
    expect(line).toContain(`HTTP/1.1 ${status} `);
    expect(body.toString('latin1')).toContain('<status>AAAAAAA</status>');
    expect(executed()).toBe(1);
  });

  it('http-status without executing', async () => {
    await seen({ kind: 'http-status', executed: false });
    expect(executed()).toBe(0);
  });

  it('html', async () => {
    const { line, body } = await seen({ kind: 'html' });
    expect(line).toBe('HTTP/1.1 200 OK');
    expect(body.toString('latin1')).toMatch(/^<html>/);
    expect(executed()).toBe(1);
  });

  it('empty-body', async () => {
    const { announced, body } = await seen({ kind: 'empty-body' });
    expect([announced, body.length]).toEqual([0, 0]);
    expect(executed()).toBe(1);
  });

  it.each([undefined, 0, 10])('cut-body at %s', async (at) => {
    const { announced, body, how } = await seen(
      at === undefined ? { kind: 'cut-body' } : { kind: 'cut-body', at },
    );
    expect(how).toBe('end');
    expect(body.length).toBe(at ?? Math.floor(announced / 2));
    expect(body.length).toBeLessThan(announced);
    expect(executed()).toBe(1);
  });

  it.each([-20, 20])('wrong-length by %i', async (by) => {
    const { announced, body } = await seen({ kind: 'wrong-length', by });
    expect(announced - body.length).toBe(by);
    expect(executed()).toBe(1);
  });

  it('wrong-length leaves bytes on a kept connection that nobody asked for', async () => {
    next({ kind: 'wrong-length', by: -20 });
    const caller = sent('B2');
    await caller.answer();
    await until(() => caller.rest().length === 20);
    caller.destroy();
  });

  it('wrong-declaration', async () => {
    const { body } = await seen({ kind: 'wrong-declaration' });
    expect(body.toString('latin1')).toMatch(/^<\?xml version="1.0" encoding="GB2312"\?>/);
    expect(decodeAnswer(spec, 'DLMDETRN', body).fields.statusText).toBe('交易成功');
  });

  it('alphabetical, with elements that no manual lists', async () => {
    bank.control.injectCredit({ account: buyer, amount: '1.00', twins: 2 });
    next({ kind: 'alphabetical' }, 'DLSTRNDT');
    const caller = call(bank.port);
    const asked = {
      accountNo: main,
      subAccNo: buyer,
      startDate: day,
      endDate: day,
      tranType: '23',
    };
    caller.send(http(request('DLSTRNDT', asked), 'close'));
    const { body } = await caller.answer();
    const names = [...body.toString('latin1').matchAll(/<(\w+)>/g)].map(([, name]) => name);
    expect(names.slice(1, 6)).toEqual([
      'EXTRA',
      'reqFlow',
      'returnRecords',
      'status',
      'statusText',
    ]);
    expect(names.slice(7, 10)).toEqual(['ACCBAL', 'CDFG', 'CRYTYPE']);
    const { lists, extra } = decodeAnswer(spec, 'DLSTRNDT', body);
    expect(lists.userDataList).toMatchObject([{ TRANAMT: 100n }, { TRANAMT: 100n }]);
    expect(extra).toMatchObject({ EXTRA: '模拟', 'userDataList.0.CRYTYPE': '01' });
  });

  it('one-byte-segments', async () => {
    next({ kind: 'one-byte-segments' });
    const caller = sent('B3', 'close');
    expect(statusOf(await caller.answer())).toBe('AAAAAAA');
    expect(caller.reads()).toBeGreaterThan(20);
  });
});

describe('statement rows', () => {
  const rows = async (more = {}): Promise<unknown[]> => {
    const asked = { accountNo: main, subAccNo: buyer, startDate: day, endDate: day };
    return (await ask(bank.port, 'DLSTRNDT', { ...asked, ...more })).lists.userDataList ?? [];
  };

  it('late-rows: booked now, shown later, under a number below what was shown meanwhile', async () => {
    next({ kind: 'late-rows', ms: 5000 });
    await ask(bank.port, 'DLMDETRN', transfer('X1'));
    bank.control.injectCredit({ account: buyer, amount: '1.00' });
    expect(await state(bank.port, 'X1')).toBe('0 AAAAAAA');
    const before = await rows();
    bank.clock.advance(5000);
    const after = await rows();
    expect([before.length, after.length]).toEqual([2, 3]);
    expect(after.slice(0, 1)).toEqual(before.slice(0, 1));
    expect(after.slice(2)).toEqual(before.slice(1));
  });

  it('rows-while-paging: newest first, the second page repeats a row of the first', async () => {
    bank.control.changeSettings({ rowOrder: 'newest-first' });
    bank.control.injectCredit({ account: buyer, amount: '1.00', twins: 15 });
    next({ kind: 'rows-while-paging', amount: '0.50' }, 'DLSTRNDT');
    const first = await rows({ tranType: '23', startRecord: '1', pageNumber: '10' });
    const second = await rows({ tranType: '23', startRecord: '11', pageNumber: '10' });
    expect(second).toHaveLength(6);
    expect(second[0]).toEqual(first[9]);
    expect(bank.control.credits().credits.at(-1)?.entry).toMatchObject({ amount: '0.50' });
  });
});

describe('cadence and limits', () => {
  it('ED11308 for what comes too soon, executing nothing', async () => {
    bank.control.changeSettings({ throttleGapMs: 1000 });
    await ask(bank.port, 'DLMDETRN', transfer('G1'));
    expect((await ask(bank.port, 'DLMDETRN', transfer('G2'))).fields.status).toBe('ED11308');
    bank.clock.advance(999);
    expect((await ask(bank.port, 'DLMDETRN', transfer('G3'))).fields.status).toBe('ED11308');
    bank.clock.advance(1);
    expect((await ask(bank.port, 'DLMDETRN', transfer('G4'))).fields.status).toBe('AAAAAAA');
    bank.control.changeSettings({ throttleCounts: 'all' });
    bank.clock.advance(600);
    expect((await ask(bank.port, 'DLMDETRN', transfer('G5'))).fields.status).toBe('ED11308');
    bank.clock.advance(600);
    expect((await ask(bank.port, 'DLMDETRN', transfer('G6'))).fields.status).toBe('ED11308');
    expect(executed()).toBe(2);
  });

  it('answers as slowly as it is told', async () => {
    bank.control.changeSettings({ answerMinMs: 200, answerMaxMs: 200 });
    const caller = sent('Q1');
    await until(() => executed() === 1);
    expect(caller.reads()).toBe(0);
    bank.clock.advance(200);
    expect(statusOf(await caller.answer())).toBe('AAAAAAA');
    caller.destroy();
  });

  it('an inquiry sees an order only after the lag, and forgets it at last', async () => {
    bank.control.changeSettings({ inquiryLagMs: 1000, serialMemoryMs: 10_000 });
    await ask(bank.port, 'DLMDETRN', transfer('Y1'));
    expect(await state(bank.port, 'Y1')).toBe(' ED02083');
    bank.clock.advance(1000);
    expect(await state(bank.port, 'Y1')).toBe('0 AAAAAAA');
    expect(await state(bank.port, 'Y1', 'DLFCSOUT')).toBe(' ED02083');
    expect(await state(bank.port, 'Y1', '')).toBe('0 AAAAAAA');
    bank.clock.advance(10_000);
    expect(await state(bank.port, 'Y1')).toBe(' ED02083');
  });

  it('keeps a connection, or closes it when told to or asked to', async () => {
    const kept = sent('Z1');
    await kept.answer();
    again(kept, 'Z2');
    await kept.answer();
    expect(bank.control.requests().requests.map(({ connection }) => connection)).toEqual([1, 1]);
    kept.destroy();
    expect((await sent('Z3', 'close').over).how).toBe('end');
    bank.control.changeSettings({ keepAlive: false });
    expect((await sent('Z4').over).how).toBe('end');
  });

  it('answers requests that came in one segment in their order', async () => {
    const caller = call(bank.port);
    const two = [transfer('W1'), transfer('W2', { tranAmt: '99999.00' })];
    caller.send(Buffer.concat(two.map((values) => http(request('DLMDETRN', values)))));
    expect(statusOf(await caller.answer())).toBe('AAAAAAA');
    expect(statusOf(await caller.answer())).toBe('DPRA003');
    caller.destroy();
  });
});

it('every fault of the list is tried in this file', () => {
  const text = readFileSync(import.meta.filename, 'utf8');
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
  const unbooked = ['drop-before', 'code', 'review-then-refused'];
  const due = bank.control
    .requests()
    .requests.filter(({ fault }) => !unbooked.includes(fault ?? '')).length;
  bank.clock.advance(86_400_000);
  await until(() => executed() === due);
  expect(held).toBeGreaterThan(0);
  expect(bank.control.executions().executions.every(({ time }) => time === 1)).toBe(true);
  for (const caller of callers) caller.destroy();
});
