/** 银企直连 over TCP: what the facts say of each transaction, on the ledger that all front ends share. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Values } from '../../src/protocol/message.ts';
import {
  ask,
  b2bi,
  company,
  day,
  exchange,
  outside,
  packetOf,
  type Site,
  said,
  site,
} from './heads.ts';

let bank: Site;
beforeEach(async () => {
  bank = await site();
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});

const call = (code: string, values: Values = {}) => ask(bank, b2bi, code, values);

const payment = (voucher: string, more: Values = {}): Values => ({
  ThirdVoucher: voucher,
  OutAcctNo: company,
  OutAcctName: '样例贸易有限公司',
  InAcctNo: outside,
  InAcctName: '张样例',
  InAcctBankName: '平安银行深圳样例支行',
  TranAmount: '12.50',
  UseEx: `REF-${voucher.slice(-4)}`,
  UnionFlag: '1',
  SysFlag: 'N',
  AddrFlag: '1',
  ...more,
});
const V1 = '20260105000000000001';
const status = (voucher: string) => call('4005', { OrigThirdVoucher: voucher });

describe('4004 and 4005', () => {
  it('000000 is only accepted; 4005 says so until it is booked', async () => {
    const taken = await call('4004', payment(V1));
    expect(said(taken)).toBe('000000');
    expect(taken.head.returnText).toBe(':交易受理成功');
    expect(taken.fields).toMatchObject({ ThirdVoucher: V1, FrontLogNo: '26010590000001' });
    expect((await status(V1)).fields).toMatchObject({
      Stt: '40',
      Yhcljg: expect.stringMatching(/^MA9111/),
    });
    bank.clock.advance(500);
    const { fields } = await status(V1);
    expect(fields).toMatchObject({ Stt: '20', IsBack: '0', Yhcljg: '000000:转账交易成功' });
    expect(fields.FrontLogNo).toBe(taken.fields.FrontLogNo);
    expect(fields.TransBsn).toBe('4004');
  });

  it('a voucher used again is executed again, and the oracle says so', async () => {
    await call('4004', payment(V1));
    await call('4004', payment(V1));
    bank.clock.advance(500);
    expect(bank.control.obligations().obligations).toMatchObject([
      { obligation: 'REF-0001', count: 2, amount: '25.00' },
    ]);
  });

  it('refusals have a head and no body', async () => {
    const { bytes } = await exchange(
      bank.ports.pingan_b2bi ?? 0,
      packetOf(b2bi, '4004', payment(V1, { OutAcctNo: '15000000000999' })),
    );
    expect(bytes).toHaveLength(222);
    expect(bytes.toString('latin1', 87, 93)).toBe('YQ9979');
    expect(said(await call('4004', payment(V1, { TranAmount: '9999999.00' })))).toBe('MOCK44');
    expect(said(await status(V1))).toBe('YQ9996');
  });

  it('what was right at the door may fail later: Stt 30 and why', async () => {
    bank.control.addFault({ fault: { kind: 'processing', fails: 'MA9112' } as never });
    await call('4004', payment(V1));
    bank.clock.advance(1000);
    expect((await status(V1)).fields).toMatchObject({
      Stt: '30',
      Yhcljg: expect.stringMatching(/^MA9112:/),
    });
  });

  it('a payment that came back: IsBack, and 4019 knows it', async () => {
    await call('4004', payment(V1));
    bank.clock.advance(500);
    bank.control.returnPayout({ serial: V1 });
    expect((await status(V1)).fields).toMatchObject({ Stt: '20', IsBack: '1', BackRem: 'RJ01' });
    const back = await call('4019', {
      ...{ AccNo: company, StartDate: day, EndDate: day },
      ...{ PageNo: '1', PageCts: '30' },
    });
    expect(back.lists.list).toMatchObject([
      { SThirdVoucher: V1, Amount: 1250n, RejectDate: day, OppAccNo: outside },
    ]);
  });
});

describe('batches', () => {
  const item = (name: string, more: Values = {}) => {
    const { ThirdVoucher: _, ...row } = payment(`${V1.slice(0, 16)}${name.padStart(4, '0')}`, more);
    return { SThirdVoucher: name, ...row };
  };
  const rows = [item('1'), item('2', { TranAmount: '9999999.00' })];
  const batch = { ThirdVoucher: V1, totalCts: '2', totalAmt: '10000011.50', BizFlag1: '0' };
  const asked = { OrigThirdVoucher: V1, QueryType: '0', PageCts: '50', PageNo: '1' };

  it('4014 tells of each payment at once, 4015 again', async () => {
    const told = await call('4014', { ...batch, HOResultSet4014R: rows as never });
    expect(told.fields).toMatchObject({ successCts: '1', successAmt: 1250n, faildCts: '1' });
    expect(told.lists.list).toMatchObject([
      { SThirdVoucher: '1', stt: '000000' },
      { SThirdVoucher: '2', stt: 'MOCK44' },
    ]);
    expect(bank.control.executions().executions).toHaveLength(1);
    const later = await call('4015', asked);
    expect(later.fields).toMatchObject({ TotalCts: '1', successCts: '1', batchSTT: '20' });
    expect(later.lists.list).toMatchObject([{ SThirdVoucher: '1', Stt: '20' }]);
  });

  it('a batch whose sum is wrong leaves nothing behind', async () => {
    const wrong = { ...batch, totalAmt: '1.00', HOResultSet4014R: rows as never };
    expect(said(await call('4014', wrong))).toBe('YQ9966');
    expect(said(await call('4015', asked))).toBe('YQ9996');
  });

  it('4018 is taken now and booked later', async () => {
    const outer = {
      ThirdVoucher: V1,
      totalCts: '2',
      totalAmt: '25.00',
      BSysFlag: 'N',
      PayType: '0',
    };
    const strip = ({ CcyCode: _c, OutAcctNo: _n, OutAcctName: _o, ...row }: Values) => row;
    const two = [item('1'), item('2')].map((row) => strip(row as Values));
    const taken = await call('4018', {
      ...outer,
      OutAcctNo: company,
      OutAcctName: '样例贸易有限公司',
      HOResultSet4018R: two as never,
    });
    expect(said(taken)).toBe('000000');
    expect((await call('4015', asked)).fields).toMatchObject({ processCts: '2', batchSTT: '40' });
    bank.clock.advance(500);
    expect((await call('4015', asked)).fields).toMatchObject({ successCts: '2', batchSTT: '20' });
    expect(bank.control.obligations().obligations).toMatchObject([
      { obligation: 'REF-0001', count: 1 },
      { obligation: 'REF-0002', count: 1 },
    ]);
    expect((await call('4015', { ...asked, QueryType: '2' })).lists.list ?? []).toEqual([]);
  });

  it('4047 pays wages, 4048 tells', async () => {
    const wages = [{ SThirdVoucher: '1', OppAccNo: outside, OppAccName: '张样例', Amount: '3.00' }];
    const order = {
      ...{ ThirdVoucher: V1, BusiType: '00100', PayType: '1', OthBankFlag: 'N' },
      ...{ SrcAccNo: company, TotalNum: '1', TotalAmount: '3.00', SettleType: '1' },
    };
    const taken = await call('4047', { ...order, HOResultSet4047R: wages });
    expect(taken.fields).toMatchObject({ ThirdVoucher: V1, TotalAmount: 300n });
    expect((await call('4048', { ThirdVoucher: V1 })).fields.BStt).toBe('2');
    bank.clock.advance(500);
    const told = await call('4048', { ThirdVoucher: V1 });
    expect(told.fields.BStt).toBe('4');
    expect(told.lists.list).toMatchObject([{ SThirdVoucher: '1', stt: '000000', Amount: 300n }]);
  });
});

describe('the account', () => {
  it('S001, 4001 and 4012', async () => {
    expect((await call('S001')).fields).toEqual({ Desc: '系统正常' });
    expect(
      (await call('4001', { Account: company, CcyType: 'C', CcyCode: 'RMB' })).fields,
    ).toMatchObject({
      Balance: 100000000n,
      AccountName: '样例贸易有限公司',
    });
    const then = await call('4012', { Account: company, RptDate: '20260104' });
    expect(then.fields).toMatchObject({ HisBalance: 0n });
    expect(said(await call('4012', { Account: company, RptDate: day }))).toBe('YQ9993');
  });

  it('4013 by pages of at least thirty, credits and debits', async () => {
    bank.control.injectCredit({ account: 'company', amount: '5.00', memo: '货款', twins: 31 });
    await call('4004', payment(V1));
    bank.clock.advance(500);
    const page = (PageNo: string) =>
      call('4013', {
        ...{ AcctNo: company, CcyCode: 'RMB', BeginDate: day, EndDate: day },
        ...{ PageNo, PageSize: '30' },
      });
    const first = await page('1');
    expect(first.fields).toMatchObject({ EndFlag: 'N', PageRecCount: '30' });
    const second = await page('2');
    expect(second.fields).toMatchObject({ EndFlag: 'Y' });
    const last = second.lists.list?.at(-1);
    expect(last).toMatchObject({
      DcFlag: 'D',
      TranAmount: 1250n,
      InAcctNo: outside,
      OutAcctNo: company,
    });
    expect(said(await page('3'))).toBe('YQ9996');
  });
});

it('a code that is not played, and a body that is none', async () => {
  const port = bank.ports.pingan_b2bi ?? 0;
  const packet = Buffer.from(packetOf(b2bi, 'S001', {}));
  const other = Buffer.from(packet);
  other.write('4034  ', 40, 'latin1');
  expect((await exchange(port, other)).bytes.toString('latin1', 87, 93)).toBe('YQ0000');
  const broken = Buffer.from(packet);
  broken.write('<', broken.length - 2, 'latin1');
  expect((await exchange(port, broken)).bytes.toString('latin1', 87, 93)).toBe('YQ9977');
  expect(await exchange(port, Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toMatchObject({ reads: 0 });
});
