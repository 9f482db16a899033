import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import {
  change,
  claim,
  claimed,
  DAY_MS,
  type Ground,
  ground,
  heldOf,
  item,
  key,
  moved,
  told,
} from './ground.ts';

let at: Ground;
beforeAll(async () => {
  at = await ground();
});
afterAll(() => at.close());

const settle = async (store: Store, id: string, phase: 'succeeded' | 'failed' = 'succeeded') =>
  change(store, moved(await heldOf(store, id), phase));

describe('an order key', () => {
  it('R22: lets a hundred go one by one, first accepted first', async () => {
    const store = await at.fresh();
    const ids = Array.from({ length: 100 }, (_, i) => `a${i}`);
    await store.accept(ids.map((id) => item(id, { orderKey: 'k' })));
    const went: string[] = [];
    for (let i = 0; i < 100; i += 1) {
      const now = await claimed(store);
      expect(now).toHaveLength(1);
      went.push(...now);
      await settle(store, now[0] ?? '');
    }
    expect(went).toEqual(ids);
    expect(await at.redis.exists(key('order', 'k'))).toBe(0);
  });

  it('R22: is held by its head until that is released: pending may, unknown does not', async () => {
    const store = await at.fresh();
    await store.accept(['a', 'b', 'c'].map((id) => item(id, { orderKey: 'k' })));
    const [a] = await claim(store);
    if (a === undefined) throw new Error('nothing claimed');
    await change(store, moved(a, 'unknown'));
    expect(await claimed(store)).toEqual([]);
    await change(store, moved(await heldOf(store, 'a'), 'pending', { release: true }));
    expect(await claimed(store)).toEqual(['b']);
    // released once: settling it later lets nobody else go
    await settle(store, 'a');
    expect(await claimed(store)).toEqual([]);
    await settle(store, 'b');
    expect(await claimed(store)).toEqual(['c']);
  });

  it('is not let go when its head comes back unsent', async () => {
    const store = await at.fresh();
    await store.accept(['a', 'b'].map((id) => item(id, { orderKey: 'k' })));
    const [a] = await claim(store);
    if (a === undefined) throw new Error('nothing claimed');
    await change(store, moved(a, 'received'));
    expect(await claimed(store)).toEqual(['a']);
  });

  it('passes over those that ended in the middle, also many pages of them', async () => {
    const store = await at.fresh();
    const ids = Array.from({ length: 200 }, (_, i) => `a${i}`);
    await store.accept(ids.map((id) => item(id, { orderKey: 'k' })));
    for (const id of ids.slice(1, 199)) await settle(store, id, 'failed');
    expect(await at.redis.llen(key('order', 'k'))).toBe(200);
    expect(await claimed(store)).toEqual(['a0']);
    await settle(store, 'a0');
    expect(await at.redis.lrange(key('order', 'k'), 0, -1)).toEqual(['erp:a199']);
    expect(await claimed(store)).toEqual(['a199']);
  });

  it('goes on when its waiting head ends, or is forgotten by Redis', async () => {
    const store = await at.fresh();
    await store.accept(['a', 'b', 'c', 'd'].map((id) => item(id, { orderKey: 'k' })));
    await settle(store, 'a', 'failed');
    expect(await claimed(store)).toEqual(['b']);
    await at.redis.del(key('i', 'erp:c'));
    await settle(store, 'b');
    expect(await claimed(store)).toEqual(['d']);
  });

  it('settled together in one batch, in whatever order, lets the right one go', async () => {
    const store = await at.fresh();
    await store.accept(['a', 'b', 'c', 'd'].map((id) => item(id, { orderKey: 'k' })));
    const [a] = await claim(store);
    if (a === undefined) throw new Error('nothing claimed');
    const [b, c] = [await heldOf(store, 'b'), await heldOf(store, 'c')];
    await change(store, moved(c, 'failed'), moved(a, 'succeeded'), moved(b, 'failed'));
    expect(await claimed(store)).toEqual(['d']);
  });

  it('R22: that is blocked stands in nobody else’s way', async () => {
    const store = await at.fresh();
    const blocked = Array.from({ length: 50 }, (_, k) =>
      Array.from({ length: 3 }, (_, i) => item(`k${k}n${i}`, { orderKey: `key-${k}` })),
    );
    await store.accept(blocked.flat());
    const heads = await claim(store);
    expect(heads).toHaveLength(50);
    await change(store, ...heads.map((held) => moved(held, 'unknown')));
    await store.accept([item('free'), item('keyed', { orderKey: 'other' })]);
    const { claims, ready } = await store.commit({ changes: [], claim: { seq: 1e6, n: 100 } });
    expect(claims.map((held) => held.intent.envelope.id)).toEqual(['free', 'keyed']);
    expect(ready).toBe(0);
  });
});

