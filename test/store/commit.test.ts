import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Held } from '../../src/instruction/intent.ts';
import type { Store } from '../../src/store/store.ts';
import {
  change,
  claim,
  claimed,
  code,
  DAY_MS,
  type Ground,
  ground,
  heldOf,
  item,
  key,
  lived,
  moved,
  RETENTION_MS,
  take,
  told,
} from './ground.ts';

let at: Ground;
beforeAll(async () => {
  at = await ground();
});
afterAll(() => at.close());

async function oneClaimed(store: Store, more = {}): Promise<Held> {
  await store.accept([item('a', { serials: ['S1'], ...more })]);
  const [held] = await claim(store);
  if (held === undefined) throw new Error('nothing claimed');
  return held;
}

describe('a change', () => {
  it('moves what is where it is expected, under a new version', async () => {
    const store = await at.fresh();
    const held = await oneClaimed(store);
    expect(held).toMatchObject({ phase: 'sending', attempt: 1, epoch: store.epoch });
    const life = lived({ sent: 'maybe', since: 1_700_000_000_000 });
    const dueAt = Date.now() + 60_000;
    const { results } = await store.commit({
      changes: [moved(held, 'unknown', { life, dueAt })],
    });
    const version = store.seen;
    expect(results).toEqual([{ done: 'yes', version }]);
    expect(await heldOf(store, 'a')).toEqual({ ...held, phase: 'unknown', life, version });
    expect(await at.redis.zscore(key('due'), 'erp:a')).toBe(String(dueAt));
    expect(await at.redis.zscore(key('doubt'), 'erp:a')).toBe('1700000000000');
    expect(await at.redis.exists(key('sending'))).toBe(0);
  });

  it('is stale from any other version, and says where it stands now', async () => {
    const store = await at.fresh();
    const held = await oneClaimed(store);
    await change(store, moved(held, 'pending'));
    const now = await heldOf(store, 'a');
    const { results } = await store.commit({
      changes: [moved(held, 'unknown'), { ...moved(held, 'unknown'), id: 'erp:nobody' }],
    });
    expect(results).toEqual([{ done: 'stale', held: now }, { done: 'stale' }]);
  });

  it('made again answers the same, also after the instruction has moved on', async () => {
    const store = await at.fresh();
    const held = await oneClaimed(store);
    const out = told('a');
    const batch = { changes: [moved(held, 'received', { out: [out] })] };
    const first = await store.commit(batch);
    expect(await store.commit(batch)).toMatchObject({ results: first.results });
    await claim(store);
    expect(await store.commit(batch)).toMatchObject({ results: first.results });
    expect(await store.outbox(10)).toHaveLength(1);
    expect(await heldOf(store, 'a')).toMatchObject({ phase: 'sending', attempt: 2 });
  });

  it('of other content from the same version is not taken for the same', async () => {
    const store = await at.fresh();
    const held = await oneClaimed(store);
    await change(store, moved(held, 'unknown'));
    const other = await store.commit({ changes: [moved(held, 'succeeded', { out: [told('a')] })] });
    expect(other.results).toMatchObject([{ done: 'stale', held: { phase: 'unknown' } }]);
    expect(await store.outbox(10)).toEqual([]);
  });

  it('never turns a final into anything else, but may add evidence to it', async () => {
    const store = await at.fresh();
    const held = await oneClaimed(store);
    await change(store, moved(held, 'succeeded'));
    const final = await heldOf(store, 'a');
    for (const phase of ['failed', 'unknown', 'received'] as const) {
      expect(await code(store.commit({ changes: [moved(final, phase)] }))).toBe('DEFECT');
    }
    await change(store, moved(final, 'succeeded', { life: lived({ contradicted: true }) }));
    expect(await heldOf(store, 'a')).toMatchObject({
      phase: 'succeeded',
      life: { contradicted: true },
    });
  });

  it('never makes sending: only a claim does', async () => {
    const store = await at.fresh();
    await store.accept([item('a')]);
    const change = moved(await heldOf(store, 'a'), 'sending');
    expect(await code(store.commit({ changes: [change] }))).toBe('DEFECT');
  });

  it('gives each outbox entry a version of its own and keeps the message with its own', async () => {
    const store = await at.fresh();
    const held = await oneClaimed(store);
    const [against, result] = [told('a', 'against'), told('a', 'result')];
    await change(store, moved(held, 'unknown', { out: [against, result], message: result.body }));
    const entries = await store.outbox(10);
    expect(entries.map((entry) => entry.body)).toEqual([against.body, result.body]);
    const versions = entries.map((entry) => entry.version);
    expect(new Set(versions).size).toBe(2);
    expect(await store.told('erp:a')).toEqual({ body: result.body, version: versions[1] });
    expect(Math.max(...versions)).toBe(store.seen);
    expect((await heldOf(store, 'a')).version).toBe(versions[0]);
  });

  it('keeps members and freezes', async () => {
    const store = await at.fresh();
    const held = await oneClaimed(store);
    const member = {
      account: '810001',
      name: '张三',
      payout: { account: '6222', name: '张三', sameBank: true },
      openedBy: 'erp:a',
      since: '20260924',
    };
    const freeze = {
      id: 'erp:a',
      madeBy: 'freeze',
      holder: '810001',
      amount: '12.30',
      returnTo: '810000',
      number: 'F1',
    };
    await change(store, moved(held, 'succeeded', { member, freeze }));
    expect(await store.member('810001')).toEqual(member);
    expect(await store.members()).toEqual([member]);
    expect(await store.freeze('erp:a')).toEqual(freeze);
    expect(await store.member('810002')).toBeUndefined();
    expect(await store.freeze('erp:b')).toBeUndefined();
  });

  it('that is final is forgotten after the retention, its number with it, never before its last look', async () => {
    const store = await at.fresh();
    const held = await oneClaimed(store);
    await change(store, moved(held, 'failed'));
    for (const name of [key('i', 'erp:a'), key('serial', 'S1')]) {
      const ttl = await at.redis.pttl(name);
      expect(ttl).toBeGreaterThan(RETENTION_MS - 60_000);
      expect(ttl).toBeLessThanOrEqual(RETENTION_MS);
    }
    const dueAt = Date.now() + RETENTION_MS + DAY_MS;
    await change(store, moved(await heldOf(store, 'a'), 'failed', { dueAt }));
    expect(await at.redis.pttl(key('i', 'erp:a'))).toBeGreaterThan(RETENTION_MS + DAY_MS);
    expect(await at.redis.zscore(key('due'), 'erp:a')).toBe(String(dueAt));
  });

  it('lists the doubtful, oldest since first, until they are settled', async () => {
    const store = await at.fresh();
    await store.accept([item('a'), item('b'), item('c')]);
    const [a, b, c] = await claim(store);
    if (a === undefined || b === undefined || c === undefined) throw new Error('not claimed');
    await change(
      store,
      moved(a, 'unknown', { life: lived({ since: 3000 }) }),
      moved(b, 'manual', { life: lived({ since: 1000 }) }),
      moved(c, 'pending', { life: lived({ since: 500 }) }),
    );
    const ids = async () => (await store.doubtful(9)).map((held) => held.intent.envelope.id);
    expect(await ids()).toEqual(['b', 'a']);
    expect(await store.beat({ leaseMs: 1, dueMax: 9 })).toMatchObject({
      doubtful: { count: 2, oldestSince: 1000 },
    });
    await change(store, moved(await heldOf(store, 'b'), 'succeeded'));
    expect(await ids()).toEqual(['a']);
  });
});

