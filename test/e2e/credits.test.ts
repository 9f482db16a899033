/**
 * Money that arrives, comes back or lies where nobody placed it: exactly one notice each, however late its
 * row is shown, whatever moves while pages are read, and whether or not the gateway was there.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/world/books.ts';
import { PAYOUT_ACCOUNT } from '../../scripts/world/member.ts';
import { ADJUSTMENT_ACCOUNT } from '../../scripts/world/options.ts';
import type { Notice } from '../../src/instruction/notices.ts';
import { WITHIN_MS } from './ground.ts';
import { expectNothingTwice, openMember, worldOfFile } from './words.ts';

const TEST_MS = 60_000;
const BUYER = '上海远航贸易有限公司';
const SELLER = '宁波海天实业有限公司';
/** So many rows are more than two pages of ten. */
const MANY = 23;

const at = worldOfFile();
let buyer = '';
let seller = '';

beforeAll(async () => {
  [buyer, seller] = await Promise.all([
    openMember(at(), BUYER),
    openMember(at(), SELLER, '10000.00'),
  ]);
}, TEST_MS);

const notices = (what: (notice: Notice) => boolean = () => true): Notice[] =>
  [...at().books.notices.values()].filter(what);

interface Row {
  readonly account: string;
  readonly date: string;
  readonly number: string;
  readonly sequence: string;
  readonly direction: string;
  readonly amount: string;
}

/** The bank's key of a row, with the side and the sign of the money. */
const keyOf = ({ account, date, number, sequence, direction, amount }: Row): string =>
  [date, number, sequence, account, direction, amount.startsWith('-') ? '-' : '+'].join('/');

/** The rows a ledger must hear of: the other side of its own orders is none of them. */
async function rowsToTell(): Promise<Row[]> {
  const { entries } = await at().world.control.entries();
  return entries.filter(({ account, amount, direction, type }) => {
    if (account === ADJUSTMENT_ACCOUNT) return type === '22';
    if (account !== buyer && account !== seller) return false;
    if (type === '13' || type === '14') return true;
    return type === '23' && (direction === 'C' || amount.startsWith('-'));
  });
}

/** Waits until the ledger has heard of every row, and expects that of none it heard twice. */
async function expectEachOnce(): Promise<void> {
  const keys = (await rowsToTell()).map(keyOf).sort();
  await until('all notices', () => notices().length >= keys.length, WITHIN_MS);
  expect(
    notices()
      .map(({ key }) => key)
      .sort(),
  ).toEqual(keys);
}

describe('P2: a credit', { timeout: TEST_MS }, () => {
  it('is told with who paid, and whether the payer has the member’s own name', async () => {
    const { control } = at().world;
    const payer = { account: PAYOUT_ACCOUNT, name: BUYER, bank: '招商银行上海分行' };
    await control.injectCredit({ account: buyer, amount: '120.50', payer, memo: '货款' });
    const own = await at().books.notice(({ amount }) => amount === '120.50', WITHIN_MS);
    expect(own).toMatchObject({
      type: 'credit',
      account: buyer,
      direction: 'in',
      sameName: true,
      payer: { account: PAYOUT_ACCOUNT, name: BUYER, bankName: '招商银行上海分行', remark: '货款' },
      confirmedBy: 'statement',
    });
    await control.injectCredit({ account: buyer, amount: '33.00' });
    const strange = await at().books.notice(({ amount }) => amount === '33.00', WITHIN_MS);
    expect(strange).toMatchObject({ type: 'credit', sameName: false });
    await expectEachOnce();
  });

  it('R13: that is shown late is told late, behind those that were booked after it', async () => {
    const { control } = at().world;
    await control.injectCredit({ account: buyer, amount: '7.01', visibleAfterMs: 1_500 });
    await control.injectCredit({ account: buyer, amount: '7.02' });
    const second = await at().books.notice(({ amount }) => amount === '7.02', WITHIN_MS);
    expect(notices(({ amount }) => amount === '7.01')).toEqual([]);
    const first = await at().books.notice(({ amount }) => amount === '7.01', WITHIN_MS);
    expect(first.version).toBeGreaterThan(second.version);
    expect(first.key < second.key).toBe(true);
    await expectEachOnce();
  });

  it('has a twin in the same second: they are two', async () => {
    await at().world.control.injectCredit({ account: buyer, amount: '5.55', twins: 3 });
    await expectEachOnce();
    const twins = notices(({ amount }) => amount === '5.55');
    expect(twins).toHaveLength(3);
    expect(new Set(twins.map(({ digest }) => digest)).size).toBe(1);
  });

  it.each(['oldest-first', 'newest-first'] as const)(
    'that arrives while pages are read (%s) is told, and none of the others twice',
    async (rowOrder) => {
      const { control } = at().world;
      await control.changeSettings({ rowOrder });
      await control.injectCredit({ account: buyer, amount: '0.02', twins: MANY });
      const fault = { kind: 'rows-while-paging' as const, amount: '0.03' };
      await control.addFault({ fault, transaction: 'DLSTRNDT', serial: buyer, times: 6 });
      const met = async () => (await control.faults()).rules.length === 0;
      await until('rows arrived between pages', met, WITHIN_MS);
      await expectEachOnce();
    },
  );

  it('that arrives while the gateway is away is told when it is back', async () => {
    await at().down();
    await at().world.control.injectCredit({ account: buyer, amount: '61.00', twins: 2 });
    await at().world.control.injectCredit({ account: seller, amount: '62.00' });
    await at().up();
    await expectEachOnce();
  });

  it('is told once although the gateway is killed while it tells', async () => {
    const { gateway, world } = at();
    const ends = gateway.ends.length;
    await world.control.injectCredit({ account: buyer, amount: '0.04', twins: MANY });
    await until('the first told', () => notices((n) => n.amount === '0.04').length > 0, WITHIN_MS);
    await gateway.current.kill();
    await until('the next run', () => gateway.ends.length > ends, WITHIN_MS);
    await expectEachOnce();
  });
});

