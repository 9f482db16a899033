/** Main accounts over a real socket: payments, statements in three forms, balances, what came back. */
import { Buffer } from 'node:buffer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeAnswer } from '../../src/protocol/decode.ts';
import type { Row } from '../../src/protocol/message.ts';
import { MOVEMENTS } from './movements.ts';
import {
  ask,
  buyer,
  call,
  day,
  type Ground,
  ground,
  group,
  http,
  main,
  request,
  spec,
} from './support.ts';

let bank: Ground;
beforeEach(async () => {
  bank = await ground();
});
afterEach(async () => {
  expect(bank.control.violations().violations).toEqual([]);
  await bank.close();
});

const span = {
  accountNo: main,
  lowAmount: '0.00',
  upAmount: '9999999999999.99',
  startDate: day,
  endDate: day,
  pageNumber: '20',
  startRecord: '1',
};

const pay = async (code: string, serial: string, more = {}): Promise<Row> => {
  const values = await MOVEMENTS[code]?.order(bank, serial);
  return (await ask(bank.port, code, { ...values, ...more })).fields;
};
const rows = async (code: string, more = {}): Promise<Row[]> =>
  (await ask(bank.port, code, { ...span, ...more })).lists.userDataList ?? [];

describe('payments', () => {
  it('DLINETRN 内部转账 stays in the group, and the answer repeats it', async () => {
    expect(await pay('DLINETRN', 'I1')).toMatchObject({
      status: 'AAAAAAA',
      tranDate: day,
      recAccountNo: group,
      recAccountName: '模拟成员单位账户',
      tranAmount: 5000n,
      abstract: 'OBL-I1',
    });
    expect((await pay('DLINETRN', 'I2', { recAccountNo: buyer })).status).toBe('ED03307');
    expect((await pay('DLINETRN', 'I3', { recAccountNo: main })).status).toBe('MOCK012');
    expect((await pay('DLINETRN', 'I4', { payAccountNo: buyer })).status).toBe('ED02010');
    const back = { payAccountNo: group, recAccountNo: main, tranAmount: '50.01' };
    expect((await pay('DLINETRN', 'I5', back)).status).toBe('DPRA003');
    bank.control.openAccount({ number: '8110700000000000009', name: '另一公司', kind: 'group' });
    const other = { recAccountNo: '8110700000000000009' };
    expect((await pay('DLINETRN', 'I6', other)).recAccountName).toBe('另一公司');
  });

  it('DLEXPENS 财务报销 pays persons only', async () => {
    expect((await pay('DLEXPENS', 'E1')).status).toBe('AAAAAAA');
    expect((await pay('DLEXPENS', 'E2', { recAccountNo: buyer })).status).toBe('MOCK050');
    expect((await pay('DLEXPENS', 'E3', { recAccountName: '王五' })).status).toBe('AAAAAAA');
    bank.control.changeSettings({ payeeName: 'checked', paymentMode: 'settle' });
    expect((await pay('DLEXPENS', 'E4', { recAccountName: '王五' })).status).toBe('MOCK013');
    expect(await pay('DLEXPENS', 'E5')).toEqual({
      status: 'AAAAAAE',
      statusText: expect.any(String),
    });
  });

  it('an appointment at any other time is none', async () => {
    const at = { preFlg: '1', preDate: day, preTime: '100000', tranAmount: '0.00' };
    expect((await pay('DLEXPENS', 'E6', at)).status).toBe('MOCK010');
    const past = { preFlg: '1', preDate: '20260101', preTime: '160000' };
    expect((await pay('DLEXPENS', 'E7', past)).status).toBe('AAAAAAC');
  });
});

