/** Goal: outside business hours nothing new leaves and nothing is lost; questions go on, and what expires expires. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { timeOf } from '../../src/instruction/day.ts';
import { type Bench, bench } from './bench.ts';
import { books } from './bench-bank.ts';
import { envelopeOf, results, TRANSFER, until } from './orders.ts';

let at: Bench;
beforeEach(async () => {
  at = await bench();
});
afterEach(() => at.close());

const HOUR_MS = 3_600_000;
const clock = (ms: number): string => {
  const time = timeOf(ms, 'Asia/Shanghai');
  return `${time.slice(0, 2)}:${time.slice(2, 4)}`;
};
const hours = (from: number, to: number) => [
  { from: clock(Date.now() + from * HOUR_MS), to: clock(Date.now() + to * HOUR_MS) },
];
const CLOSED = () => ({ link: { businessHours: hours(2, 3), ladder: { firstMs: 20 } } });
const OPEN = () => ({ link: { businessHours: hours(-2, 2), ladder: { firstMs: 20 } } });

const movements = () => at.asked.filter(({ action }) => action === 'DLMDETRN');

it('an order waits until the bank is open, and is sent then', async () => {
  at.bank = books;
  const closed = await at.engine(CLOSED());
  await closed.acceptor.accept(at.source, envelopeOf('A1', 'transfer', TRANSFER), 'a');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(at.asked).toEqual([]);
  expect(results(at, 'A1')).toEqual([]);
  expect(closed.notReady()).toEqual([]);
  await closed.stop(0);
  await at.engine(OPEN());
  await until(() => results(at, 'A1').some(({ final }) => final));
  expect(results(at, 'A1').at(-1)).toMatchObject({ outcome: 'succeeded' });
  expect(movements()).toHaveLength(1);
});

it('an order that was sent is asked about, and a query is answered, whatever the hour', async () => {
  const open = await at.engine(OPEN());
  await open.acceptor.accept(at.source, envelopeOf('A1', 'transfer', TRANSFER), 'a');
  await until(() => movements().length === 1);
  await open.stop(0);
  at.bank = (asked) => {
    if (asked.action !== 'DLSBALQR') return books(asked);
    const row = { subAccNo: TRANSFER.from, SUBACCNM: '示例', KYAMT: '5.00' };
    asked.answer({ status: 'AAAAAAA', statusText: 'ok', userDataList: [row] });
  };
  const closed = await at.engine(CLOSED());
  await until(() => results(at, 'A1').some(({ final }) => final));
  const query = envelopeOf('Q1', 'balance', { account: TRANSFER.from });
  await closed.acceptor.accept(at.source, query, 'q');
  await until(() => results(at, 'Q1').some(({ final }) => final));
  expect(movements()).toHaveLength(1);
});

it('an order expires while it waits', async () => {
  const closed = await at.engine(CLOSED());
  const soon = { expiresAt: new Date(Date.now() + 1_000).toISOString() };
  await closed.acceptor.accept(at.source, envelopeOf('A1', 'transfer', TRANSFER, soon), 'a');
  await until(() => results(at, 'A1').some(({ final }) => final));
  expect(results(at, 'A1').at(-1)).toMatchObject({
    outcome: 'failed',
    reason: 'expired',
    sent: 'never',
  });
  expect(at.asked).toEqual([]);
});