describe('interest and fees', { timeout: TEST_MS }, () => {
  it.each([
    ['interest', '1.23', 'in'],
    ['fee', '0.45', 'out'],
  ] as const)('%s of %s', async (kind, amount, direction) => {
    await at().world.control.injectCredit({ account: buyer, amount, kind });
    const notice = await at().books.notice(({ type }) => type === kind, WITHIN_MS);
    expect(notice).toMatchObject({ type: kind, account: buyer, amount, direction });
    await expectEachOnce();
  });
});

describe('money nobody could place', { timeout: TEST_MS }, () => {
  it('is told, may be assigned and taken back, and is not told again for that', async () => {
    const { books, world } = at();
    await world.control.injectCredit({ account: '3110700000009999999', amount: '88.00' });
    const notice = await books.notice(({ type }) => type === 'unplaced', WITHIN_MS);
    expect(notice).toMatchObject({ account: ADJUSTMENT_ACCOUNT, amount: '88.00', direction: 'in' });
    const body = {
      account: buyer,
      amount: '88.00',
      entryDate: notice.entry?.date,
      entryNumber: notice.entry?.number,
      entrySequence: notice.entry?.sequence,
    };
    expect(await at().settle('assign-credit', body)).toMatchObject({ outcome: 'succeeded' });
    const again = await at().settle('assign-credit', body);
    expect(again).toMatchObject({ outcome: 'failed', reason: 'refused-by-bank' });
    expect(await at().settle('return-credit', body)).toMatchObject({ outcome: 'succeeded' });
    await world.control.injectCredit({ account: ADJUSTMENT_ACCOUNT, amount: '89.00' });
    await expectEachOnce();
    expect(notices(({ type }) => type === 'unplaced')).toHaveLength(2);
  });
});

describe('a payout that comes back', { timeout: TEST_MS }, () => {
  const withdraw = (amount: string) => at().settle('withdraw', { account: seller, amount });
  const returned = (amount: string) =>
    at().books.notice(
      (notice) => notice.type === 'payout-returned' && notice.amount === `-${amount}`,
      WITHIN_MS,
    );

  it('names its order where one alone fits; the result of the order stays', async () => {
    const paid = await withdraw('70.00');
    await withdraw('71.00');
    await at().world.control.returnPayout({ serial: paid.serial });
    const notice = await returned('70.00');
    expect(notice).toMatchObject({ account: seller, direction: 'in', of: paid.id });
    expect(notice).not.toHaveProperty('candidates');
    expect(at().books.resultOf(paid.id)).toEqual(paid);
    await expectEachOnce();
  });

  it('R11: names all orders that would fit, and guesses none', async () => {
    const paid = [await withdraw('80.00'), await withdraw('80.00')];
    await at().world.control.returnPayout({ serial: paid[0]?.serial });
    const notice = await returned('80.00');
    expect(notice).not.toHaveProperty('of');
    expect(notice.candidates?.toSorted()).toEqual(paid.map(({ id }) => id).sort());
    await expectEachOnce();
  });

  it('is news also under the key of the payout itself', async () => {
    const paid = await withdraw('90.00');
    await at().world.control.returnPayout({ serial: paid.serial, sameKey: true });
    expect(await returned('90.00')).toMatchObject({ of: paid.id });
    await expectEachOnce();
  });
});

it('told one story, and the bank executed nothing twice', () => expectNothingTwice(at()));