describe('DLTRNALL 账户明细信息查询 and its short forms', () => {
  it('gives credits and payments without a sign, each found again by its key', async () => {
    const payer = { account: '6222', name: '付款公司', bank: '示例银行' };
    bank.control.injectCredit({ account: 'main', amount: '12.30', memo: '货款', payer });
    await pay('DLOUTTRN', 'O1', { memo: 'MEMO-O1' });
    const { fields, lists } = await ask(bank.port, 'DLTRNALL', span);
    expect(fields).toMatchObject({ accountNo: main, totalRecords: '3', returnRecords: '3' });
    const [, credit, payment] = lists.userDataList ?? [];
    expect(credit).toMatchObject({
      tranDate: day,
      tranTime: '093000',
      tranAmount: 1230n,
      creditDebitFlag: 'C',
      oppAccountNo: '6222',
      oppAccountName: '付款公司',
      oppOpenBankName: '示例银行',
      abstract: '货款',
      balance: 100_001_230n,
      e3rtFlag: '1',
    });
    expect(payment).toMatchObject({ tranAmount: 5000n, creditDebitFlag: 'D', abstract: 'OBL-O1' });
    const short = await rows('DLTRNCOL');
    expect(short.map(({ sumTranNo }) => sumTranNo)).toEqual(
      lists.userDataList?.map(({ sumTranNo }) => sumTranNo),
    );
    for (const row of short) {
      const { tranDate = '', tranNo = '', sumTranNo = '' } = row;
      const key = { accountNo: main, tranDate, tranNo, sumTranNo };
      const one = (await ask(bank.port, 'DLTRNDET', key)).fields;
      expect(one).toMatchObject({ tranNo, tranAmount: row.tranAmount, abstract: row.abstract });
    }
    bank.control.changeSettings({ mainRowAbstract: 'memo' });
    await pay('DLOUTTRN', 'O2', { memo: 'MEMO-O2' });
    expect((await rows('DLTRNALL')).at(-1)?.abstract).toBe('MEMO-O2');
  });

  it('pages by twenty from 1 and looks at amounts', async () => {
    bank.control.injectCredit({ account: 'main', amount: '1.00', twins: 30 });
    const ones = { lowAmount: '1.00', upAmount: '1.00', pageNumber: '50' };
    const first = await ask(bank.port, 'DLTRNCOL', { ...span, ...ones });
    expect(first.fields).toMatchObject({ totalRecords: '30', returnRecords: '20' });
    expect(await rows('DLTRNCOL', { ...ones, startRecord: '21' })).toHaveLength(10);
    const beyond = await ask(bank.port, 'DLTRNCOL', { ...span, ...ones, startRecord: '31' });
    expect(beyond.fields.status).toBe('PBRA001');
    expect(await rows('DLTRNCOL', { lowAmount: '1.01' })).toHaveLength(1);
  });

  it('one more credit while paging', async () => {
    bank.control.addFault({ fault: { kind: 'rows-while-paging' }, transaction: 'DLTRNALL' });
    expect(await rows('DLTRNALL')).toHaveLength(1);
    expect((await rows('DLTRNALL')).at(-1)).toMatchObject({ tranAmount: 1n });
  });

  it('says what the settings say where no source says anything', async () => {
    const told = async (code: string, given: Row) =>
      (await ask(bank.port, code, { ...span, ...given })).fields.status;
    const none = { startDate: '20260101', endDate: '20260101' };
    const absent = { accountNo: main, tranDate: day, tranNo: 'SC000000000099', sumTranNo: '1' };
    for (const emptyAnswer of ['PBRA001', 'EEEEEEE', 'AAAAAAA'] as const) {
      bank.control.changeSettings({ emptyAnswer });
      expect(await told('DLTRNALL', none)).toBe(emptyAnswer);
      expect((await ask(bank.port, 'DLTRNDET', absent)).fields.status).toBe(emptyAnswer);
    }
    expect(await told('DLTRNALL', { accountNo: buyer })).toBe('MOCK002');
    const without = Buffer.from(
      Buffer.from(request('DLTRNALL', span)).toString('latin1').replace('0.00', ''),
      'latin1',
    );
    const status = async () => {
      const caller = call(bank.port);
      caller.send(http(without, 'close'));
      return decodeAnswer(spec, 'DLTRNALL', (await caller.answer()).body).fields.status;
    };
    expect(await status()).toBe('ED01016');
    bank.control.changeSettings({ noAmounts: 'all' });
    expect(await status()).toBe('AAAAAAA');
    expect((await ask(bank.port, 'DLTRNDET', { ...absent, accountNo: buyer })).fields.status).toBe(
      'MOCK002',
    );
  });
});

