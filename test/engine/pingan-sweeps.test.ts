/** Goal: money that 交易资金 and 见证宝 show is told once, whatever page or day it stands on; our own orders are not told as money. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { SweepSpec } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { type Row, StatementBank } from './statement-bank.ts';

const DAY_MS = 86_400_000;
const TODAY = '20260924';
const MEMBER = '888800000000001';
const SUPERVISED = '15000000000001';
const GOOD = { rspCode: '000000', returnCode: '000000' };
const NOTHING = { rspCode: 'ERR020', returnCode: 'ERR020' };

function bankOf(bank: string, name: string): StatementBank {
  const spec = readSpec(`protocol-specs/${bank}`);
  const sweep = spec.protocol.credits?.find((one: SweepSpec) => one.name === name);
  if (sweep === undefined) throw new Error(`no sweep ${name}`);
  const settings = { qydm: '9001', supAcctId: SUPERVISED, operator: 'PA001', returnsFlag: '1' };
  return new StatementBank(spec, sweep, settings, GOOD);
}

let at: StatementBank;

describe('1325', () => {
  const deposit = (n: number, more: Row = {}): Row => ({
    ThirdLogNo: `2026092409301600${String(n).padStart(4, '0')}`,
    FrontLogNo: `260924${String(n).padStart(8, '0')}`,
    TranFlag: '1',
    TranStatus: '0',
    TranAmount: '500.00',
    CustAcctId: MEMBER,
    TranDate: TODAY,
    AcctDate: TODAY,
    ...more,
  });
  const paged = (rows: readonly Row[]) => {
    at.bank = ({ PageNum }) => {
      const from = (Number(PageNum) - 1) * 20;
      const last = from + 20 >= rows.length ? '1' : '0';
      return { rows: rows.slice(from, from + 20), fields: { LastPage: last } };
    };
  };
  beforeEach(() => {
    at = bankOf('pingan_trading', 'flow');
  });

  it('is asked for all members at once, by day and page, without a serial', async () => {
    paged(Array.from({ length: 45 }, (_, n) => deposit(n)));
    const { told, whole } = await at.round();
    expect([told.length, whole]).toEqual([45, true]);
    // the first page again: nothing came meanwhile
    expect(at.asked.map(({ PageNum }) => PageNum)).toEqual(['1', '2', '3', '1']);
    expect(at.asked[0]).toMatchObject({ BeginDate: TODAY, EndDate: TODAY, SupAcctId: SUPERVISED });
    expect(at.asked[0]).not.toHaveProperty('OrigThirdLogNo');
    expect((await at.round()).told).toEqual([]);
  });

  it('tells what came in, and neither withdrawals nor what an order of ours asked for', async () => {
    const ours = deposit(2);
    at.ours.add(ours.ThirdLogNo ?? '');
    paged([deposit(1), ours, deposit(3, { TranFlag: '2' })]);
    const { told } = await at.round();
    expect(told).toMatchObject([
      { type: 'credit', account: MEMBER, amount: '500.00', key: `26092400000001/${MEMBER}/1/+` },
    ]);
  });

  it('that says ERR020 is a whole day without entries', async () => {
    at.bank = () => ({ rows: [], head: NOTHING });
    expect(await at.round()).toEqual({ told: [], whole: true });
  });

  it('is no whole day where the two heads disagree', async () => {
    at.bank = () => ({ rows: [], head: { ...NOTHING, returnCode: '000000' } });
    expect((await at.round()).whole).toBe(false);
  });
});

describe('6050', () => {
  beforeEach(() => {
    at = bankOf('pingan_jzb', 'inbound');
  });

  it('is asked with the flag of today, and with another one of days before', async () => {
    at.bank = () => ({ rows: [], head: NOTHING });
    await at.round('20260923');
    const asked = at.asked.map(({ FuncFlag, BeginDate }) => [BeginDate, FuncFlag]);
    expect(asked.sort()).toEqual([
      ['20260923', '0'],
      [TODAY, '1'],
    ]);
  });
});

describe('6048', () => {
  const returned: Row = {
    FrontLogNo: '26092400000102',
    ThirdLogNo: '20260924120200000022',
    WithDrawRemark: '账号户名不符',
    WithDrawDate: '2026/09/26',
  };
  beforeEach(() => {
    at = bankOf('pingan_jzb', 'returned');
  });

  it('is asked about a day for a fortnight, and what comes late is told once', async () => {
    let rows: Row[] = [];
    at.bank = ({ BeginDate }) => ({ rows: BeginDate === TODAY ? rows : [] });
    await at.round();
    at.now += 12 * DAY_MS;
    rows = [returned];
    const first = await at.round();
    expect(first.told).toMatchObject([
      { type: 'payout-returned', account: SUPERVISED, day: TODAY, direction: 'in' },
    ]);
    expect(first.told[0]).not.toHaveProperty('amount');
    expect((await at.round()).told).toEqual([]);
  });
});
