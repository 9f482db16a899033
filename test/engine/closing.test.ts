/** What somebody must look into stays open, whatever dies, until two people close it (R9, R19). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LinkEngine } from '../../src/engine/link-engine.ts';
import type { JournalRecord } from '../../src/journal/records.ts';
import { keyOf } from '../../src/store/keys.ts';
import { type Bench, bench, LINK } from './bench.ts';
import { books } from './bench-bank.ts';
import { envelopeOf, present, results, TRANSFER, until } from './orders.ts';

let at: Bench;
beforeEach(async () => {
  at = await bench();
});
afterEach(() => at.close());

const rule = { afterMs: 1, negatives: 1, source: 'a written rule of the test' };
const ladder = { firstMs: 10, maxMs: 50, manualEveryMs: 50 };
const quick = { link: { ladder, noSuchSerialIsFinal: rule } };
const wish = {
  action: 'close' as const,
  who: 'Li Hua',
  evidence: 'called the bank, payee pays back',
};

const contradicted = () => results(at, 'P1').filter(({ type }) => type === 'contradicted');
const finals = () => results(at, 'P1').filter(({ final }) => final === true);

async function recordsOf(engine: LinkEngine, kind: JournalRecord['kind']) {
  const found: JournalRecord[] = [];
  for await (const one of engine.ctx.journal.records({ kinds: [kind] })) found.push(one);
  return found;
}

/** Failed by the written rule; then the bank books it all the same. */
async function failedThenBooked() {
  at.bank = (asked) => {
    if (asked.action === 'DLCIDSTT') asked.answer({ status: 'ED02083', statusText: 'none' });
    else asked.end({ type: 'silent', why: 'deadline' });
  };
  const engine = await at.engine(quick);
  await engine.acceptor.accept(at.source, envelopeOf('P1', 'transfer', TRANSFER), 'a');
  await until(() => finals().length > 0);
  return engine;
}

async function closed(engine: LinkEngine, subject: string) {
  const { number } = await engine.deciding.twoPeople.propose({ ...wish, subject });
  return engine.deciding.twoPeople.approve({ proposal: number, who: 'Wang Fang' });
}

describe('R9: a contradiction', () => {
  it('is open until two people close it, through every start', async () => {
    const engine = await failedThenBooked();
    at.bank = books;
    await until(() => contradicted().length > 0);
    const [line] = await engine.deciding.closing.contradictions();
    expect(line).toMatchObject({ id: 'P1', source: 'erp', final: 'failed', evidence: 'succeeded' });
    expect(await recordsOf(engine, 'contradiction')).toMatchObject([
      { n: line?.record, id: 'erp:P1', message: { type: 'contradicted', final: 'failed' } },
    ]);
    await engine.stop(0);
    const second = await at.engine(quick);
    expect(await second.deciding.closing.contradictions()).toMatchObject([
      { record: line?.record },
    ]);
    expect(await closed(second, 'erp:P1')).toMatchObject({ outcome: 'closed' });
    expect(await second.deciding.closing.contradictions()).toEqual([]);
    const again = second.deciding.twoPeople.propose({ ...wish, subject: 'erp:P1' });
    await expect(again).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await second.stop(0);
    const third = await at.engine(quick);
    expect(await third.deciding.closing.contradictions()).toEqual([]);
    // the final stays
    expect(finals()).toHaveLength(1);
  });

  it('is recorded once where a kill comes between its record and its publishing', async () => {
    const engine = await failedThenBooked();
    at.publish = () => {
      throw new Error('not now');
    };
    at.bank = books;
    await until(async () => (await recordsOf(engine, 'contradiction')).length > 0);
    await engine.stop(0);
    at.publish = () => undefined;
    const next = await at.engine(quick);
    await until(() => contradicted().length > 0);
    expect(await recordsOf(next, 'contradiction')).toHaveLength(1);
    expect(contradicted()).toHaveLength(1);
  });

  it('is no news to a gateway whose Redis was lost, and told once more under its own version', async () => {
    const engine = await failedThenBooked();
    at.bank = books;
    await until(() => contradicted().length > 0);
    await engine.stop(0);
    await at.redis.flushall();
    const next = await at.engine(quick);
    await until(() => contradicted().length > 1);
    expect(contradicted()[1]).toEqual(contradicted()[0]);
    const life = await at.redis.hget(keyOf(LINK, 'i', 'erp:P1'), 'life');
    expect(JSON.parse(present(life ?? undefined))).toMatchObject({ contradicted: true });
    expect(await recordsOf(next, 'contradiction')).toHaveLength(1);
  });
});

describe('R19: an unclaimed answer', () => {
  const one = { event: 'unclaimed-bytes', peer: 'fep.invalid:7001', packet: Buffer.from('<who/>') };

  it('is kept with its bytes and its peer, open until two people close it', async () => {
    at.bank = books;
    const engine = await at.engine();
    engine.onUnclaimed(one);
    await until(async () => (await recordsOf(engine, 'unclaimed')).length > 0);
    const [record] = await recordsOf(engine, 'unclaimed');
    expect(record).toMatchObject({
      peer: one.peer,
      bytes: 6,
      packet: one.packet.toString('base64'),
    });
    const [line] = await engine.deciding.closing.unclaimed();
    expect(line).toMatchObject({ record: record?.n, peer: one.peer, bytes: 6 });
    expect(JSON.stringify(line)).not.toContain('who');
    await engine.stop(0);
    const next = await at.engine();
    expect(await next.deciding.closing.unclaimed()).toHaveLength(1);
    await closed(next, String(record?.n));
    expect(await next.deciding.closing.unclaimed()).toEqual([]);
  });

  it('does not fill the disk, also not through starts', async () => {
    at.bank = books;
    const large = { ...one, packet: Buffer.alloc(1_000_000) };
    const engine = await at.engine();
    for (let n = 0; n < 15; n += 1) engine.onUnclaimed(large);
    await engine.stop(0);
    const next = await at.engine();
    for (let n = 0; n < 15; n += 1) next.onUnclaimed(large);
    await until(async () => (await recordsOf(next, 'unclaimed')).length >= 20);
    const kept = await recordsOf(next, 'unclaimed');
    expect(kept).toHaveLength(20);
    expect(JSON.stringify(kept).length).toBeLessThan(600_000);
  });
});

describe('an order in the bank’s hands', () => {
  it('is listed with its age, and no more once it is settled', async () => {
    at.bank = (asked) => {
      if (asked.action !== 'DLCIDSTT') return books(asked);
      const row = { stt: '2', status: 'AAAAAAB', statusText: 'in hand' };
      asked.answer({ status: 'AAAAAAA', statusText: 'ok', userDataList: [row] });
    };
    const engine = await at.engine(quick);
    await engine.acceptor.accept(at.source, envelopeOf('P1', 'transfer', TRANSFER), 'a');
    await until(() => engine.pending.count === 1);
    const now = () => engine.ctx.clock.now().wall;
    expect(engine.pending.list(now() + 5_000)).toMatchObject([{ id: 'P1', operation: 'transfer' }]);
    expect(engine.pending.oldest(now() + 5_000)).toBeGreaterThan(4);
    await engine.stop(0);
    // the next start sees it as soon as it asks
    const next = await at.engine(quick);
    await until(() => next.pending.count === 1);
    at.bank = books;
    await until(() => finals().length === 1);
    expect(next.pending.count).toBe(0);
  });
});
