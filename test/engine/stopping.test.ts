/** What must not end the process, nor stop anything but itself. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keyOf } from '../../src/store/keys.ts';
import { type Bench, bench, LINK } from './bench.ts';
import { books } from './bench-bank.ts';
import { envelopeOf, results, TRANSFER, until } from './orders.ts';

let at: Bench;
beforeEach(async () => {
  at = await bench();
  at.bank = books;
});
afterEach(() => at.close());

const quick = { link: { ladder: { firstMs: 10 } } };

it('a query this version cannot put any more fails, and does not end the process at every start', async () => {
  const engine = await at.engine(quick);
  // accepted by another version of the spec, where the operation still was
  const intent = {
    v: 1 as const,
    id: 'erp:Q1',
    link: LINK,
    source: 'erp',
    digest: 'digest',
    operation: 'gone',
    transaction: 'DLSBALQR',
    kind: 'query' as const,
    day: '20260924',
    acceptedAt: Date.now(),
    envelope: envelopeOf('Q1', 'gone', { account: TRANSFER.from }),
  };
  await engine.ctx.store.accept([
    {
      intent,
      phase: 'received',
      life: {
        sent: 'never',
        asked: 0,
        negatives: 0,
        completing: false,
        completionAsked: 0,
        contradicted: false,
      },
      serials: [],
      expiresAt: Date.now() + 60_000,
      aside: true,
      dueAt: Date.now(),
      out: [],
    },
  ]);
  await until(() => results(at, 'Q1').length > 0 || at.fatal.length > 0);
  expect(at.fatal).toEqual([]);
  expect(results(at, 'Q1')).toMatchObject([{ outcome: 'failed', reason: 'invalid', final: true }]);
});

it('a Redis that refuses a look for a moment does not end the process: it is looked again', async () => {
  const engine = await at.engine(quick);
  const { store } = engine.ctx;
  const real = store.held.bind(store);
  let refused = 0;
  store.held = async (id) => {
    if (id === 'erp:X1' && refused < 2) {
      refused += 1;
      throw new Error('Connection is closed');
    }
    return real(id);
  };
  await engine.acceptor.accept(at.source, envelopeOf('S1', 'status', { of: 'X1' }), 's');
  await until(() => results(at, 'S1').length > 0 || at.fatal.length > 0);
  expect(at.fatal).toEqual([]);
  expect(refused).toBe(2);
  expect(results(at, 'S1')).toMatchObject([{ code: 'REFERENCE_NOT_HELD' }]);
});

it('a failed that is put back from the journal is watched on: a late yes is still told', async () => {
  let booked = false;
  at.bank = (asked) => {
    if (asked.action === 'DLCIDSTT') {
      if (booked) books(asked);
      else asked.answer({ status: 'ED02083', statusText: 'none' });
      // a code that nobody listed: the inquiry decides
    } else asked.answer({ status: 'ZZZ0001', statusText: 'what' });
  };
  const ladder = { firstMs: 10, maxMs: 20, manualEveryMs: 100 };
  const engine = await at.engine({ link: { ladder } });
  await engine.acceptor.accept(at.source, envelopeOf('A1', 'transfer', TRANSFER), 'a');
  await until(() => results(at, 'A1').some(({ final }) => final === true));
  await until(async () => (await at.redis.xlen(keyOf(LINK, 'out'))) === 0);
  expect(results(at, 'A1').at(-1)).toMatchObject({ outcome: 'failed', reason: 'refused-by-bank' });
  await engine.stop(0);
  await at.redis.flushall();
  booked = true;
  await at.engine({ link: { ladder } });
  // the one that was stopped may have been in the middle of a question
  at.fatal.length = 0;
  await until(() => results(at, 'A1').some(({ type }) => type === 'contradicted'));
  expect(at.fatal).toEqual([]);
});
