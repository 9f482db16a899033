/** An id keeps its one story for as long as the journal does, whatever Redis has forgotten (R12). */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { dayOf } from '../../src/instruction/day.ts';
import { accountCandidates } from '../../src/instruction/serial.ts';
import { keyOf } from '../../src/store/keys.ts';
import { item } from '../store/ground.ts';
import { type Bench, bench, LINK } from './bench.ts';
import { books } from './bench-bank.ts';
import { envelopeOf, MEMBER, results, TRANSFER, until } from './orders.ts';

let at: Bench;
beforeEach(async () => {
  at = await bench();
  at.bank = books;
});
afterEach(() => at.close());

const settled = envelopeOf('A1', 'transfer', TRANSFER);

/** What the end of the retention leaves of it in Redis. */
async function forgotten(id: string): Promise<void> {
  const key = keyOf(LINK, 'i', `erp:${id}`);
  expect(await at.redis.del(key)).toBe(1);
}

const paid = () => at.asked.filter(({ action }) => action === 'DLMDETRN').length;

it('R12: an old instruction replayed is told its known result, and no second final', async () => {
  const engine = await at.engine({ link: { ladder: { firstMs: 10 } } });
  await engine.acceptor.accept(at.source, settled, 'first');
  await until(() => results(at, 'A1').some(({ final }) => final));
  await until(async () => (await at.redis.xlen(keyOf(LINK, 'out'))) === 0);
  await forgotten('A1');
  at.published.length = 0;

  await engine.acceptor.accept(at.source, settled, 'again');
  await until(() => results(at, 'A1').length > 0);
  expect(results(at, 'A1')).toMatchObject([{ final: true, outcome: 'succeeded' }]);
  expect(at.fatal).toEqual([]);
  expect(paid()).toBe(1);
});

it('R12: also when its envelope has expired meanwhile: a failed beside its success would be paid again', async () => {
  const soon = { ...settled, expiresAt: new Date(Date.now() + 2_500).toISOString() };
  const engine = await at.engine({ link: { ladder: { firstMs: 10 } } });
  await engine.acceptor.accept(at.source, soon, 'first');
  await until(() => results(at, 'A1').some(({ final }) => final));
  await until(async () => (await at.redis.xlen(keyOf(LINK, 'out'))) === 0);
  await forgotten('A1');
  at.published.length = 0;
  await until(() => Date.now() > Date.parse(soon.expiresAt) + 50);

  await engine.acceptor.accept(at.source, soon, 'again');
  await until(() => results(at, 'A1').length > 0);
  for (const one of results(at, 'A1')) expect(one).toMatchObject({ outcome: 'succeeded' });
  await engine.acceptor.accept(at.source, { ...soon, businessRef: 'other' }, 'other');
  expect(at.published.at(-1)?.data).toMatchObject({ type: 'rejection', why: 'conflict' });
  expect(at.fatal).toEqual([]);
  expect(paid()).toBe(1);
});

it('R27: a final older than the retention is not left between claim and write for ever', async () => {
  const engine = await at.engine({ link: { ladder: { firstMs: 10 } } });
  await engine.acceptor.accept(at.source, settled, 'first');
  await until(() => results(at, 'A1').some(({ final }) => final));
  await until(async () => (await at.redis.xlen(keyOf(LINK, 'out'))) === 0);
  await engine.stop(100);
  // what a process that knew nothing of the journal would have accepted again
  await forgotten('A1');
  at.published.length = 0;
  await at.stores[0]?.accept([item('A1')]);
  await at.engine({ retentionMs: 1 });
  await until(() => results(at, 'A1').length > 0);
  expect(results(at, 'A1')).toMatchObject([{ final: true, outcome: 'succeeded' }]);
  expect(paid()).toBe(1);
});

it('a final that is asked for before the outbox has told it is in the journal before it is told', async () => {
  const engine = await at.engine({ link: { ladder: { firstMs: 10 } } });
  const { journal, store } = engine.ctx;
  store.outbox = async () => [];
  await engine.acceptor.accept(at.source, settled, 'first');
  await until(async () => (await store.held('erp:A1'))?.phase === 'succeeded');
  expect(journal.known(LINK, 'erp:A1')?.final).toBeUndefined();
  await engine.acceptor.accept(at.source, settled, 'again');
  expect(results(at, 'A1')).toMatchObject([{ final: true, outcome: 'succeeded' }]);
  const record = await journal.finalOf(LINK, 'erp:A1');
  expect(record?.message).toEqual(results(at, 'A1')[0]);
});

it('an order that the journal shows as sent elsewhere is asked about there, and not where the link leads now', async () => {
  at.bank = (asked) => {
    if (asked.action === 'DLCIDSTT') asked.answer({ status: 'ED02083', statusText: 'none' });
    else asked.end({ type: 'silent', why: 'deadline' });
  };
  const engine = await at.engine();
  await engine.acceptor.accept(at.source, settled, 'first');
  await until(async () => (await engine.ctx.store.held('erp:A1'))?.phase === 'unknown');
  await engine.stop(0);
  await forgotten('A1');
  // as if Redis held it again as never claimed, and the link had been given another front end
  await at.stores[0]?.accept([item('A1')]);
  at.peer = 'other.invalid:7001';
  const second = await at.engine();
  await until(async () => (await second.ctx.store.held('erp:A1'))?.phase === 'unknown');
  expect((await second.ctx.store.held('erp:A1'))?.life.peer).toBe('fep.invalid:7001');
  expect(paid()).toBe(1);
});

it('R8: a number that the journal gave to another member is not given again, however long Redis has forgotten it', async () => {
  const settings = {
    userName: 'test',
    mainAccount: '7110210187000000001',
    accountPrefix: '711021018700',
    branchNode: '701100',
    branch: '701',
  };
  const engine = await at.engine({ link: { settings } });
  const { journal, store } = engine.ctx;
  const day = dayOf(Date.now(), 'Asia/Shanghai');
  const seed = { link: LINK, day, source: 'erp', id: 'M2' };
  const [first = '', second = ''] = accountCandidates(seed, settings.accountPrefix, 7);
  const { intent } = item('M1');
  await journal.append([
    {
      kind: 'send',
      link: LINK,
      watermark: store.seen,
      id: 'erp:M1',
      attempt: 1,
      epoch: 1,
      serial: first,
      transaction: 'DLBREGSN',
      peer: at.peer,
      spec: '',
      request: '',
      intent: { ...intent, serial: first },
    },
  ]);
  await engine.acceptor.accept(at.source, envelopeOf('M2', 'open', MEMBER), 'm');
  expect((await store.held('erp:M2'))?.intent.serial).toBe(second);
});