describe('a claim', () => {
  it('of the same seq answers the same ones, even if they have moved meanwhile', async () => {
    const store = await at.fresh();
    await store.accept([item('a'), item('b'), item('c')]);
    const order = { changes: [], claim: { seq: 501, n: 2 } };
    const { claims } = await store.commit(order);
    expect(claims.map((held) => held.intent.envelope.id)).toEqual(['a', 'b']);
    expect(await store.commit(order)).toMatchObject({ claims });
    const [a] = claims;
    if (a === undefined) throw new Error('nothing claimed');
    await change(store, moved(a, 'pending'));
    const again = await store.commit(order);
    expect(again.claims.map((held) => held.phase)).toEqual(['pending', 'sending']);
    expect(again.ready).toBe(1);
    expect(await store.commit({ changes: [], claim: { seq: 502, n: 2 } })).toMatchObject({
      claims: [{ intent: { id: 'erp:c' } }],
    });
    // an older one has nobody waiting for it, and must not claim anew
    expect(await store.commit(order)).toMatchObject({ claims: [] });
  });

  it('of another epoch starts its seq anew', async () => {
    const store = await at.fresh();
    await store.accept([item('a'), item('b')]);
    await store.commit({ changes: [], claim: { seq: 1, n: 1 } });
    const next = at.store();
    await take(next, { run: 'run-2' });
    const { claims } = await next.commit({ changes: [], claim: { seq: 1, n: 1 } });
    expect(claims).toMatchObject([{ intent: { id: 'erp:b' }, epoch: next.epoch }]);
  });

  it('takes what the same batch let go, in the order of acceptance', async () => {
    const store = await at.fresh();
    await store.accept([
      item('a', { orderKey: 'k' }),
      item('b', { orderKey: 'k' }),
      item('c'),
      item('d'),
    ]);
    const [a] = await claim(store, 1);
    if (a === undefined) throw new Error('nothing claimed');
    const { claims, ready } = await store.commit({
      changes: [moved(a, 'succeeded')],
      claim: { seq: 999_999, n: 2 },
    });
    expect(claims.map((held) => held.intent.envelope.id)).toEqual(['b', 'c']);
    expect(ready).toBe(1);
  });

  it('never takes an expired one, nor one whose key in the index is a leftover', async () => {
    const store = await at.fresh();
    await store.accept([item('old', { expiresAt: Date.now() - 1 }), item('a')]);
    await at.redis.zadd(key('ready'), 0, 'erp:nobody');
    expect(await claimed(store)).toEqual(['a']);
    expect(await at.redis.zrange(key('ready'), 0, -1)).toEqual(['erp:old']);
  });

  it('finds the first that has not expired behind more than a page of others', async () => {
    const store = await at.fresh();
    const expired = Array.from({ length: 200 }, (_, i) => {
      return item(`old${i}`, { expiresAt: Date.now() - 1 });
    });
    await store.accept([...expired, item('a'), item('b')]);
    expect(await claimed(store, 1)).toEqual(['a']);
    expect(await claimed(store, 1)).toEqual(['b']);
  });

  it('back from sending it may be claimed again in its old place, and expires as before', async () => {
    const store = await at.fresh();
    const expiresAt = Date.now() + DAY_MS;
    await store.accept([item('a', { expiresAt }), item('b')]);
    const [a] = await claim(store, 1);
    if (a === undefined) throw new Error('nothing claimed');
    expect(await at.redis.zscore(key('due'), 'erp:a')).toBeNull();
    await change(store, moved(a, 'received'));
    expect(await at.redis.zscore(key('due'), 'erp:a')).toBe(String(expiresAt));
    expect(await claimed(store)).toEqual(['a', 'b']);
    expect(await heldOf(store, 'a')).toMatchObject({ attempt: 2 });
  });

  it('of a hundred accepted costs two scripts and one round trip each', async () => {
    const store = await at.fresh();
    const many = Array.from({ length: 100 }, (_, i) => item(`a${i}`, { serials: [`S${i}`] }));
    await at.redis.config('RESETSTAT');
    await store.accept(many);
    const claims = await claim(store, 100);
    expect(claims).toHaveLength(100);
    const stats = await at.redis.info('commandstats');
    expect(stats).toMatch(/cmdstat_evalsha:calls=2,/);
    expect(stats).not.toMatch(/cmdstat_eval:/);
  });
});