describe('a payment that came back (退汇)', () => {
  const marks = async (): Promise<string[]> =>
    (await rows('DLTRNALL')).slice(1).map(({ e3rtFlag }) => String(e3rtFlag));

  it('is a credit, and the payment is marked; or the other way round, by setting', async () => {
    await pay('DLOUTTRN', 'O1');
    expect(await marks()).toEqual(['1']);
    bank.control.returnPayout({ serial: 'O1', visibleAfterMs: 1000 });
    expect(await marks()).toEqual(['1']);
    bank.clock.advance(1000);
    const [, payment, credit] = await rows('DLTRNALL');
    expect(payment).toMatchObject({ creditDebitFlag: 'D', e3rtFlag: '0', e3rtDate: day });
    expect(credit).toMatchObject({ creditDebitFlag: 'C', tranAmount: 5000n, e3rtFlag: '1' });
    expect(payment?.rfTranNo).toBeUndefined();
    bank.control.changeSettings({ returnFlagOn: 'credit' });
    expect(await marks()).toEqual(['1', '0']);
    bank.control.changeSettings({ returnFlagOn: 'both' });
    expect(await marks()).toEqual(['0', '0']);
    expect(bank.control.obligations().obligations).toMatchObject([{ count: 1, returned: 1 }]);
    expect(() => bank.control.returnPayout({ serial: 'O1' })).toThrow('serial');
  });

  it('further elements only with controlFlag 1', async () => {
    bank.control.changeSettings({ returnLinked: 'yes', checkNumber: 'serial' });
    await pay('DLEXPENS', 'E1');
    bank.control.returnPayout({ serial: 'E1' });
    const [, plain] = await rows('DLTRNCOL');
    expect([plain?.chkNum, plain?.rfTranNo, plain?.tranTime]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const [, payment, credit] = await rows('DLTRNCOL', { controlFlag: '1' });
    expect(payment).toMatchObject({ chkNum: 'E1', rfTranNo: credit?.tranNo, tranTime: '093000' });
    expect(credit).toMatchObject({ rfTranNo: payment?.tranNo, rfTranDt: day });
    const { tranNo = '', sumTranNo = '' } = payment ?? {};
    const key = { accountNo: main, tranDate: day, tranNo, sumTranNo, controlFlag: '1' };
    expect((await ask(bank.port, 'DLTRNDET', key)).fields).toMatchObject({ e3rtDate: day });
  });
});

describe('balances', () => {
  it('DLBALQRY 余额查询 gives each account a code of its own', async () => {
    const asked = { userDataList: [{ accountNo: main }, { accountNo: group }, { accountNo: '9' }] };
    const balances = async () => (await ask(bank.port, 'DLBALQRY', asked)).lists.userDataList ?? [];
    expect(await balances()).toMatchObject([
      { status: 'AAAAAAA', balance: 100_000_000n, usableBalance: 100_000_000n, lastTranDate: day },
      { status: 'AAAAAAA', accountNo: group, balance: 0n, currencyID: '01' },
      { status: 'MOCK052', accountNo: '9' },
    ]);
    bank.control.changeSettings({ unknownAccount: 'omit' });
    expect(await balances()).toHaveLength(2);
    bank.control.changeSettings({ unknownAccount: 'refuse' });
    expect((await ask(bank.port, 'DLBALQRY', asked)).fields.status).toBe('MOCK052');
  });

  it('DLHBLQRY 账户历史余额查询 goes by the dates of rows, to today and no further', async () => {
    bank.control.injectCredit({ account: 'main', amount: '1.00', at: '2026-01-03T10:00:00+08:00' });
    bank.clock.advance(2 * 86_400_000);
    bank.control.injectCredit({ account: 'main', amount: '0.50' });
    const asked = { accountNo: main, startDate: '20260101', endDate: '20260131' };
    const days = async (more = {}) =>
      (await ask(bank.port, 'DLHBLQRY', { ...asked, ...more })).lists.userDataList;
    expect(await days()).toEqual([
      { date: '20260103', balance: 100n },
      { date: '20260104', balance: 100n },
      { date: '20260105', balance: 100_000_100n },
      { date: '20260106', balance: 100_000_100n },
      { date: '20260107', balance: 100_000_150n },
    ]);
    expect(await days({ startDate: '20260106' })).toHaveLength(2);
    bank.control.changeSettings({ quietDays: 'left-out' });
    expect((await days())?.map(({ date }) => date)).toEqual(['20260103', '20260105', '20260107']);
    expect(await days({ startDate: '20260108' })).toBeUndefined();
    expect(await days({ accountNo: buyer })).toBeUndefined();
  });
});
