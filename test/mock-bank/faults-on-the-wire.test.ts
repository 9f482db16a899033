/** Faults of answers and rows on a real socket: what the caller sees, and what the bank did behind it. */
import { Buffer } from 'node:buffer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeAnswer } from '../../src/protocol/decode.ts';
import {
  ask,
  buyer,
  call,
  day,
  faultTools,
  type Ground,
  ground,
  http,
  main,
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
const { again, executed, next, sent, statusOf } = faultTools(() => bank);

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

describe('broken answers', () => {
  const seen = async (given: Parameters<typeof next>[0]) => {
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

  it('half-then-silence keeps the connection open', async () => {
    next({ kind: 'half-then-silence' });
    const caller = sent('B1');
    await until(() => executed() === 1 && caller.rest().length > 0);
    again(caller, 'B1b');
    expect(bank.control.requests().requests).toHaveLength(1);
    caller.destroy();
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

it.each([
  [true, 1],
  [false, 0],
])('reset-after-read, executed %s', async (does, times) => {
  next({ kind: 'reset-after-read', executed: does });
  const { how, bytes } = await sent('R1').over;
  expect(how).toBe('error');
  expect(bytes).toHaveLength(0);
  expect(executed()).toBe(times);
});

it('answer-after-close: nothing before the caller has ended its side', async () => {
  next({ kind: 'answer-after-close' });
  const caller = sent('R2', 'close');
  await until(() => executed() === 1);
  expect(caller.rest()).toHaveLength(0);
  caller.end();
  expect(statusOf(await caller.answer())).toBe('AAAAAAA');
  caller.destroy();
});
