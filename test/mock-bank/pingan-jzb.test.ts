/** 见证宝 over TCP: members, their bindings, their money, and what is told of it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Values } from '../../src/protocol/message.ts';
import { ask, day, jzb, outside, type Site, said, site, supervised, trading } from './heads.ts';

let bank: Site;
let buyer: string;
let seller: string;
beforeEach(async () => {
  bank = await site();
  const bound = [{ account: outside, name: '张样例' }];
  buyer = bank.control.addMember({ code: 'M1', name: '买方', balance: '500.00', bound }).number;
  seller = bank.control.addMember({ code: 'M2', name: '卖方' }).number;
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});

const call = (code: string, values: Values, serial?: string) =>
  ask(bank, jzb, code, { SupAcctId: supervised, ...values }, serial);
const serial = (count: number) => `20260105${String(count).padStart(12, '0')}`;
const status = async (count: number, FuncFlag: '1' | '2') => {
  const asked = { FuncFlag, OrigThirdLogNo: serial(count), TranDate: day };
  const answer = await call('6014', asked);
  return answer.fields.TranStatus ?? said(answer);
};
const balance = async (ThirdCustId: string) => (await call('6037', { ThirdCustId })).fields;

const payment = (FuncFlag: string, more: Values = {}): Values => ({
  ...{ FuncFlag, OutCustAcctId: buyer, OutThirdCustId: 'M1', OutCustName: '买方' },
  ...{ InCustAcctId: seller, InThirdCustId: 'M2', InCustName: '卖方', TranAmount: '100.00' },
  ...{ TranFee: '1.00', TranType: '01', CcyCode: 'RMB', ThirdHtId: 'ORD1', Note: 'REF-1' },
  ...more,
});

it('6000 registers a member, once', async () => {
  const order = { FuncFlag: '1', ThirdCustId: 'M3', CustProperty: '00', NickName: '新会员' };
  const more = { MobilePhone: '13800000000' };
  const { fields } = await call('6000', { ...order, ...more });
  expect(fields.CustAcctId).toMatch(/^8888\d{11}$/);
  expect(said(await call('6000', { ...order, ...more }))).toBe('ERR023');
  expect(await balance('M3')).toMatchObject({ CustAcctId: fields.CustAcctId, TotalAmount: 0n });
  expect(said(await call('6037', { ThirdCustId: 'M4' }))).toBe('ERR020');
});

it.each([
  ['6055', '6064', { TranAmount: '0.12', CcyCode: 'RMB' }, { TranAmount: '0.11', CcyCode: 'RMB' }],
  ['6066', '6067', { MessageCode: '000000' }, { MessageCode: '123456' }],
])('%s and %s bind an account, 6065 unbinds it', async (bind, confirm, wrong, right) => {
  const mine = { CustAcctId: seller, ThirdCustId: 'M2' };
  const card = { ...mine, AcctId: '6222000000000000009' };
  const asked = { ...card, CustName: '卖方', IdType: '1', IdCode: '440300199001010000' };
  const of = {
    BankType: '2',
    BankName: '样例银行',
    BankCode: '990100000017',
    MobilePhone: '13800000000',
  };
  expect(said(await call(bind, { ...asked, ...of }))).toBe('000000');
  expect(said(await call(confirm, { ...card, ...wrong }))).toBe('MOCK67');
  expect(said(await call(confirm, { ...card, ...right }))).toBe('000000');
  expect(said(await call(bind, { ...asked, ...of }))).toBe('ERR034');
  expect(said(await call('6065', { FuncFlag: '1', ...card }))).toBe('000000');
  expect(said(await call('6065', { FuncFlag: '1', ...card }))).toBe('ERR020');
});

describe('payments between members', () => {
  it.each(['6006', '6034'])(
    '%s: ordered, confirmed; the fee goes to the platform',
    async (code) => {
      expect(said(await call(code, payment('1', { TranFee: '0.00' }), serial(1)))).toBe('000000');
      expect(await balance('M1')).toMatchObject({
        TotalBalance: 40000n,
        TotalFreezeAmount: 10000n,
      });
      expect(said(await call(code, payment('2'), serial(2)))).toBe('000000');
      expect(await balance('M2')).toMatchObject({ TotalAmount: 10000n });
      expect(await balance('M1')).toMatchObject({ TotalAmount: 39900n, TotalFreezeAmount: 0n });
      expect(await status(2, '2')).toBe('0');
      expect(await status(2, '1')).toBe('ERR020');
      expect(said(await call(code, payment('2'), serial(3)))).toBe('MOCK65');
    },
  );

  it('ordered and refunded; a part of it first', async () => {
    await call('6034', payment('1'), serial(1));
    await call('6034', payment('3', { TranAmount: '40.00' }), serial(2));
    expect(await balance('M1')).toMatchObject({ TotalFreezeAmount: 6000n });
    await call('6034', payment('3', { TranAmount: '60.00' }), serial(3));
    expect(await balance('M1')).toMatchObject({ TotalFreezeAmount: 0n, TotalAmount: 50000n });
  });

  it('paid at once, revoked once', async () => {
    await call('6034', payment('9'), serial(1));
    const revoke = { FuncFlag: '1', OrigThirdLogNo: serial(1) };
    expect(said(await call('6077', revoke, serial(2)))).toBe('000000');
    expect(await balance('M2')).toMatchObject({ TotalAmount: 0n });
    expect(said(await call('6077', revoke, serial(3)))).toBe('MOCK68');
  });

  it('6031 goes the other way, and 1324 lists both', async () => {
    await call('6034', payment('9'), serial(1));
    const { WebSign: _, ...back } = payment('1', {
      ...{ OutCustAcctId: seller, OutThirdCustId: 'M2', OutCustName: '卖方' },
      ...{ InCustAcctId: buyer, InThirdCustId: 'M1', InCustName: '买方', TranFee: '0.00' },
    });
    expect(said(await call('6031', back, serial(2)))).toBe('000000');
    const asked = { SupAcctId: supervised, BeginDate: day, EndDate: day, PageNum: '1' };
    const { lists } = await ask(bank, trading, '1324', asked);
    expect(lists.items).toMatchObject([
      { ThirdLogNo: serial(1), OutThirdCustId: 'M1' },
      { ThirdLogNo: serial(2), OutThirdCustId: 'M2' },
    ]);
    expect(bank.control.obligations({ pattern: 'REF-\\d' }).obligations).toMatchObject([
      { obligation: 'REF-1', transaction: '6034', count: 1 },
      { obligation: 'REF-1', transaction: '6031', count: 1 },
    ]);
  });

  it('6007 holds and lets go under an order', async () => {
    const freeze = (FuncFlag: string) => ({
      ...{ FuncFlag, CustAcctId: buyer, ThirdCustId: 'M1', TranAmount: '10.00', HandFee: '0.00' },
      ...{ CcyCode: 'RMB', ThirdHtId: 'F1' },
    });
    expect(said(await call('6007', freeze('1'), serial(1)))).toBe('000000');
    expect(await balance('M1')).toMatchObject({ TotalFreezeAmount: 1000n });
    expect(said(await call('6007', freeze('2'), serial(2)))).toBe('000000');
    expect(said(await call('6007', freeze('2'), serial(3)))).toBe('MOCK65');
  });
});

it('what is nobody’s yet is cleared to a member, and given back to the platform', async () => {
  bank.control.injectCredit({ account: 'unplaced', amount: '30.00' });
  const of = { CustAcctId: seller, ThirdCustId: 'M2', TranAmount: '30.00', CcyCode: 'RMB' };
  expect(said(await call('6056', { ...of, Note: 'REF-2' }, serial(1)))).toBe('000000');
  expect(await status(1, '1')).toBe('0');
  expect(said(await call('6056', of, serial(2)))).toBe('ERR044');
  expect(said(await call('6008', { ...of, CustName: '卖方' }, serial(3)))).toBe('000000');
  expect(await balance('M2')).toMatchObject({ TotalAmount: 0n });
  expect((await call('6011', {})).fields).toMatchObject({ CurBalance: 53000n });
});

describe('withdrawals', () => {
  const order = (more: Values = {}): Values => ({
    ...{ TranWebName: '样例商城', CustAcctId: buyer, IdType: '1', IdCode: '440300199001010000' },
    ...{ ThirdCustId: 'M1', CustName: '买方', OutAcctId: outside, OutAcctIdName: '张样例' },
    ...{ CcyCode: 'RMB', TranAmount: '11.00', Note: 'REF-3' },
    ...more,
  });

  it.each(['6005', '6033'])('%s: on its way, booked, come back', async (code) => {
    expect(said(await call(code, order(), serial(1)))).toBe('000000');
    expect(await status(1, '1')).toBe('6');
    bank.clock.advance(500);
    expect(await status(1, '1')).toBe('0');
    bank.control.returnPayout({ serial: serial(1) });
    const asked = { FuncFlag: '1', BeginDate: day, EndDate: day };
    expect((await call('6048', asked)).lists.items).toMatchObject([{ ThirdLogNo: serial(1) }]);
    const inbound = await call('6050', { ...asked, PageNum: '1' });
    expect(inbound.lists.items).toMatchObject([{ TranType: '02', TranAmount: 1100n }]);
  });

  it('6085 carries its own fee', async () => {
    const { TranWebName: _w, IdType: _t, IdCode: _c, ...rest } = order();
    const more = { HandFee: '2.00', SerialNo: '1', MessageCode: '123456' };
    expect(said(await call('6085', { ...rest, ...more }, serial(1)))).toBe('000000');
    bank.clock.advance(500);
    expect(await balance('M1')).toMatchObject({ TotalAmount: 48700n });
  });

  it('to a bound account only', async () => {
    expect(said(await call('6033', order({ OutAcctId: '6222' }), serial(1)))).toBe('ERR033');
  });
});

it('what is told of a member: 6010, 6050, 6072, 6073; banks by 6027', async () => {
  bank.control.injectCredit({ account: buyer, amount: '5.00', memo: '充值' });
  bank.control.injectCredit({ account: 'unplaced', amount: '7.00' });
  await call('6034', payment('9'), serial(1));
  const days = { FuncFlag: '1', BeginDate: day, EndDate: day, PageNum: '1' };
  const inbound = await call('6050', days);
  expect(inbound.lists.items).toMatchObject([
    { TranType: '02', CustAcctId: buyer, TranAmount: 500n, Note: '充值' },
    { TranType: '03', TranAmount: 700n },
  ]);
  const asked = { ...days, CustAcctId: buyer, SelectFlag: '1' };
  expect((await call('6072', asked)).lists.items).toMatchObject([
    { TranFlag: '1', InCustAcctId: buyer },
    { TranFlag: '3', OutCustAcctId: buyer, InCustAcctId: seller },
    { TranFlag: '3', TranAmount: 100n },
  ]);
  expect(said(await call('6073', asked))).toBe('ERR020');
  const all = await call('6010', { CustAcctId: buyer, SelectFlag: '2', PageNum: '1' });
  expect(all.lists.items).toMatchObject([{ CustName: '买方', TotalBalance: 40400n }]);
  const banks = await ask(bank, jzb, '6027', { KeyWord: '乙市' });
  expect(banks.lists.items).toMatchObject([{ NodeCode: '990100000025' }]);
});
