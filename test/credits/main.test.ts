/** The statement of the main account, whose rows name no account, and amounts of their own in a row. */
import { describe, expect, it } from 'vitest';
import {
  entryOf,
  isNothing,
  kindOf,
  partsOf,
  type StatementEntry,
} from '../../src/credits/entry.ts';
import { noticeOf } from '../../src/credits/notice.ts';
import { notice as shape } from '../../src/instruction/notices.ts';
import { CREDIT, citic, credits, entry, main, RETURNED, type Row } from './ground.ts';

const MAIN = '8110700000000000001';
const AT = Date.UTC(2026, 8, 24, 2, 15);

/** Money in on the main account, as DLTRNALL shows it. */
const IN: Row = {
  tranDate: '20260924',
  tranTime: '101500',
  tranNo: 'SC340000000001',
  sumTranNo: '0000000000001',
  tranAmount: '100.00',
  creditDebitFlag: 'C',
  oppAccountNo: '6217001234567890123',
  oppAccountName: '张三',
  oppOpenBankName: '中国银行',
  abstract: '货款',
};
const OUT: Row = { ...IN, creditDebitFlag: 'D' };

function entryOfMain(row: Row): StatementEntry {
  const found = entryOf(main, row, { account: MAIN });
  if (found === undefined) throw new Error('a row without a key');
  return found;
}
const kind = (row: Row) => kindOf(citic, main, entryOfMain(row))?.kind;
const told = (row: Row, type: 'main-credit' | 'payout-returned' | 'changed' = 'main-credit') =>
  noticeOf(main, type, entryOfMain(row), { link: 'citic-main', at: AT });

describe('an entry of the main account', () => {
  it("carries in its key the account that was asked about, beside the bank's own three", () => {
    expect(entryOfMain(IN).key).toBe(`20260924/SC340000000001/0000000000001/${MAIN}/C/+`);
    expect(entryOf(main, IN, { account: '8110700000000000002' })?.key).not.toBe(
      entryOfMain(IN).key,
    );
    expect(entryOf(main, IN)).toBeUndefined();
  });

  it.each(['tranDate', 'tranNo', 'sumTranNo', 'creditDebitFlag', 'tranAmount'])(
    'is none without %s',
    (field) => expect(entryOf(main, { ...IN, [field]: '' }, { account: MAIN })).toBeUndefined(),
  );

  it('can never have the key of an entry of a member', () => {
    const same = {
      ...CREDIT,
      TRANDATE: '20260924',
      HOSTFLW: 'SC340000000001',
      HOSTSEQ: '0000000000001',
    };
    expect(entry(same).key).not.toBe(entryOfMain(IN).key);
  });

  it('is told as what it is', () => {
    expect(told(IN)).toEqual({
      v: 1,
      type: 'main-credit',
      link: 'citic-main',
      account: MAIN,
      day: '20260924',
      time: '101500',
      key: entryOfMain(IN).key,
      identity: 'bank-key',
      amount: '100.00',
      direction: 'in',
      payer: {
        account: '6217001234567890123',
        name: '张三',
        bankName: '中国银行',
        remark: '货款',
      },
      entry: { date: '20260924', number: 'SC340000000001', sequence: '0000000000001' },
      digest: entryOfMain(IN).digest,
      confirmedBy: 'statement',
      at: '2026-09-24T02:15:00.000Z',
    });
  });
});

