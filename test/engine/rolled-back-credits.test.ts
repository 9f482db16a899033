/** Money that came in, when Redis goes back or is lost: told again at most as it was told, never under another id. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dayOf } from '../../src/instruction/day.ts';
import { type Bench, bench, LINK } from './bench.ts';
import { books } from './bench-bank.ts';
import { putBack, snapshot } from './going-back.ts';
import { TRANSFER, until } from './orders.ts';

let at: Bench;
beforeEach(async () => {
  at = await bench();
});
afterEach(() => at.close());

const today = dayOf(Date.now(), 'Asia/Shanghai');
const swept = { link: { leaseMs: 1, credits: { accounts: [TRANSFER.from], roundMs: 100 } } };
const row = (flow: string) => ({
  ...{ subAccNo: TRANSFER.from, TRANTYPE: '23', TRANDATE: today, TRANTIME: '101500' },
  ...{ HOSTFLW: flow, HOSTSEQ: '1', CDFG: 'C', TRANAMT: '1.00' },
});

/** A statement of today with these entries. */
const showing =
  (flows: readonly string[]): Bench['bank'] =>
  (asked) => {
    if (asked.action !== 'DLSTRNDT') return books(asked);
    const fits = asked.fields.startDate === today && asked.fields.subAccNo === TRANSFER.from;
    if (!fits || flows.length === 0) asked.answer({ status: 'PBRA001', statusText: 'none' });
    else asked.answer({ status: 'AAAAAAA', statusText: 'ok', userDataList: flows.map(row) });
  };

/** By ledger and bank entry: each notice with the ids it was told under. */
function notices(): Map<string, Set<string>> {
  const told = new Map<string, Set<string>>();
  for (const { data, jobId, queue, source } of at.published) {
    if (queue !== 'notices') continue;
    const { key } = data as { key: string };
    const name = `${source} ${key}`;
    told.set(name, (told.get(name) ?? new Set()).add(`${jobId} ${JSON.stringify(data)}`));
  }
  return told;
}

const countSweeps = () => at.asked.filter(({ action }) => action === 'DLSTRNDT').length;
const twoMoreSweeps = async (): Promise<void> => {
  const before = countSweeps();
  await until(() => countSweeps() > before + 6);
};

it.each(['emptied', 'put back to before the money came'])(
  'R27 R13: Redis is %s: each entry has one notice, one id and one content for each ledger',
  async (how) => {
    at.bank = showing([]);
    const first = await at.engine(swept);
    await twoMoreSweeps();
    const before = await snapshot(at.redis);
    at.bank = showing(['F1', 'F2']);
    await until(() => notices().size === 4);
    at.kill();
    if (how === 'emptied') await at.redis.flushall();
    else await putBack(at.redis, before);
    // what came in meanwhile is news
    at.bank = showing(['F1', 'F2', 'F3']);
    await at.engine(swept);
    await until(() => notices().size === 6);
    await twoMoreSweeps();
    expect([...notices().values()].map(({ size }) => size)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(first.ctx.link.name).toBe(LINK);
  },
);

it('R3: where the journal that told it is missing it is told again, under the same key', async () => {
  at.bank = showing([]);
  await at.engine(swept);
  await twoMoreSweeps();
  const before = await snapshot(at.redis);
  at.bank = showing(['F1']);
  await until(() => notices().size === 2);
  at.kill();
  await putBack(at.redis, before);
  at.journalAt = 'journal-b';
  await at.engine(swept);
  await until(() => [...notices().values()].every(({ size }) => size === 2));
  expect(notices().size).toBe(2);
});

it('R27: Redis goes back again and again: what was told is in the journal once, and told no oftener each time', async () => {
  at.bank = showing([]);
  await at.engine(swept);
  await twoMoreSweeps();
  const before = await snapshot(at.redis);
  at.bank = showing(['F1']);
  await until(() => notices().size === 2);
  for (let times = 1; times <= 3; times += 1) {
    at.kill();
    await putBack(at.redis, before);
    const published = at.published.length;
    const { ctx } = await at.engine(swept);
    await twoMoreSweeps();
    await until(() => at.published.length >= published + 2);
    expect(at.published.length).toBe(published + 2);
    expect([...ctx.journal.index.notices(LINK)]).toHaveLength(2);
  }
});
