/** Goal: a query of several days is read again as one, each of its rows is told once, and forgotten only when it is listed no more. */
import { beforeEach, describe, expect, it } from 'vitest';
import { addDays } from '../../src/instruction/day.ts';
import type { SweepSpec } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';
import { citic } from './ground.ts';
import { type Row, StatementBank } from './statement-bank.ts';

const spec = readSpec('protocol-specs/pingan_b2bi');
const named = (from: typeof spec, name: string): SweepSpec => {
  const found = from.protocol.credits?.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no sweep ${name}`);
  return found;
};
const settings = { customerCode: 'C1', mainAccount: '11000000000001', mainAccountName: '示例' };
const DAY_MS = 86_400_000;
const TODAY = '20260924';

const returned = (n: number, RejectDate: string, more: Row = {}): Row => ({
  SThirdVoucher: `2026092000000000000${n}`,
  TransDate: '20260920101500',
  PayAccNo: '11000000000001',
  OppAccNo: '6217001234567890',
  OppAccName: '张三',
  Amount: '12.30',
  RejectDate,
  FrontLogNo: `F${n}`,
  ...more,
});

let at: StatementBank;
let rows: Row[] = [];
beforeEach(() => {
  at = new StatementBank(spec, named(spec, 'returned'), settings, { returnCode: '000000' });
  rows = [];
  at.bank = ({ StartDate = '', EndDate = '' }) => ({
    rows: rows.filter(({ RejectDate = '' }) => RejectDate >= StartDate && RejectDate <= EndDate),
    fields: { IsEnd: 'Y' },
  });
});

describe('a query of several days', () => {
  it('covers the open days in one request, and no day before the link began', async () => {
    await at.round(addDays(TODAY, -4));
    expect(at.asked).toMatchObject([{ StartDate: '20260920', EndDate: TODAY, PageNo: '1' }]);
  });

  it('covers thirty days and no more', async () => {
    await at.round('20260601');
    expect(at.asked[0]).toMatchObject({ StartDate: addDays(TODAY, -29), EndDate: TODAY });
    for (const { StartDate = '', EndDate = '' } of at.asked) {
      expect(addDays(StartDate, 29) >= EndDate).toBe(true);
    }
  });

  it('tells a row once, day after day, for as long as it is listed', async () => {
    rows = [returned(1, TODAY), returned(2, TODAY)];
    const { told } = await at.round();
    expect(told).toMatchObject([
      { type: 'payout-returned', direction: 'in', day: TODAY, marks: { returnedOn: TODAY } },
      { type: 'payout-returned', day: TODAY },
    ]);
    const later: unknown[] = [];
    for (let day = 0; day < 40; day += 1) {
      at.now += DAY_MS;
      later.push(...(await at.round()).told);
    }
    expect(later).toEqual([]);
    // it has left the range, and two whole sweeps agreed
    expect([...at.states.keys()].some((one) => one.endsWith(TODAY))).toBe(false);
    expect(at.states.size).toBeLessThan(35);
  });

  it('finds a return that appears late under an old day', async () => {
    for (let day = 0; day < 20; day += 1) {
      at.now += DAY_MS;
      await at.round();
    }
    rows = [returned(1, TODAY)];
    expect((await at.round(TODAY)).told).toEqual([]);
    rows = [returned(1, addDays(TODAY, 1))];
    expect((await at.round()).told).toHaveLength(1);
    expect((await at.round()).told).toEqual([]);
  });

  it('does not forget a row that the bank lists under another day than it asks by', async () => {
    at.bank = () => ({ rows: [returned(1, '20260701')], fields: { IsEnd: 'Y' } });
    expect((await at.round()).told).toHaveLength(1);
    const later: unknown[] = [];
    for (let day = 0; day < 10; day += 1) {
      at.now += DAY_MS;
      later.push(...(await at.round()).told);
    }
    expect(later).toEqual([]);
  });

  it('that was not read whole tells what it has, and forgets nothing', async () => {
    rows = [returned(1, TODAY)];
    const whole = at.bank;
    at.bank = (asked) => ({ ...whole(asked), fields: { IsEnd: 'N' } });
    expect(await at.round()).toMatchObject({ whole: false, told: [{ type: 'payout-returned' }] });
    at.bank = whole;
    expect(await at.round()).toEqual({ whole: true, told: [] });
  });
});

describe('one request for all accounts', () => {
  const members = named(citic, 'members');
  const sweep: SweepSpec = {
    ...members,
    accounts: 'all',
    unplacedAccount: undefined,
    unplacedRequest: undefined,
    kinds: [
      {
        kind: 'credit',
        when: { CDFG: ['C'] },
        sign: 'positive',
        notOurs: 'RESUME',
        withinDays: 40,
      },
    ],
  };
  const credit = (subAccNo: string, more: Row = {}): Row => ({
    subAccNo,
    TRANTYPE: '23',
    TRANDATE: TODAY,
    HOSTFLW: 'SC1',
    HOSTSEQ: '1',
    CDFG: 'C',
    TRANAMT: '1.00',
    ...more,
  });
  const bank = () =>
    new StatementBank(
      citic,
      sweep,
      { userName: 'test', mainAccount: '7110210187000000001' },
      { status: 'AAAAAAA', statusText: 'ok' },
    );

  it('tells each of its rows under its own account', async () => {
    const world = bank();
    world.bank = () => ({ rows: [credit('7110210187000012345'), credit('7110210187000054321')] });
    const { told } = await world.round();
    expect(told.map(({ account }) => account)).toEqual([
      '7110210187000012345',
      '7110210187000054321',
    ]);
    expect(world.asked).toHaveLength(1);
    expect(world.asked[0]).not.toHaveProperty('subAccNo');
  });

  it('does not tell a row that carries the serial of an order of ours: it is its result', async () => {
    const world = bank();
    world.ours.add('20260924A00000000001');
    world.bank = () => ({
      rows: [
        credit('7110210187000012345', { RESUME: '20260924A00000000001' }),
        credit('7110210187000012345', { RESUME: '20260924B00000000001', HOSTFLW: 'SC2' }),
        credit('7110210187000012345', { HOSTFLW: 'SC3' }),
      ],
    });
    expect((await world.round()).told.map(({ entry }) => entry)).toMatchObject([
      { number: 'SC2' },
      { number: 'SC3' },
    ]);
    expect((await world.round()).told).toEqual([]);
  });
});
