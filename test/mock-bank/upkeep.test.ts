/** Changes, closings, interest and the plain movements of sub-accounts, and what is asked about them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '../../src/protocol/message.ts';
import { MOVEMENTS } from './movements.ts';
import {
  ask,
  buyer,
  day,
  type Ground,
  ground,
  main,
  payout,
  seller,
  start,
  transfer,
} from './support.ts';

let bank: Ground;
beforeEach(async () => {
  bank = await ground();
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});

const dayMs = 86_400_000;
const balance = (number: string): string | undefined =>
  bank.control.ledger().accounts.find((account) => account.number === number)?.balance;
const state = async (subAccNo: string): Promise<Row | undefined> => {
  const span = { startDate: '20000101', endDate: '20261231' };
  const asked = { mainAccNo: main, subAccNo, ...span };
  return (await ask(bank.port, 'DLSASQRY', asked)).lists.userDataList?.[0];
};
const told = async (code: string, serial: string, more = {}): Promise<string> => {
  const values = await MOVEMENTS[code]?.order(bank, serial);
  return String((await ask(bank.port, code, { ...values, ...more })).fields.status);
};

const parameters = {
  mainAccNo: main,
  subAccNo: seller,
  subAccNm: '改名卖方公司',
  autoAssignInterestFlag: '1',
  calInterestFlag: '1',
  interestRate: '0.3500000',
  autoAssignTranFeeFlag: '1',
  feeType: '2',
};
const change = async (more = {}): Promise<string> =>
  String((await ask(bank.port, 'DLSBAMAN', { ...parameters, ...more })).fields.status);

describe('DLSBAMAN 附属账户参数管理', () => {
  it('changes name and parameters, as DLSASQRY shows them', async () => {
    expect(await change()).toBe('AAAAAAA');
    const { subAccNo, subAccNm, mainAccNo, ...rest } = parameters;
    expect(await state(seller)).toMatchObject({
      ...rest,
      subAccNo,
      subAccNm,
      interestRate: 3_500_000n,
    });
    expect(await change({ subAccNm: '', calInterestFlag: '0', feeType: '0' })).toBe('AAAAAAA');
    const now = await state(seller);
    expect(now).toMatchObject({ subAccNm, interestRate: 3_500_000n });
    expect(now?.feeType ?? '0').toBe('0');
    bank.control.changeSettings({ rateWithoutInterest: 'empty' });
    expect((await state(seller))?.interestRate).toBeUndefined();
    expect(await change({ subAccNo: '3110700000000000999' })).toBe('MOCK052');
    expect(await change({ mainAccNo: buyer })).toBe('MOCK002');
  });

  it('waits for a reviewer when it is told to; a refused change leaves everything', async () => {
    bank.control.changeSettings({ changeReviewMs: 1000 });
    expect(await change()).toBe('AAAAAAB');
    expect(await state(seller)).toMatchObject({ subAccNm: '示例卖方公司' });
    bank.clock.advance(1000);
    expect(await state(seller)).toMatchObject({ subAccNm: '改名卖方公司' });
    bank.control.changeSettings({ changeReviewMs: null });
    await change({ subAccNm: '再次改名公司' });
    expect(bank.control.reviews().changes).toEqual([{ account: seller, kind: 'parameters' }]);
    bank.control.review({ account: seller, decision: 'refuse' });
    expect(await state(seller)).toMatchObject({ subAccNm: '改名卖方公司' });
    expect(() => bank.control.review({ account: seller, decision: 'approve' })).toThrow('review');
  });
});

describe('DLOLCACC 在线销户', () => {
  const close = async (subAccNo: string): Promise<string> =>
    String((await ask(bank.port, 'DLOLCACC', { mainAccNo: main, subAccNo })).fields.status);

  it('closes an empty account only; nothing moves there afterwards', async () => {
    expect(await close(buyer)).toBe('MOCK060');
    const { fields } = await ask(bank.port, 'DLOLCACC', { mainAccNo: main, subAccNo: seller });
    expect(fields).toMatchObject({ status: 'AAAAAAA', subAccNo: seller, subAccNm: '示例卖方公司' });
    expect(await state(seller)).toMatchObject({ status: '2' });
    expect(await close(seller)).toBe('MOCK011');
    expect((await ask(bank.port, 'DLMDETRN', transfer('X1'))).fields.status).toBe('MOCK011');
    expect(await close('3110700000000000999')).toBe('MOCK052');
  });

  it('under review it stays open, and money that comes meanwhile keeps it open', async () => {
    bank.control.changeSettings({ closingReviewMs: null });
    expect(await close(seller)).toBe('AAAAAAB');
    expect(await state(seller)).toMatchObject({ status: '0' });
    await ask(bank.port, 'DLMDETRN', transfer('X2'));
    bank.control.review({ account: seller, decision: 'approve' });
    expect(await state(seller)).toMatchObject({ status: '0' });
    bank.control.openAccount({ tail: '0000044', name: '第三家公司' });
    expect(await close('3110700000000000044')).toBe('AAAAAAB');
    bank.control.review({ account: '3110700000000000044', decision: 'approve' });
    expect(await state('3110700000000000044')).toMatchObject({ status: '2' });
  });
});

describe('interest', () => {
  const asked = { mainAccNo: main, subAccNo: buyer };
  const due = async () => (await ask(bank.port, 'DLIRTCAL', asked)).fields.inrtAmt;

  it('DLIRTCAL 利息试算 tells it, DLIRTSTL 手工结息 pays it once', async () => {
    await change({ subAccNo: buyer, subAccNm: '' });
    expect(await due()).toBe(0n);
    bank.clock.advance(90 * dayMs + 1);
    // 10000.00 × 0.35 % × 90 / 360
    expect(await due()).toBe(875n);
    bank.control.changeSettings({ interestRateUnit: 'fraction' });
    expect(await due()).toBe(87_500n);
    bank.control.changeSettings({ interestRateUnit: 'percent' });
    const { fields } = await ask(bank.port, 'DLIRTSTL', { clientID: 'I1', ...asked });
    expect(fields).toMatchObject({ status: 'AAAAAAA', subAccNo: buyer, inteRest: 875n });
    expect(balance(buyer)).toBe('10008.75');
    expect(bank.control.entries({ account: buyer }).entries.at(-1)).toMatchObject({ type: '13' });
    const again = await ask(bank.port, 'DLIRTSTL', { clientID: 'I2', ...asked });
    expect(again.fields).toMatchObject({ status: 'AAAAAAA', inteRest: 0n });
    expect(bank.control.obligations().obligations).toMatchObject([{ count: 2, amount: '8.75' }]);
  });

  it('is refused where none is due, when it is told to', async () => {
    bank.control.changeSettings({ noInterest: 'refuse' });
    expect((await ask(bank.port, 'DLIRTCAL', asked)).fields.status).toBe('PBRA001');
    const { fields } = await ask(bank.port, 'DLIRTSTL', { clientID: 'I3', ...asked });
    expect(fields.status).toBe('MOCK064');
    const other = await ask(bank.port, 'DLIRTCAL', { ...asked, mainAccNo: seller });
    expect(other.fields.status).toBe('MOCK002');
  });
});

describe('plain movements', () => {
  const interest = '3110700000000000090';
  const rowOf = (account: string) => bank.control.entries({ account }).entries.at(-1);

  it('DLSUBTRN 转账 from a member or the public interest account, DLFNDINI 资金初始化', async () => {
    expect(await told('DLSUBTRN', 'S1')).toBe('AAAAAAA');
    expect(rowOf(seller)).toMatchObject({ type: '11', direction: 'C', amount: '50.00' });
    expect(await told('DLSUBTRN', 'S2', { payAccNo: interest })).toBe('AAAAAAA');
    expect(rowOf(seller)).toMatchObject({ type: '21', balance: '100.00' });
    expect(await told('DLSUBTRN', 'S3', { payAccNo: main })).toBe('ED02010');
    expect(await told('DLSUBTRN', 'S4', { recvAccNo: buyer })).toBe('MOCK012');
    expect(await told('DLSUBTRN', 'S5', { tranAmt: '10000.00' })).toBe('DPRA003');
    expect(await told('DLFNDINI', 'S6')).toBe('AAAAAAA');
    expect(rowOf(buyer)).toMatchObject({ type: '12', amount: '50.00' });
    expect(await told('DLFNDINI', 'S7', { accountNo: seller })).toBe('ED02010');
    bank.control.changeSettings({ transferMode: 'settle', payeeName: 'checked' });
    expect(await told('DLFNDINI', 'S8')).toBe('AAAAAAE');
    expect(await told('DLFNDINI', 'S9', { subAccNm: '别人' })).toBe('MOCK013');
  });

  it('DLGTYRTN 保证金退还 stays with one member', async () => {
    expect(await told('DLGTYRTN', 'G1')).toBe('AAAAAAA');
    expect(balance(buyer)).toBe('10050.00');
    expect(await told('DLGTYRTN', 'G2', { recvAccNo: seller })).toBe('MOCK063');
    expect(await told('DLGTYRTN', 'G3', { payAccNo: seller })).toBe('MOCK062');
    expect(await told('DLGTYRTN', 'G4', { accountNo: seller })).toBe('MOCK002');
  });

  it('DLSGDSTR 保证金划拨 collects from the buyer and allocates to the seller', async () => {
    expect(await told('DLSGDSTR', 'D1')).toBe('AAAAAAA');
    expect(balance(buyer)).toBe('9950.00');
    const allocate = { sgType: '01', rcvAcc: seller, rcvNm: '示例卖方公司' };
    expect(await told('DLSGDSTR', 'D2', allocate)).toBe('AAAAAAA');
    expect(balance(seller)).toBe('50.00');
    expect(await told('DLSGDSTR', 'D3', { depoAcc: seller })).toBe('MOCK062');
  });

  it('DLBSAQRY 分行保证金账户明细查询 lists the rows of deposit accounts', async () => {
    await told('DLSGDSTR', 'D1');
    const span = { mainAccNo: main, startDate: day, endDate: day };
    const rows = (await ask(bank.port, 'DLBSAQRY', span)).lists.userDataList;
    expect(rows).toMatchObject([
      { subAccNo: '3110700000000000041', creditDebitFlag: 'C', tranAmt: 100_000n },
      { subAccNo: '3110700000000000041', tranType: '11', tranAmt: 5000n, abstract: 'OBL-D1' },
    ]);
    const other = await ask(bank.port, 'DLBSAQRY', { ...span, subAccNo: buyer });
    expect(other.fields.status).toBe('PBRA001');
    const from = await ask(bank.port, 'DLBSAQRY', { ...span, oppBankNo: '104000000000' });
    expect(from.fields.status).toBe('PBRA001');
  });
});

describe('what is asked about sub-accounts', () => {
  it('DLSFRZQR 商户附属账户冻结信息查询 lists freezes, standing and released', async () => {
    const asked = { accountNo: main, subAccNo: buyer, startDate: day, endDate: day };
    expect((await ask(bank.port, 'DLSFRZQR', asked)).fields.status).toBe('PBRA001');
    await ask(
      bank.port,
      'DLMDETRN',
      transfer('F1', { tranType: 'BR', recvAccNo: '', recvAccNm: '' }),
    );
    const [standing] = (await ask(bank.port, 'DLSFRZQR', asked)).lists.userDataList ?? [];
    expect(standing).toMatchObject({ DJTYPE: '4', DJAMT: 10_000n, DJDATE: day, JDTIME: '000000' });
    expect(standing?.JDDATE).toBeUndefined();
    const freezeNo = String(standing?.DJCODE);
    await ask(bank.port, 'DLMDETRN', transfer('F2', { tranType: 'BH', freezeNo }));
    const [released] = (await ask(bank.port, 'DLSFRZQR', asked)).lists.userDataList ?? [];
    expect(released).toMatchObject({ DJCODE: freezeNo, JDDATE: day, JDTIME: '093000' });
  });

  it('DLSAFQRY 附属账户手续费查询 lists what was charged beside a payout and by itself', async () => {
    const asked = { subAccNo: buyer, tranDate: day };
    expect((await ask(bank.port, 'DLSAFQRY', asked)).fields.status).toBe('PBRA001');
    bank.control.changeSettings({ payoutFee: '2.00' });
    await ask(bank.port, 'DLFCSOUT', payout('P1'));
    bank.clock.advance(500);
    bank.control.injectCredit({ account: buyer, amount: '3.00', kind: 'fee' });
    expect((await ask(bank.port, 'DLSAFQRY', asked)).lists.userDataList).toMatchObject([
      { tranAmt: 5000n, feeAmt: 200n, tranTime: '09:30:00', recvAccNo: '6200000000000000009' },
      { tranAmt: 300n, feeAmt: 300n, payAccNo: buyer },
    ]);
    expect(bank.clock.now()).toBe(start + 500);
  });
});
