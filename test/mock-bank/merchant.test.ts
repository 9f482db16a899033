/** The merchant's settlement account, and orders of the payment gateway: results, refunds, bids, the file. */
import { Buffer } from 'node:buffer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Values } from '../../src/protocol/message.ts';
import { MOVEMENTS } from './movements.ts';
import { ask, buyer, day, type Ground, ground, main, seller } from './support.ts';

let bank: Ground;
beforeEach(async () => {
  bank = await ground();
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});

const settlement = '8110700000000000005';
const own = '3110700000000000093';
const bids = '3110700000000000094';
const outsider = '6200000000000000009';
const balance = (number: string): string | undefined =>
  bank.control.ledger().accounts.find((account) => account.number === number)?.balance;
const told = async (code: string, serial: string, more = {}): Promise<string> => {
  const values = await MOVEMENTS[code]?.order(bank, serial);
  return String((await ask(bank.port, code, { ...values, ...more })).fields.status);
};
const lastRow = (account: string) => bank.control.entries({ account }).entries.at(-1);

describe('the settlement account', () => {
  it('DLFONDIN 入金 brings its money to a sub-account; by a setting the row is an ordinary one', async () => {
    expect(await told('DLFONDIN', 'I1')).toBe('AAAAAAA');
    expect([balance(settlement), balance(buyer)]).toEqual(['99950.00', '10050.00']);
    expect(lastRow(buyer)).toMatchObject({ type: '23', direction: 'C', otherAccount: settlement });
    bank.control.changeSettings({ settlementRowType: '11' });
    await told('DLFONDIN', 'I2');
    expect(lastRow(buyer)).toMatchObject({ type: '11' });
    expect(await told('DLFONDIN', 'I3', { accountNo: main })).toBe('ED02010');
    expect(await told('DLFONDIN', 'I4', { tranAmt: '99900.01' })).toBe('DPRA003');
    expect(() => bank.control.returnPayout({ serial: 'I1' })).toThrow('serial');
  });

  it('DLFNDOUT 出金 pays from the merchant’s own account to what is bound to it only', async () => {
    bank.control.changeSettings({ payoutFee: '2.00' });
    await told('DLFONDIN', 'I1', { subAccNo: own });
    const mine = { accountNo: own, tranAmt: '10.00' };
    expect(await told('DLFNDOUT', 'O1', mine)).toBe('AAAAAAE');
    const bound = { ...mine, recvAccNo: '6200000000000000005' };
    expect(await told('DLFNDOUT', 'O2', bound)).toBe('AAAAAAE');
    expect(await told('DLFNDOUT', 'O3', { ...mine, recvAccNo: outsider })).toBe('MOCK061');
    bank.clock.advance(500);
    expect([balance(own), balance(settlement)]).toEqual(['26.00', '99960.00']);
    expect(lastRow(own)).toMatchObject({
      type: '23',
      direction: 'D',
      amount: '10.00',
      fee: '2.00',
    });
    // what stayed at this bank cannot come back, what left it can
    expect(() => bank.control.returnPayout({ serial: 'O1' })).toThrow('serial');
    expect(bank.control.returnPayout({ serial: 'O2' }).entry).toMatchObject({ amount: '-10.00' });
    // nothing is bound to a member
    expect(await told('DLFNDOUT', 'O4', { recvAccNo: outsider })).toBe('AAAAAAE');
    expect(await told('DLFNDOUT', 'O5', { accountNo: seller })).toBe('DPRA003');
  });
});