describe('after', () => {
  it('waits until the other is known and released', async () => {
    const store = await at.fresh();
    await store.accept([item('b', { after: 'erp:a' }), item('c', { after: 'erp:a' })]);
    expect(await claimed(store)).toEqual([]);
    await store.accept([item('a')]);
    expect(await claimed(store)).toEqual(['a']);
    await change(store, moved(await heldOf(store, 'a'), 'pending', { release: true }));
    expect(await claimed(store)).toEqual(['b', 'c']);
    expect(await at.redis.exists(key('after', 'erp:a'))).toBe(0);
  });

  it('waits for nothing when the other was released before, or fails at the door', async () => {
    const store = await at.fresh();
    await store.accept([item('a')]);
    await settle(store, 'a', 'failed');
    await store.accept([item('b', { after: 'erp:a' }), item('c', { after: 'erp:d' })]);
    expect(await claimed(store)).toEqual(['b']);
    await store.accept([item('d', { phase: 'failed', aside: true, out: [told('d')] })]);
    expect(await claimed(store)).toEqual(['c']);
  });

  it('holds in one batch, too, whichever comes first', async () => {
    const store = await at.fresh();
    await store.accept([
      item('b', { after: 'erp:a' }),
      item('a'),
      item('y', { after: 'erp:x' }),
      item('x', { phase: 'failed', aside: true }),
    ]);
    expect(await claimed(store)).toEqual(['a', 'y']);
    await settle(store, 'a');
    expect(await claimed(store)).toEqual(['b']);
  });

  it('and an order key hold together', async () => {
    const store = await at.fresh();
    await store.accept([
      item('head', { orderKey: 'k' }),
      item('b', { orderKey: 'k', after: 'erp:a' }),
      item('a'),
    ]);
    expect(await claimed(store)).toEqual(['head', 'a']);
    await settle(store, 'head');
    expect(await claimed(store)).toEqual([]);
    await settle(store, 'a');
    expect(await claimed(store)).toEqual(['b']);
  });

  it('leaves nothing behind when the one that waits ends', async () => {
    const store = await at.fresh();
    await store.accept([item('b', { after: 'erp:nobody' })]);
    await settle(store, 'b', 'failed');
    expect(await at.redis.keys(`${key('after')}*`)).toEqual([]);
  });
});

describe('notBefore', () => {
  it('is not claimed before its time, then by the claim itself', async () => {
    const store = await at.fresh();
    const soon = Date.now() + 150;
    await store.accept([item('a', { notBeforeMs: soon }), item('b')]);
    expect(await claimed(store)).toEqual(['b']);
    expect(await store.beat({ leaseMs: 1000, dueMax: 1 })).toMatchObject({
      ready: 0,
      nextReadyAt: soon,
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await claimed(store)).toEqual(['a']);
  });

  it('is seen as ready by the heartbeat once its time has come', async () => {
    const store = await at.fresh();
    await store.accept([item('a', { notBeforeMs: Date.now() + 100 })]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await store.beat({ leaseMs: 1000, dueMax: 1 })).toMatchObject({
      ready: 1,
      nextReadyAt: null,
    });
  });

  it('of a head holds its key; one that ended meanwhile is claimed by nobody', async () => {
    const store = await at.fresh();
    await store.accept([
      item('a', { orderKey: 'k', notBeforeMs: Date.now() + DAY_MS / 2 }),
      item('b', { orderKey: 'k' }),
    ]);
    expect(await claimed(store)).toEqual([]);
    await settle(store, 'a', 'failed');
    expect(await at.redis.exists(key('later'))).toBe(0);
    expect(await claimed(store)).toEqual(['b']);
  });
});
