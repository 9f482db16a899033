/** Which entries are told, as what, and that every notice keeps its published shape. */
import { describe, expect, it } from 'vitest';
import { kindOf } from '../../src/credits/entry.ts';
import { type About, noticeOf } from '../../src/credits/notice.ts';
import { noticeType, notice as shape } from '../../src/instruction/notices.ts';
import { CREDIT, citic, credits, entry, RETURNED, type Row } from './ground.ts';

const AT = Date.UTC(2026, 8, 24, 2, 15);
const about = (more: Partial<About> = {}): About => ({
  link: 'citic-main',
  at: AT,
  source: 'erp',
  ...more,
});
/** `shop:B1` is an order of the other ledger. */
const orders = (ids: readonly string[]) =>
  ids.map((id) => (id.includes(':') ? { source: 'shop', id: id.slice(5) } : { source: 'erp', id }));

describe("the kinds of CITIC's entries", () => {
  const kinds: [type: string, flag: string, amount: string, kind: string | undefined][] = [
    ['22', 'C', '100.00', 'credit'],
    ['23', 'C', '100.00', 'credit'],
    ['23', 'D', '-12.30', 'payout-returned'],
    ['13', 'C', '0.42', 'interest'],
    ['13', 'D', '0.42', 'interest'],
    ['13', 'C', '-0.42', 'interest'],
    ['14', 'D', '2.00', 'fee'],
    ['14', 'C', '-2.00', 'fee'],
    // the other side of our own orders is their result
    ['15', 'C', '100.00', undefined],
    ['15', 'D', '100.00', undefined],
    ['16', 'C', '100.00', undefined],
    ['23', 'D', '12.30', undefined],
    ['22', 'D', '12.30', undefined],
    ['11', 'C', '100.00', undefined],
    ['12', 'C', '100.00', undefined],
    ['21', 'C', '100.00', undefined],
    ['', 'C', '100.00', undefined],
    // codes compare as text
    ['023', 'C', '100.00', undefined],
  ];
  it.each(kinds)('TRANTYPE %s CDFG %s %s: %s', (TRANTYPE, CDFG, TRANAMT, kind) => {
    expect(kindOf(citic, credits, entry({ ...CREDIT, TRANTYPE, CDFG, TRANAMT }))?.kind).toBe(kind);
  });

  it('says of a returned payout which orders it may undo, and of nothing else', () => {
    const fields = { account: 'accountNo', other: 'recvAccNo', amount: 'tranAmt' };
    expect(kindOf(citic, credits, entry(RETURNED))?.of).toEqual([
      { transaction: 'DLFCSOUT', ...fields },
      { transaction: 'DLFNDOUT', ...fields },
    ]);
    expect(kindOf(citic, credits, entry(CREDIT))?.of).toBeUndefined();
  });
});

describe('a notice', () => {
  it('says what the statement shows, by neutral names', () => {
    expect(noticeOf(credits, 'credit', entry(CREDIT), about({ accountName: '张 三' }))).toEqual({
      v: 1,
      type: 'credit',
      link: 'citic-main',
      account: '7110210187000012345',
      day: '20260924',
      time: '101500',
      key: '20260924/SC000000000042/1/7110210187000012345/C/+',
      identity: 'bank-key',
      amount: '100.00',
      direction: 'in',
      payer: {
        account: '6217001234567890123',
        name: '张三',
        bankName: '中国银行',
        bankCode: '104100000004',
        remark: '货款',
      },
      sameName: true,
      entry: { date: '20260924', number: 'SC000000000042', sequence: '1' },
      digest: entry(CREDIT).digest,
      confirmedBy: 'statement',
      at: '2026-09-24T02:15:00.000Z',
    });
  });

  const bare: Row = {
    ...CREDIT,
    TRANTIME: '',
    OPPACCNO: '',
    OPPACCNAME: '',
    OPPBRANCHNAME: '',
    OPPBANKNO: '',
    RESUME: '',
  };
  it('leaves out what the bank left empty', () => {
    const told = noticeOf(credits, 'credit', entry(bare), about({ accountName: '张三' }));
    for (const field of ['time', 'payer', 'sameName', 'of', 'candidates', 'previous']) {
      expect(told).not.toHaveProperty(field);
    }
  });

  const rows: Row[] = [CREDIT, bare, RETURNED, { ...CREDIT, TRANAMT: '0' }];
  const abouts: Partial<About>[] = [
    {},
    { accountName: '张三' },
    { previous: 'before' },
    { candidates: [] },
    { candidates: orders(['A1']) },
    { candidates: orders(['A1', 'A2']) },
  ];
  it.each(noticeType.options)('%s has the published shape, whatever is known', (type) => {
    for (const row of rows) {
      for (const more of abouts) {
        const message = { ...noticeOf(credits, type, entry(row), about(more)), version: 3 };
        expect(shape.parse(message)).toEqual(message);
      }
    }
  });
});

describe('the name of the payer', () => {
  const of = (type: 'credit' | 'unplaced' | 'payout-returned', accountName?: string) =>
    noticeOf(credits, type, entry(CREDIT), about({ accountName })).sameName;

  it.each([
    ['张三', true],
    [' 张 三', true],
    ['李四', false],
    ['', false],
  ])('against %s: %s', (accountName, same) => {
    expect(of('credit', accountName)).toBe(same);
  });

  it('is compared with nobody where the account is not known, or the money is not from outside', () => {
    expect(of('credit')).toBeUndefined();
    expect(of('unplaced', '张三')).toBeUndefined();
    expect(of('payout-returned', '张三')).toBeUndefined();
  });
});

describe('the order that came back', () => {
  const of = (candidates?: string[]) => {
    const { of: one, candidates: many } = noticeOf(
      credits,
      'payout-returned',
      entry(RETURNED),
      about({ candidates: candidates && orders(candidates) }),
    );
    return { one, many };
  };
  it('R11: is named where one alone fits; else all that would are only offered', () => {
    expect(of()).toEqual({});
    expect(of([])).toEqual({});
    expect(of(['A1'])).toEqual({ one: 'A1' });
    expect(of(['A1', 'A2'])).toEqual({ many: ['A1', 'A2'] });
  });

  it("of another ledger is not named: its id may be one of this ledger's own", () => {
    expect(of(['shop:A1'])).toEqual({});
    expect(of(['shop:A1', 'shop:A2'])).toEqual({});
    expect(of(['shop:A1', 'A1'])).toEqual({ many: ['A1'] });
  });
});
