import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  claimed,
  code,
  DAY_MS,
  type Ground,
  ground,
  heldOf,
  item,
  key,
  lived,
  RETENTION_MS,
  told,
} from './ground.ts';

let at: Ground;
beforeAll(async () => {
  at = await ground();
});
afterAll(() => at.close());

describe('accepting', () => {
  it('answers new once, then exists with where it stands', async () => {
    const store = await at.fresh();
    const a = item('a', { serials: ['S1'] });
    expect(await store.accept([a])).toEqual([{ was: 'new', version: 2, serial: 'S1' }]);
    const [again] = await store.accept([a]);
    expect(again).toEqual({
      was: 'exists',
      held: {
        intent: { ...a.intent, serial: 'S1' },
        phase: 'received',
        life: a.life,
        version: 2,
        attempt: 0,
        epoch: 0,
      },
    });
  });

  it('refuses other content under a known id and touches nothing', async () => {
    const store = await at.fresh();
    await store.accept([item('a', { digest: 'one' })]);
    const before = await heldOf(store, 'a');
    const [answer] = await store.accept([item('a', { digest: 'two', serials: ['S9'] })]);
    expect(answer).toEqual({ was: 'conflict', digest: 'one' });
    expect(await heldOf(store, 'a')).toEqual(before);
    expect(await at.redis.exists(key('serial', 'S9'))).toBe(0);
  });

  it('lets items of one batch see each other: ids, numbers and order', async () => {
    const store = await at.fresh();
    const answers = await store.accept([
      item('a', { orderKey: 'k', serials: ['S1', 'S2'] }),
      item('b', { orderKey: 'k', serials: ['S1', 'S2'] }),
      item('c', { serials: ['S1', 'S2'] }),
      item('a', { orderKey: 'k', serials: ['S1', 'S2'] }),
      item('b', { digest: 'other' }),
    ]);
    expect(answers).toMatchObject([
      { was: 'new', serial: 'S1' },
      { was: 'new', serial: 'S2' },
      { was: 'serials-taken' },
      { was: 'exists', held: { intent: { serial: 'S1' } } },
      { was: 'conflict' },
    ]);
    expect(await store.held('erp:c')).toBeUndefined();
    expect(await claimed(store)).toEqual(['a']);
  });

  it('takes the next number where another id owns the first, and its own back where it owns it', async () => {
    const store = await at.fresh();
    await store.accept([item('a', { serials: ['S1'] })]);
    expect(await store.accept([item('b', { serials: ['S1', 'S2'] })])).toMatchObject([
      { was: 'new', serial: 'S2' },
    ]);
    await at.redis.set(key('serial', 'S7'), 'erp:c');
    expect(await store.accept([item('c', { serials: ['S7', 'S8'] })])).toMatchObject([
      { was: 'new', serial: 'S7' },
    ]);
    expect(await at.redis.get(key('serial', 'S2'))).toBe('erp:b');
  });

  it('burns the id of one refused at the door: told once, known, forgotten after the retention', async () => {
    const store = await at.fresh();
    const out = told('a', 'no');
    const refused = item('a', {
      phase: 'failed',
      life: lived({ reason: 'invalid' }),
      aside: true,
      out: [out],
      message: out.body,
    });
    const [answer] = await store.accept([refused]);
    const version = answer?.was === 'new' ? answer.version : 0;
    expect(await store.outbox(10)).toEqual([{ ...out, at: expect.any(String), version }]);
    const [again] = await store.accept([refused]);
    expect(again).toMatchObject({
      was: 'exists',
      held: { phase: 'failed' },
      told: { body: out.body, version },
    });
    expect(await store.outbox(10)).toHaveLength(1);
    const ttl = await at.redis.pttl(key('i', 'erp:a'));
    expect(ttl).toBeGreaterThan(RETENTION_MS - 60_000);
    expect(ttl).toBeLessThanOrEqual(RETENTION_MS);
    expect(await claimed(store)).toEqual([]);
    expect(await at.redis.exists(key('due'))).toBe(0);
  });

  it('never claims what stands aside: it is due at its time, or at notBefore if that is later', async () => {
    const store = await at.fresh();
    const now = Date.now();
    await store.accept([
      item('now', { aside: true, dueAt: now, kind: 'query' }),
      item('late', { aside: true, dueAt: now, notBeforeMs: now + DAY_MS / 2, kind: 'query' }),
    ]);
    expect(await claimed(store)).toEqual([]);
    expect(await at.redis.zscore(key('due'), 'erp:now')).toBe(String(now));
    expect(await at.redis.zscore(key('due'), 'erp:late')).toBe(String(now + DAY_MS / 2));
    const { due } = await store.beat({ leaseMs: 1000, dueMax: 9 });
    expect(due.map((held) => held.intent.id)).toEqual(['erp:now']);
  });

  it('expires even while it waits', async () => {
    const store = await at.fresh();
    const past = Date.now() - 1;
    await store.accept([
      item('first', { orderKey: 'k' }),
      item('behind', { orderKey: 'k', expiresAt: past }),
      item('waiting', { after: 'erp:nobody', expiresAt: past }),
      item('later', { notBeforeMs: Date.now() + DAY_MS, expiresAt: past }),
    ]);
    const { due } = await store.beat({ leaseMs: 1000, dueMax: 9 });
    expect(due.map((held) => held.intent.envelope.id)).toEqual(['behind', 'later', 'waiting']);
  });

  it('keeps any text in keys of the ledger', async () => {
    const store = await at.fresh();
    const orderKey = '账户 \u{1F600} \ud800 "\n:{}\u0000';
    await store.accept([item('a', { orderKey }), item('b', { orderKey })]);
    expect(await claimed(store)).toEqual(['a']);
  });

  it('refuses more than 256 at once before anything is sent', async () => {
    const store = await at.fresh();
    const many = Array.from({ length: 257 }, (_, i) => item(`a${i}`));
    expect(await code(store.accept(many))).toBe('DEFECT');
    expect(await at.redis.exists(key('ready'))).toBe(0);
  });
});
