/** Sweeps through the engine: what they tell to whom, and that no fault of one account stops anything. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Pages } from '../../src/engine/credits/pages.ts';
import type { Values } from '../../src/protocol/message.ts';
import { keyOf } from '../../src/store/keys.ts';
import { type Bench, bench, LINK } from './bench.ts';
import { books } from './bench-bank.ts';
import { citic } from './ground.ts';
import { envelopeOf, MEMBER, present, results, until } from './orders.ts';

let at: Bench;
beforeEach(async () => {
  at = await bench();
});
afterEach(() => at.close());

const PLATFORM = '7110210187000099999';
const PAYEE = '6217000000000001';
const today = () => {
  const shanghai = new Date(Date.now() + 8 * 3_600_000);
  return shanghai.toISOString().slice(0, 10).replaceAll('-', '');
};

type Row = Record<string, string>;
const credit = (n: number, more: Row = {}): Row => ({
  subAccNo: PLATFORM,
  TRANTYPE: '23',
  TRANDATE: today(),
  TRANTIME: '101500',
  HOSTFLW: `SC${String(n).padStart(10, '0')}`,
  HOSTSEQ: '1',
  OPPACCNO: PAYEE,
  OPPACCNAME: '李四',
  CDFG: 'C',
  TRANAMT: '1.00',
  ...more,
});

const rowsOf = (rows: Row[]): Values =>
  rows.length === 0
    ? { status: 'PBRA001', statusText: 'none' }
    : { status: 'AAAAAAA', statusText: 'ok', userDataList: rows };

/** Answers every page of today's statement from `rows`. */
const statement = (rows: () => Row[]) => (asked: Bench['asked'][number]) => {
  if (asked.action !== 'DLSTRNDT') return books(asked);
  const { startRecord, pageNumber, startDate, subAccNo } = asked.fields;
  const from = Number(startRecord) - 1;
  const fits = startDate === today() && subAccNo === PLATFORM ? rows() : [];
  asked.answer(rowsOf(fits.slice(from, from + Number(pageNumber))));
};

const notices = (source: string) =>
  at.published
    .filter((one) => one.queue === 'notices' && one.source === source)
    .map(({ data }) => data as Record<string, unknown>);

const swept = (accounts: string[], more: Record<string, unknown> = {}) => ({
  link: { credits: { accounts, roundMs: 200, ...more } },
});

it('a day with more entries than the bank can number is read as far as it goes, and ends nothing', async () => {
  const rows = Array.from({ length: 10_050 }, (_, n) => credit(n));
  at.bank = statement(() => rows);
  const engine = await at.engine();
  const credits = present(citic.protocol.credits?.[0]);
  const pages = new Pages(engine.ctx, credits, new AbortController().signal);
  const read = await pages.read({
    account: PLATFORM,
    from: today(),
    day: today(),
    when: 'today',
    unplaced: false,
  });
  expect(read.whole).toBe(false);
  expect(read.rows.length).toBe(10_000);
}, 120_000);

it('a fault in the sweep of one account stops neither the next account nor the process', async () => {
  at.bank = statement(() => [credit(1)]);
  const broken = '7110210187000088888';
  await at.redis.set(keyOf(LINK, 'seen', `${broken}:${today()}`), 'not ours');
  await at.engine(swept([broken, PLATFORM]));
  await until(() => notices('erp').length > 0);
  expect(at.fatal).toEqual([]);
});

it('two entries of one key and different content in one statement are both told, once', async () => {
  at.bank = statement(() => [credit(1), credit(1, { TRANAMT: '250.00' }), credit(2)]);
  await at.engine(swept([PLATFORM]));
  await until(() => notices('erp').length >= 3);
  await until(() => at.asked.length > 12);
  expect(
    notices('erp')
      .map(({ amount }) => amount)
      .sort(),
  ).toEqual(['1.00', '1.00', '250.00']);
  expect(new Set(notices('erp').map(({ key }) => key)).size).toBe(3);
});

it('a returned payout names an order to the ledger that ordered it, and to no other', async () => {
  let rows: Row[] = [];
  let account = '';
  at.bank = (asked) => {
    if (asked.action === 'DLSASQRY') {
      account = String(asked.fields.subAccNo);
      asked.answer(rowsOf([{ subAccNo: account, subAccNm: '张三', status: '0' }]));
    } else if (asked.action === 'DLSTRNDT') {
      const { startDate, subAccNo } = asked.fields;
      const fits = startDate === today() && subAccNo === account;
      asked.answer(rowsOf(fits ? rows : []));
    } else books(asked);
  };
  const settings = {
    userName: 'test',
    mainAccount: '7110210187000000001',
    accountPrefix: '711021018700',
    branchNode: '701100',
    branch: '701',
  };
  const engine = await at.engine({
    link: { credits: { roundMs: 200 }, ladder: { firstMs: 10 }, settings },
  });
  await engine.acceptor.accept(at.source, envelopeOf('M1', 'open', MEMBER), 'm');
  await until(() => results(at, 'M1').some(({ final }) => final));
  expect(results(at, 'M1').at(-1)).toMatchObject({ outcome: 'succeeded' });
  const order = envelopeOf('W1', 'withdraw', { account, amount: '12.30' });
  await engine.acceptor.accept(at.other, order, 'w');
  await until(() => results(at, 'W1').some(({ final }) => final));
  rows = [
    credit(1, {
      subAccNo: account,
      CDFG: 'D',
      TRANAMT: '-12.30',
      OPPACCNO: PAYEE,
      OPPACCNAME: '张三',
    }),
  ];
  await until(() => notices('shop').length > 0 && notices('erp').length > 0);
  expect(notices('shop')).toMatchObject([{ type: 'payout-returned', of: 'W1' }]);
  expect(notices('erp')).toMatchObject([{ type: 'payout-returned' }]);
  // W1 of the other ledger is another order, or none
  expect(notices('erp')[0]).not.toHaveProperty('of');
});

it('money nobody could place is not told as a credit too where all accounts are read at once', async () => {
  const adjustment = '7110210187000077777';
  const waiting = credit(1, { subAccNo: adjustment });
  const placed = credit(2);
  at.bank = (asked) => {
    if (asked.action !== 'DLSTRNDT') return books(asked);
    const { startDate, subAccNo } = asked.fields;
    const all = subAccNo === undefined ? [waiting, placed] : [waiting];
    asked.answer(rowsOf(startDate === today() ? all : []));
  };
  const settings = {
    userName: 'test',
    mainAccount: '7110210187000000001',
    adjustmentAccount: adjustment,
    adjustmentAccountName: '公共调账',
  };
  await at.engine({ link: { settings, credits: { allSubAccounts: true, roundMs: 200 } } });
  await until(() => notices('erp').length >= 2);
  await until(() => at.asked.length > 12);
  const told = notices('erp').map(({ type, account }) => [type, account]);
  expect(told.sort()).toEqual([
    ['credit', PLATFORM],
    ['unplaced', adjustment],
  ]);
});
