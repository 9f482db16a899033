/** Two people and a process that may die between any two of their steps: decided once, or not at all. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LinkEngine } from '../../src/engine/link-engine.ts';
import { keyOf } from '../../src/store/keys.ts';
import { type Bench, bench, LINK } from './bench.ts';
import { envelopeOf, results, TRANSFER, until } from './orders.ts';

let at: Bench;
beforeEach(async () => {
  at = await bench();
});
afterEach(() => at.close());

const quick = { link: { ladder: { firstMs: 10, negativesMin: 1, manualEveryMs: 200 } } };
const ID = 'erp:P1';
const wish = {
  action: 'resolve' as const,
  subject: ID,
  id: ID,
  outcome: 'failed' as const,
  who: 'Li Hua',
  evidence: 'the bank wrote so',
};
const phaseOf = async (id = ID) => at.redis.hget(keyOf(LINK, 'i', id), 'phase');
const finals = (id = 'P1') => results(at, id).filter(({ final }) => final);
const kinds = async (engine: LinkEngine) => {
  const found: string[] = [];
  for await (const { kind } of engine.ctx.journal.records({ link: LINK, id: ID })) {
    if (!found.includes(kind)) found.push(kind);
  }
  return found;
};

/** Written, not answered, and denied by the inquiry: with people. */
async function withPeople(operation = 'transfer', body: Record<string, unknown> = TRANSFER) {
  at.bank = (asked) => {
    if (asked.action === 'DLCIDSTT') asked.answer({ status: 'ED02083', statusText: 'none' });
    else asked.end({ type: 'silent', why: 'deadline' });
  };
  const engine = await at.engine(quick);
  await engine.acceptor.accept(at.source, envelopeOf('P1', operation, body), 'a');
  await until(async () => (await phaseOf()) === 'manual');
  return engine;
}

/** Dies at this failpoint; the next start finds what is left. */
async function killedAt(engine: LinkEngine, failpoint: string, act: () => Promise<unknown>) {
  at.at = (here) => {
    if (here === failpoint) throw new Error('killed here');
  };
  await expect(act()).rejects.toThrow('killed here');
  await engine.stop(0);
  at.at = () => undefined;
}

describe('an instruction with people', () => {
  it('is settled by two of them, and the final names their approval', async () => {
    const engine = await withPeople();
    const { number } = await engine.deciding.twoPeople.propose(wish);
    expect(await phaseOf()).toBe('manual');
    const same = engine.deciding.twoPeople.approve({ proposal: number, who: 'LI HUA' });
    await expect(same).rejects.toMatchObject({ code: 'SAME_PERSON' });
    const taken = await engine.deciding.twoPeople.approve({ proposal: number, who: 'Wang Fang' });
    expect(taken).toMatchObject({ outcome: 'failed' });
    await until(() => finals().length === 1);
    expect(finals()[0]).toMatchObject({
      outcome: 'failed',
      reason: 'resolved',
      proof: { kind: 'people', record: taken.record },
    });
    expect(await engine.ctx.journal.read(taken.record)).toMatchObject({
      kind: 'approval',
      proposal: number,
      proposedBy: 'Li Hua',
      who: 'Wang Fang',
    });
    const more = engine.deciding.twoPeople.propose({ ...wish, outcome: 'succeeded' });
    await expect(more).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('R9: is not settled by what was seen before the bank showed it', async () => {
    const engine = await withPeople();
    const { number } = await engine.deciding.twoPeople.propose(wish);
    at.bank = (asked) =>
      asked.answer({
        status: 'AAAAAAA',
        statusText: 'ok',
        userDataList: [{ stt: '2', status: 'AAAAAAB', statusText: 'in hand' }],
      });
    await until(async () => (await phaseOf()) !== 'manual');
    const late = engine.deciding.twoPeople.approve({ proposal: number, who: 'Wang Fang' });
    await expect(late).rejects.toMatchObject({ code: 'PROPOSAL_VOID', detail: 'moved' });
    expect(await engine.deciding.twoPeople.list()).toMatchObject([
      { proposal: number, state: 'moved' },
    ]);
    expect(finals()).toEqual([]);
    expect(await kinds(engine)).not.toContain('approval');
  });

  it('is settled once however many approve at the same time', async () => {
    const engine = await withPeople();
    const { number } = await engine.deciding.twoPeople.propose(wish);
    const all = await Promise.allSettled(
      ['Wang Fang', 'Zhang Wei', 'Zhao Lei'].map((who) =>
        engine.deciding.twoPeople.approve({ proposal: number, who }),
      ),
    );
    expect(all.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    await until(() => finals().length === 1);
  });
});

describe('a kill', () => {
  it('between proposal and answer leaves a proposal that can be approved', async () => {
    const engine = await withPeople();
    await killedAt(engine, 'proposal-recorded', () => engine.deciding.twoPeople.propose(wish));
    const next = await at.engine(quick);
    const [left] = await next.deciding.twoPeople.list();
    expect(left).toMatchObject({ who: 'Li Hua', outcome: 'failed', state: 'open' });
    const again = next.deciding.twoPeople.propose({ ...wish, who: 'Wang Fang' });
    await expect(again).rejects.toMatchObject({ code: 'PROPOSAL_EXISTS' });
    await next.deciding.twoPeople.approve({ proposal: left?.proposal ?? 0, who: 'Wang Fang' });
    await until(() => finals().length === 1);
  });

  it.each(['with', 'without'])(
    'between approval and outcome is carried out by the next start, %s what Redis had',
    async (redis) => {
      const engine = await withPeople();
      const { number } = await engine.deciding.twoPeople.propose(wish);
      const approve = () =>
        engine.deciding.twoPeople.approve({ proposal: number, who: 'Wang Fang' });
      await killedAt(engine, 'approval-recorded', approve);
      expect(finals()).toEqual([]);
      if (redis === 'without') await at.redis.flushall();
      const next = await at.engine(quick);
      await until(() => finals().length === 1);
      expect(finals()[0]).toMatchObject({ outcome: 'failed', reason: 'resolved' });
      expect(await next.deciding.twoPeople.list()).toEqual([]);
      // and no start after it does it again
      await next.stop(0);
      await at.engine(quick);
      expect(finals()).toHaveLength(1);
    },
  );

  it('does not end a freeze without its number that two people have confirmed', async () => {
    const engine = await withPeople('freeze', { account: TRANSFER.from, amount: '5.00' });
    const { number } = await engine.deciding.twoPeople.propose({ ...wish, outcome: 'succeeded' });
    await engine.deciding.twoPeople.approve({ proposal: number, who: 'Wang Fang' });
    expect(await phaseOf()).toBe('pending');
    await engine.stop(0);
    // the bank does not show the number yet
    at.bank = (asked) => asked.answer({ status: 'PBRA001', statusText: 'none' });
    await at.engine(quick);
    expect(await phaseOf()).toBe('pending');
    expect(finals()).toEqual([]);
  });
});
