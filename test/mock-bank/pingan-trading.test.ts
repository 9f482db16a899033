/** 交易资金 over TCP: sign-in, deposits, withdrawals and their statement. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Values } from '../../src/protocol/message.ts';
import {
  ask,
  day,
  exchange,
  outside,
  packetOf,
  type Site,
  said,
  site,
  supervised,
  trading,
} from './heads.ts';

let bank: Site;
let member: string;
beforeEach(async () => {
  bank = await site();
  member = bank.control.addMember({
    ...{ code: 'M10001', name: '张样例', balance: '500.00' },
    bound: [{ account: outside, name: '张样例' }],
  }).number;
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});

const S1 = '20260105000000000001';
const call = (code: string, values: Values, serial?: string) =>
  ask(bank, trading, code, values, serial);
const sign = (FuncFlag: '1' | '2', TxDate = day) => call('1330', { FuncFlag, TxDate });

const withdrawal = (more: Values = {}): Values => ({
  ...{ TranWebName: '样例商城', ThirdCustId: 'M10001', IdType: '1', IdCode: '440300199001010000' },
  ...{ TranOutType: '1', CustAcctId: member, CustName: '张样例', SupAcctId: supervised },
  ...{ TranType: '1', OutAcctId: outside, OutAcctIdName: '张样例', OutAcctIdBankName: '平安银行' },
  ...{ CcyCode: 'RMB', TranAmount: '11.00' },
  ...more,
});
const flow = (OrigThirdLogNo = '', PageNum = '1') =>
  call('1325', { SupAcctId: supervised, OrigThirdLogNo, BeginDate: day, EndDate: day, PageNum });

it('1330: once a day each way, of that day', async () => {
  expect(said(await sign('2'))).toBe('ERR091');
  expect(said(await sign('1', '20260104'))).toBe('ERR089');
  expect((await sign('1')).fields.FrontLogNo).toBeDefined();
  expect(said(await sign('1'))).toBe('ERR087');
  expect(said(await sign('2'))).toBe('000000');
  expect(said(await sign('2'))).toBe('ERR088');
  expect(said(await call('1318', withdrawal(), S1))).toBe('ERR091');
  bank.control.changeSettings({ signInAgain: 'ERR101' });
  expect(said(await sign('1'))).toBe('ERR101');
});

describe('1318 and 1325', () => {
  beforeEach(async () => {
    await sign('1');
  });

  it('000000 is not yet booked: 异常 by serial, nothing in the list, then both', async () => {
    const taken = await call('1318', withdrawal(), S1);
    expect(said(taken)).toBe('000000');
    expect(taken.fields).toMatchObject({ HandFee: 0n });
    expect((await flow(S1)).lists.items).toMatchObject([{ TranStatus: '2', ThirdLogNo: S1 }]);
    expect(said(await flow())).toBe('ERR020');
    bank.clock.advance(500);
    const [row] = (await flow(S1)).lists.items ?? [];
    expect(row).toMatchObject({ TranFlag: '2', TranStatus: '0', TranAmount: 1100n });
    expect(row).toMatchObject({ ThirdCustId: 'M10001', FrontLogNo: taken.fields.FrontLogNo });
    expect((await flow()).lists.items).toHaveLength(1);
  });

  it('a serial used again is executed again', async () => {
    await call('1318', withdrawal(), S1);
    await call('1318', withdrawal(), S1);
    bank.clock.advance(500);
    expect(bank.control.obligations().obligations).toMatchObject([{ count: 2, amount: '22.00' }]);
  });

  it.each([
    ['ERR044', { TranAmount: '500.01' }],
    ['ERR041', { ThirdCustId: 'M10002' }],
    ['ERR033', { OutAcctId: '6230580000000000002' }],
    ['ERR027', { SupAcctId: '15000000000002' }],
  ])('refused: %s', async (code, more) => {
    expect(said(await call('1318', withdrawal(more), S1))).toBe(code);
    expect(said(await flow(S1))).toBe('ERR020');
  });

  it('ERR020 about a serial has the bytes of the live message, or none', async () => {
    const packet = packetOf(trading, '1325', {
      ...{ SupAcctId: supervised, OrigThirdLogNo: S1, BeginDate: day, EndDate: day, PageNum: '1' },
    });
    const body = async () =>
      (await exchange(bank.ports.pingan_trading ?? 0, packet)).bytes.toString('latin1', 344);
    expect(await body()).toBe(`&&&0&${S1}&&&&0.00&&&&&&`);
    bank.control.changeSettings({ noRecordBody: 'none' });
    expect(await body()).toBe('');
  });

  it('a withdrawal that came back is reversed by serial', async () => {
    await call('1318', withdrawal(), S1);
    bank.clock.advance(500);
    bank.control.returnPayout({ serial: S1 });
    expect((await flow(S1)).lists.items).toMatchObject([{ TranStatus: '3' }]);
    expect((await flow()).lists.items).toHaveLength(1);
  });

  it('1313 pays to another bank, 1316 takes from a bound account', async () => {
    const { IdType: _t, IdCode: _c, ...other } = withdrawal({ TranType: '3' });
    expect(said(await call('1313', other, S1))).toBe('000000');
    const deposit = {
      ...{ SupAcctId: supervised, CustAcctId: member, ThirdCustId: 'M10001', IdType: '1' },
      ...{ IdCode: '440300199001010000', TranAmount: '20.00', InAcctId: outside },
      ...{ InAcctIdName: '张样例', CcyCode: 'RMB' },
    };
    expect(said(await call('1316', deposit, '20260105000000000002'))).toBe('000000');
    bank.clock.advance(500);
    expect((await flow()).lists.items).toMatchObject([
      { TranFlag: '1', TranAmount: 2000n },
      { TranFlag: '2', TranAmount: 1100n },
    ]);
  });
});

it('1325 by pages of twenty', async () => {
  bank.control.injectCredit({ account: member, amount: '1.00', twins: 25 });
  const first = await flow();
  expect(first.fields).toMatchObject({
    TotalCount: '25',
    BeginNum: '1',
    LastPage: '0',
    RecordNum: '20',
  });
  const second = await flow('', '2');
  expect(second.fields).toMatchObject({ BeginNum: '21', LastPage: '1', RecordNum: '5' });
  expect(
    said(await call('1324', { SupAcctId: supervised, BeginDate: day, EndDate: day, PageNum: '1' })),
  ).toBe('ERR020');
});

it('1010: members and function accounts', async () => {
  const list = async (SelectFlag: string) => {
    const asked = { SupAcctId: supervised, SelectFlag, PageNum: '1' };
    return (await call('1010', asked)).lists.items?.map(({ CustAcctId }) => CustAcctId);
  };
  expect(await list('2')).toEqual([member]);
  expect(await list('3')).toHaveLength(2);
  expect(await list('1')).toHaveLength(3);
});

describe('faults on the wire', () => {
  const port = () => bank.ports.pingan_trading ?? 0;
  const packet = () => packetOf(trading, '1318', withdrawal(), S1);
  const fault = (given: Record<string, unknown>) =>
    bank.control.addFault({ fault: given as never, bank: 'pingan_trading' });
  const executions = () => {
    bank.clock.advance(500);
    return bank.control.executions().executions.length;
  };

  beforeEach(async () => {
    await sign('1');
  });

  it.each([
    [{ kind: 'cut-body' }, 'end', 1],
    [{ kind: 'drop-before' }, 'end', 0],
    [{ kind: 'reset-after-read' }, 'error', 0],
    [{ kind: 'drop-after' }, 'error', 1],
  ])('%j', async (given, how, times) => {
    fault(given);
    const seen = await exchange(port(), packet());
    expect(seen.how).toBe(how);
    expect(executions()).toBe(times);
  });

  it('one byte per segment, two frames in one, another serial, the answer twice', async () => {
    const plain = (await exchange(port(), packet())).bytes;
    fault({ kind: 'one-byte-segments' });
    expect((await exchange(port(), packet())).bytes).toHaveLength(plain.length);
    fault({ kind: 'two-frames' });
    const two = (await exchange(port(), packet())).bytes;
    expect(two).toHaveLength(2 * plain.length);
    expect(two.toString('latin1', plain.length + 320, plain.length + 340)).toBe(
      '20000101999999999999',
    );
    fault({ kind: 'wrong-serial' });
    const wrong = (await exchange(port(), packet())).bytes;
    expect(wrong.toString('latin1', 320, 340)).toBe('20000101999999999999');
    fault({ kind: 'answer-twice' });
    expect((await exchange(port(), packet())).bytes).toHaveLength(2 * plain.length);
    expect(executions()).toBe(5);
  });

  it('hold now, say no, execute later', async () => {
    fault({ kind: 'hold' });
    const waiting = exchange(port(), packet());
    while (bank.control.held().held.length === 0)
      await new Promise((resolve) => setImmediate(resolve));
    expect(said(await flow(S1))).toBe('ERR020');
    bank.control.release();
    await waiting;
    expect(executions()).toBe(1);
  });
});
