import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  change,
  claim,
  code,
  type Ground,
  ground,
  heldOf,
  item,
  key,
  moved,
  take,
  told,
} from './ground.ts';

let at: Ground;
beforeAll(async () => {
  at = await ground();
});
afterAll(() => at.close());

const beat = { leaseMs: 1000, dueMax: 10 };

describe('the heartbeat', () => {
  it('says what there is', async () => {
    const store = await at.fresh();
    await store.accept([item('a'), item('b'), item('c')]);
    const [a, b] = await claim(store, 2);
    if (a === undefined || b === undefined) throw new Error('not claimed');
    await change(store, moved(a, 'succeeded', { out: [told('a')] }));
    const seen = await store.beat(beat);
    expect(seen).toMatchObject({
      ready: 1,
      nextReadyAt: null,
      due: [],
      sending: [{ id: 'erp:b', attempt: 1, epoch: store.epoch }],
      doubtful: { count: 0, oldestSince: null },
      outbox: 1,
    });
    expect(Math.abs(seen.time - Date.now())).toBeLessThan(2000);
  });

  it('gives what is due, earliest first, at most so many, and again until it is seen to', async () => {
    const store = await at.fresh();
    const now = Date.now();
    await store.accept(['a', 'b', 'c'].map((id) => item(id)));
    const claims = await claim(store);
    const dueAt = [now - 10, now - 30, now - 20];
    await change(
      store,
      ...claims.map((held, i) => moved(held, 'unknown', { dueAt: dueAt[i] ?? null })),
    );
    const due = async (dueMax: number) =>
      (await store.beat({ leaseMs: 1000, dueMax })).due.map((held) => held.intent.envelope.id);
    expect(await due(2)).toEqual(['b', 'c']);
    expect(await due(10)).toEqual(['b', 'c', 'a']);
    await change(store, moved(await heldOf(store, 'b'), 'unknown', { dueAt: now + 60_000 }));
    await change(store, moved(await heldOf(store, 'c'), 'succeeded'));
    expect(await due(10)).toEqual(['a']);
  });

  it('never gives what is being sent, and drops what Redis has forgotten', async () => {
    const store = await at.fresh();
    await store.accept([item('a')]);
    await claim(store);
    await at.redis.zadd(key('due'), 1, 'erp:a', 1, 'erp:gone');
    expect((await store.beat(beat)).due).toEqual([]);
    expect(await at.redis.exists(key('due'))).toBe(0);
  });

  it('renews the lease', async () => {
    const store = await at.fresh();
    await store.leave();
    await store.beat({ leaseMs: 60_000, dueMax: 1 });
    expect(await code(take(at.store(), { run: 'run-2', journal: 'journal-b' }))).toBe(
      'LINK_LEASED',
    );
  });
});