describe('DLPGOSTT 订单交易结果查询', () => {
  const result = async (mctJnlNo: string, mctNo = '00000001') =>
    ask(bank.port, 'DLPGOSTT', { mctNo, mctJnlNo });

  it('tells what became of an order, with its freeze', async () => {
    const order = { number: 'M1', account: buyer, amount: '12.00', freeze: true };
    const { freezeNo } = bank.control.payOrder(order).order;
    bank.control.payOrder({ number: 'M2', amount: '1.00', state: '00' });
    bank.control.payOrder({ number: 'M3', amount: '1.00', state: '02' });
    const { fields, lists } = await result('M1');
    expect(fields).toMatchObject({ status: 'AAAAAAA', mctJnlNo: 'M1' });
    expect(lists.userDataList).toMatchObject([
      { stt: '01', status: 'AAAAAAA', freezeNo, tranAmt: 1200n, recvAccNo: buyer },
    ]);
    expect((await result('M2')).lists.userDataList).toMatchObject([{ stt: '00' }]);
    expect((await result('M3')).lists.userDataList).toMatchObject([{ stt: '02' }]);
    expect(balance(settlement)).toBe('100000.00');
    expect((await result('M4')).fields.status).toBe('PBRA001');
    expect((await result('M1', '00000002')).fields.status).toBe('PBRA001');
    expect(() => bank.control.payOrder(order)).toThrow('number');
    const frozen = { ...order, number: 'M5', account: 'settlement' };
    expect(() => bank.control.payOrder(frozen)).toThrow('freeze');
  });
});

describe('refunds', () => {
  it.each([
    ['DLWDLSUB', 'DLWDLDTL', 'top-up'],
    ['DLRFDSUB', 'DLRFDDTL', 'order'],
  ] as const)('%s is accepted only; %s tells the result of a %s', async (code, inquiry, kind) => {
    const number = `O-${kind}`;
    bank.control.payOrder({ number, kind, amount: '50.00' });
    const refund = async (clientID: string, more: Values) => {
      const values = { clientID, accountNo: settlement, orderNo: number, ...more };
      return String((await ask(bank.port, code, values)).fields.status);
    };
    expect(await refund('R1', { tranAmt: '40.00' })).toBe('AAAAAAA');
    const row = async (clientID: string) => (await ask(bank.port, inquiry, { clientID })).lists;
    expect((await row('R1')).userDataList).toMatchObject([{ stt: '00', orderNo: number }]);
    expect(balance(settlement)).toBe('100050.00');
    bank.clock.advance(500);
    expect((await row('R1')).userDataList).toMatchObject([
      { stt: '01', status: 'AAAAAAA', payAccNo: settlement, recvAccNo: outsider, tranAmt: 4000n },
    ]);
    expect(balance(settlement)).toBe('100010.00');
    bank.control.changeSettings({ refundUnknown: 'ED02083' });
    expect((await ask(bank.port, inquiry, { clientID: 'R9' })).fields.status).toBe('ED02083');
    // more than came goes back, unless it is told not to
    expect(await refund('R2', { tranAmt: '40.00' })).toBe('AAAAAAA');
    bank.clock.advance(500);
    bank.control.changeSettings({ returnedAgain: 'refuse', refundPayer: 'arrived' });
    expect(await refund('R3', { tranAmt: '1.00' })).toBe('MOCK066');
    expect(await refund('R4', { accountNo: main, tranAmt: '1.00' })).toBe('ED02010');
    expect(await refund('R5', { orderNo: 'nothing', tranAmt: '1.00' })).toBe('MOCK065');
  });
});