describe('what is told of the main account', () => {
  const marked = { e3rtFlag: '0', e3rtDate: '20260925' };
  const kinds: [what: string, row: Row, kind: string | undefined][] = [
    ['money in', IN, 'main-credit'],
    ['money in that the bank marks', { ...IN, ...marked }, 'main-credit'],
    ['money in, negative', { ...IN, tranAmount: '-1.00' }, 'main-credit'],
    ['money out, which is our own order or another channel’s', OUT, undefined],
    ['money out, negative', { ...OUT, tranAmount: '-1.00' }, 'main-credit'],
    ['money out that came back, by flag and date', { ...OUT, ...marked }, 'payout-returned'],
    ['money out that did not come back', { ...OUT, e3rtFlag: '1' }, undefined],
    // a flag that is read the wrong way round would have a payment paid again
    ['money out with the flag alone', { ...OUT, e3rtFlag: '0' }, undefined],
    ['money out with the date alone', { ...OUT, e3rtDate: '20260925' }, undefined],
  ];
  it.each(kinds)('%s', (_, row, expected) => expect(kind(row)).toBe(expected));

  it('says with what the bank marks it, and which way the money of the entry itself went', () => {
    const back = told(
      { ...OUT, ...marked, rfTranDt: '20260926', rfTranNo: 'SC9' },
      'payout-returned',
    );
    expect(back.marks).toEqual({
      returned: 'yes',
      returnedOn: '20260925',
      reversedOn: '20260926',
      reversedBy: 'SC9',
    });
    expect([back.direction, back.amount]).toEqual(['out', '100.00']);
    expect(shape.parse({ ...back, version: 3 })).toEqual({ ...back, version: 3 });
    expect(told({ ...IN, e3rtFlag: '1' }).marks).toBeUndefined();
  });

  const news: [what: string, change: Row, news: boolean][] = [
    ['a mark of a return', { e3rtFlag: '0' }, true],
    ['a day of a return', { e3rtDate: '20260925' }, true],
    ['a reversal', { rfTranNo: 'SC9' }, true],
    ['another amount', { tranAmount: '100.01' }, true],
    ['another summary', { abstract: '其他' }, true],
    ['a flag that says that nothing was returned', { e3rtFlag: '1' }, false],
    ['a balance', { balance: '7.00' }, false],
    ['a reconciliation number', { chkNum: 'X' }, false],
  ];
  it.each(news)('%s under the same key', (_, change, isNews) => {
    const other = entryOfMain({ ...IN, ...change });
    expect(other.key).toBe(entryOfMain(IN).key);
    expect(other.digest !== entryOfMain(IN).digest).toBe(isNews);
  });
});

describe('the fee of a payout, which stands in its row', () => {
  const PAYOUT: Row = { ...CREDIT, CDFG: 'D', TRANAMT: '12.30', XTSFAM: '5.00' };
  const fees = (row: Row) => partsOf(citic, credits, entry(row));

  it('is an entry of its own beside the payout, told as fee and of the payout', () => {
    const [fee, ...more] = fees(PAYOUT);
    expect(more).toEqual([]);
    expect(fee).toMatchObject({
      key: `${entry(PAYOUT).key}/fee`,
      amount: '5.00',
      direction: 'out',
      account: CREDIT.subAccNo,
    });
    if (fee === undefined) throw new Error('no fee');
    const what = kindOf(citic, credits, fee);
    expect(what?.kind).toBe('fee');
    expect(what?.of?.map(({ transaction }) => transaction)).toEqual(['DLFCSOUT', 'DLFNDOUT']);
    const message = noticeOf(credits, 'fee', fee, {
      link: 'l',
      candidates: [{ id: 'W1', source: 'erp' }],
      source: 'erp',
      at: AT,
    });
    expect(message).toMatchObject({ type: 'fee', amount: '5.00', of: 'W1' });
    expect(shape.parse({ ...message, version: 3 })).toEqual({ ...message, version: 3 });
    // the payout itself is its order's result
    expect(kindOf(citic, credits, entry(PAYOUT))).toBeUndefined();
  });

  it('changes nothing of the entry beside it', () => {
    expect(entry(PAYOUT).key).toBe(entry({ ...PAYOUT, XTSFAM: '0.00' }).key);
    expect(entry(PAYOUT).digest).toBe(entry({ ...PAYOUT, XTSFAM: '0.00' }).digest);
    expect(fees(PAYOUT)[0]?.digest).toBe(fees({ ...PAYOUT, RESUME: '其他' })[0]?.digest);
    expect(fees(PAYOUT)[0]?.digest).not.toBe(fees({ ...PAYOUT, XTSFAM: '6.00' })[0]?.digest);
  });

  it.each(['0.00', '0', '', '-0.00', '00.0'])('is nothing at %j', (XTSFAM) => {
    expect(fees({ ...PAYOUT, XTSFAM }).map(isNothing)).toEqual([true]);
  });
  it.each(['0.01', '5', '-5.00'])('is something at %j', (XTSFAM) => {
    expect(fees({ ...PAYOUT, XTSFAM }).map(isNothing)).toEqual([false]);
  });
  it('taken back is money in', () => {
    expect(fees({ ...PAYOUT, XTSFAM: '-5.00' })[0]?.direction).toBe('in');
  });

  const without: [what: string, row: Row][] = [
    ['money in', { ...CREDIT, XTSFAM: '5.00' }],
    // whether the row of a returned payout repeats the fee or gives it back, nobody says
    ['a payout that came back', { ...RETURNED, XTSFAM: '5.00' }],
    ['a forced transfer', { ...PAYOUT, TRANTYPE: '15' }],
  ];
  it.each(without)('%s has none', (_, row) => expect(fees(row)).toEqual([]));

  it('a row that is nothing but its amount is never nothing', () => {
    expect(isNothing(entry({ ...CREDIT, TRANAMT: '0.00' }))).toBe(false);
  });
});
