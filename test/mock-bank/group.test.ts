/** Group sub-accounts over a real socket: their movements in detail, and everything that asks about one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '../../src/protocol/message.ts';
import { MOVEMENTS } from './movements.ts';
import { adjustment, ask, buyer, day, type Ground, ground, main, seller } from './support.ts';

let bank: Ground;
beforeEach(async () => {
  bank = await ground();
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});

const initialisation = '3110700000000000092';
const balance = (number: string): string | undefined =>
  bank.control.ledger().accounts.find((account) => account.number === number)?.balance;
const told = async (code: string, serial: string, more = {}): Promise<string> => {
  const values = await MOVEMENTS[code]?.order(bank, serial);
  return String((await ask(bank.port, code, { ...values, ...more })).fields.status);
};
const entries = async (more = {}): Promise<Row[]> => {
  const span = { subAccNo: buyer, startDate: day, endDate: day };
  return (await ask(bank.port, 'DLSUBDTL', { ...span, ...more })).lists.userDataList ?? [];
};

describe('movements', () => {
  it('DLCTNSUB 附属账户支付转账 leaves the bank, or stays when the payee is here', async () => {
    expect(await told('DLCTNSUB', 'C1')).toBe('AAAAAAA');
    expect(balance(buyer)).toBe('9950.00');
    const here = { recvAccNo: seller, sameBank: '0', tranType: '01' };
    expect(await told('DLCTNSUB', 'C2', here)).toBe('AAAAAAA');
    expect(balance(seller)).toBe('50.00');
    expect(await told('DLCTNSUB', 'C3', { ...here, recvAccNo: buyer })).toBe('MOCK012');
    expect(await told('DLCTNSUB', 'C4', { payAccNo: seller, tranAmt: '50.01' })).toBe('DPRA003');
    expect(await told('DLCTNSUB', 'C5', { mainAccNo: buyer })).toBe('MOCK002');
    bank.control.changeSettings({ paymentMode: 'settle' });
    expect(await told('DLCTNSUB', 'C6')).toBe('AAAAAAE');
  });

  it('one that came back is a credit, or a negative debit', async () => {
    await told('DLCTNSUB', 'C1');
    bank.control.returnPayout({ serial: 'C1' });
    expect((await entries()).at(-1)).toMatchObject({ CDFG: 'C', TRANAMT: 5000n });
    bank.control.changeSettings({ groupReturnedAs: 'negative-debit' });
    expect((await entries()).at(-1)).toMatchObject({ CDFG: 'D', TRANAMT: -5000n });
  });

  it('DLSINSUB 附属账户内部转账 leaves the main account alone', async () => {
    expect(await told('DLSINSUB', 'S1')).toBe('AAAAAAA');
    expect([balance(buyer), balance(seller), balance(main)]).toEqual([
      '9950.00',
      '50.00',
      '1000000.00',
    ]);
    expect(await told('DLSINSUB', 'S2', { recvAccNo: main })).toBe('ED03307');
    bank.control.changeSettings({ payeeName: 'checked', transferMode: 'settle' });
    expect(await told('DLSINSUB', 'S3', { recvAccNm: '别人' })).toBe('MOCK013');
    expect(await told('DLSINSUB', 'S4')).toBe('AAAAAAE');
  });

  it('DLINISUB 附属账户资金初始化: who pays is a setting', async () => {
    const own = { payAccNo: initialisation };
    expect(await told('DLINISUB', 'N1')).toBe('AAAAAAA');
    expect(await told('DLINISUB', 'N2', own)).toBe('AAAAAAA');
    bank.control.changeSettings({ initialisationPayer: 'initialisation' });
    expect(await told('DLINISUB', 'N3')).toBe('ED02010');
    expect(await told('DLINISUB', 'N4', own)).toBe('AAAAAAA');
    expect(balance(initialisation)).toBe('-10100.00');
  });

  it('DLMIXSUB 附属账户调账 assigns an entry, and takes it back', async () => {
    const { credits } = bank.control.injectCredit({ account: adjustment, amount: '70.00' });
    const waiting = { subAccNo: adjustment, tranType: '1' };
    const [row] = await entries(waiting);
    expect(row).toMatchObject({ TRANNO: credits[0]?.entry.number, TRANTYPE: '07', CDFG: 'C' });
    const key = {
      tranDate: row?.TRANDATE ?? '',
      tranNo: row?.TRANNO ?? '',
      mixNo: row?.MIXNO ?? '',
      tranAmt: '70.00',
    };
    expect(await told('DLMIXSUB', 'A1', { ...key, tranAmt: '7.00' })).toBe('MOCK031');
    bank.control.changeSettings({ payeeName: 'checked' });
    expect(await told('DLMIXSUB', 'A2', { ...key, subAccNm: '别人' })).toBe('MOCK013');
    expect(await told('DLMIXSUB', 'A3', key)).toBe('AAAAAAA');
    expect(balance(seller)).toBe('70.00');
    const left = (await entries(waiting)).map(({ TRANNO }) => TRANNO);
    expect(left).not.toContain(row?.TRANNO);
    bank.control.changeSettings({ assignedEntry: 'refuse' });
    expect(await told('DLMIXSUB', 'A4', key)).toBe('MOCK030');
    bank.control.changeSettings({ assignedEntry: 'take-back' });
    expect(await told('DLMIXSUB', 'A5', key)).toBe('AAAAAAA');
    expect(balance(seller)).toBe('0.00');
    expect(bank.control.executions({ serial: 'A5' }).executions).toMatchObject([
      { from: seller, to: adjustment },
    ]);
  });
});

describe('queries about one sub-account', () => {
  it('DLSUBDTL 附属账户交易明细查询: amounts, the time with colons only when it is asked for', async () => {
    await told('DLSINSUB', 'S1');
    bank.control.injectCredit({ account: buyer, amount: '1.00' });
    const rows = await entries({ controlFlag: '1' });
    expect(rows.map(({ TRANTYPE }) => TRANTYPE ?? '')).toEqual(['', '', '07']);
    expect(rows[1]).toMatchObject({
      subAccNo: buyer,
      TRANAMT: 5000n,
      ACCBAL: 995_000n,
      OTHERACCNO: seller,
      MEMO: 'OBL-S1',
      CDFG: 'D',
      TRANTIME: '09:30:00',
    });
    expect((await entries())[0]?.TRANTIME).toBeUndefined();
    expect(await entries({ minAmt: '1.00', maxAmt: '50.00' })).toHaveLength(2);
    expect(await entries({ startDate: '20260106', endDate: '20260106' })).toEqual([]);
  });

  it('DLSUBBAL 附属账户余额查询 and DLSUBBLH 附属账户历史余额查询', async () => {
    bank.clock.advance(86_400_000);
    await told('DLSINSUB', 'S1');
    const { lists } = await ask(bank.port, 'DLSUBBAL', { subAccNo: buyer });
    expect(lists.userDataList).toMatchObject([
      { status: 'AAAAAAA', actBal: 995_000n, balance: 995_000n, yesterdayBal: 1_000_000n },
    ]);
    const span = { subAccNo: buyer, startDate: day, endDate: '20260131' };
    const history = await ask(bank.port, 'DLSUBBLH', span);
    expect(history.fields).toMatchObject({ mainAccNo: main, subAccNm: '示例买方公司' });
    expect(history.lists.userDataList).toEqual([
      { date: day, balance: 1_000_000n },
      { date: '20260106', balance: 995_000n },
    ]);
  });

  it('DLSUBINF 附属账户信息查询 and DLRELPRY 附属账户关联账户查询', async () => {
    const third = '3110700000000000033';
    bank.control.openAccount({ number: third, name: '透支公司', overdraft: '5.00', state: '2' });
    bank.control.changeSettings({ subAccountKind: '03' });
    const info = async (subAccNo: string) =>
      (await ask(bank.port, 'DLSUBINF', { subAccNo })).lists.userDataList?.[0];
    expect(await info(third)).toMatchObject({ OVERFLAG: '1', OVERAMT: 500n, SUBACCTYP: '03' });
    expect(await info('3110700000000000090')).toMatchObject({ SUBACCTYP: '00', OVERFLAG: '2' });
    expect(await info(buyer)).toMatchObject({ MAINACCNO: main, ACCBAL: 1_000_000n });
    const links = async (subAccNo: string) =>
      (await ask(bank.port, 'DLRELPRY', { subAccNo })).lists.userDataList;
    expect(await links(buyer)).toMatchObject([{ mainAccNo: main, creDate: day, stt: 'A' }]);
    expect(await links(third)).toMatchObject([{ stt: 'C', whDate: `${day}093000` }]);
  });

  it('an account that does not exist', async () => {
    const asked = async (code: string) => {
      const span =
        code === 'DLSUBBLH' || code === 'DLSUBDTL' ? { startDate: day, endDate: day } : {};
      const { fields, lists } = await ask(bank.port, code, { subAccNo: main, ...span });
      return `${fields.status} ${lists.userDataList?.[0]?.status ?? ''}`.trim();
    };
    const codes = ['DLSUBINF', 'DLSUBBAL', 'DLSUBBLH', 'DLRELPRY', 'DLSUBDTL'];
    for (const code of codes) {
      expect(await asked(code)).toBe(code === 'DLSUBBAL' ? 'AAAAAAA MOCK052' : 'MOCK052');
    }
    bank.control.changeSettings({ unknownAccount: 'omit' });
    for (const code of codes) expect(await asked(code)).toBe('PBRA001');
    bank.control.changeSettings({ unknownAccount: 'refuse' });
    for (const code of codes) expect(await asked(code)).toBe('MOCK052');
  });
});