describe('bid deposits', () => {
  const bid = (number: string): void => {
    bank.control.payOrder({ number, kind: 'bid', amount: '50.00', memo: `投标 ${number}` });
  };
  const forms = async (more = {}) =>
    (await ask(bank.port, 'DLDPBQRY', { startDate: day, endDate: day, ...more })).lists
      .userDataList;

  it('DLDRTSUB 保证金退还经办 waits for a reviewer, DLDPBQRY 保证金退还查询 shows it', async () => {
    bank.control.changeSettings({ bidReturnReviewMs: null });
    bid('B1');
    const back = { clientID: 'D1', retType: '0', mctJnlNo: 'B1', abstract: '退还 B1' };
    expect((await ask(bank.port, 'DLDRTSUB', back)).fields.status).toBe('AAAAAAB');
    const form = { payAccNo: bids, recvAccNo: outsider, tranAmt: 5000n, abstract: '退还 B1' };
    expect(await forms()).toMatchObject([{ ...form, stt: '0', oprTime: '09:30:00' }]);
    expect(balance(bids)).toBe('50.00');
    bank.control.review({ serial: 'D1', decision: 'approve' });
    expect(await forms({ payAccNo: bids })).toMatchObject([{ ...form, stt: '7' }]);
    expect(await forms({ payAccNo: buyer })).toBeUndefined();
    expect(await forms({ startDate: '20260106', endDate: '20260106' })).toBeUndefined();
    expect(balance(bids)).toBe('0.00');
  });

  it('goes by another route to whom it names, and once more when nothing forbids it', async () => {
    bid('B1');
    bid('B2');
    const payee = { sameBank: '1', recvAccNo: '6200000000000000101', recvAccNm: '示例投标公司' };
    const back = { retType: '1', mctJnlNo: 'B1', cryType: '01', abstract: '退还', ...payee };
    await ask(bank.port, 'DLDRTSUB', { clientID: 'D1', ...back });
    bank.clock.advance(1000);
    await ask(bank.port, 'DLDRTSUB', { clientID: 'D2', ...back });
    bank.clock.advance(1000);
    expect(await forms()).toMatchObject([
      { stt: '7', recvAccNm: '示例投标公司' },
      { stt: '7', recvAccNm: '示例投标公司' },
    ]);
    expect(bank.control.obligations().obligations).toMatchObject([{ count: 2, amount: '100.00' }]);
    bank.control.changeSettings({ returnedAgain: 'refuse' });
    bid('B3');
    const third = await ask(bank.port, 'DLDRTSUB', { clientID: 'D3', ...back });
    expect(third.fields.status).toBe('MOCK066');
    const none = await ask(bank.port, 'DLDRTSUB', { clientID: 'D4', ...back, mctJnlNo: 'B9' });
    expect(none.fields.status).toBe('MOCK065');
  });

  it('DLDPDQRY 投标明细查询 finds one, or those of some days', async () => {
    bid('B1');
    bid('B2');
    await ask(bank.port, 'DLDRTSUB', { clientID: 'D1', retType: '0', mctJnlNo: 'B1' });
    bank.clock.advance(1000);
    const find = async (asked: Record<string, string>) =>
      (await ask(bank.port, 'DLDPDQRY', { mainAccNo: main, ...asked })).lists.userDataList;
    expect(await find({ qryType: '1', mctJnlNo: 'B1' })).toMatchObject([
      { mctJnlNo: 'B1', retFlag: '1', recvAccNo: bids, tranAmt: 5000n, abstract: '投标 B1' },
    ]);
    const span = { qryType: '2', startDate: day, endDate: day };
    expect(await find(span)).toMatchObject([{ retFlag: '1' }, { retFlag: '0' }]);
    expect(await find({ ...span, mctJnlNo: '2' })).toMatchObject([{ mctJnlNo: 'B2' }]);
    bank.control.changeSettings({ fuzzyBids: 'days' });
    expect(await find({ ...span, mctJnlNo: '2' })).toHaveLength(2);
    expect(await find({ ...span, startDate: '20260106' })).toBeUndefined();
  });
});

describe('DLSESMDN 对账文件下载', () => {
  const download = async (date = day, accountNo = settlement) =>
    (await ask(bank.port, 'DLSESMDN', { accountNo, date })).fields;
  const content = ({ fileContent }: Record<string, unknown>): string =>
    Buffer.from(String(fileContent), 'base64').toString('ascii');

  it('is made from the payments and refunds of the day', async () => {
    bank.control.payOrder({ number: 'M1', amount: '50.00' });
    const refund = { clientID: 'R1', accountNo: settlement, orderNo: 'M1', tranAmt: '20.00' };
    await ask(bank.port, 'DLRFDSUB', refund);
    bank.clock.advance(500);
    const lines = [`${settlement}|${day}|2`, 'PAY|M1|50.00', 'REFUND|M1|20.00', ''];
    const file = await download();
    expect(file).toMatchObject({ status: 'AAAAAAA', accountNo: settlement, date: day });
    expect(content(file).split('\n')).toEqual(lines);
    bank.control.changeSettings({ fileAfterMs: 86_400_000 });
    expect((await download()).status).toBe('PBRA001');
    bank.clock.advance(86_400_000);
    expect(content(await download())).toBe(content(file));
    expect((await download(day, buyer)).status).toBe('MOCK052');
  });

  it('of a day without one is refused, or empty', async () => {
    expect((await download()).status).toBe('PBRA001');
    expect((await download('20260106')).status).toBe('PBRA001');
    bank.control.changeSettings({ emptyFile: 'empty' });
    expect(content(await download())).toBe(`${settlement}|${day}|0\n`);
  });
});
