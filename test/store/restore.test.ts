import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Restore } from '../../src/store/shapes.ts';
import {
  change,
  claim,
  claimed,
  code,
  type Ground,
  ground,
  heldOf,
  item,
  key,
  lived,
  moved,
  RETENTION_MS,
  told,
} from './ground.ts';

let at: Ground;
beforeAll(async () => {
  at = await ground();
});
afterAll(() => at.close());

function lost(id: string, phase: Restore['phase'], more: Partial<Restore> = {}): Restore {
  const { intent, expiresAt } = item(id);
  return {
    intent: { ...intent, serial: `S-${id}` },
    phase,
    life: lived(),
    attempt: 1,
    expect: null,
    dueAt: null,
    expiresAt,
    out: [],
    ...more,
  };
}

describe('P2: restoring', () => {
  it('puts back what Redis lost, with its number and its indexes', async () => {
    const store = await at.fresh();
    const dueAt = Date.now() + 1000;
    await store.restore([
      lost('r', 'received'),
      lost('s', 'sending'),
      lost('u', 'unknown', { dueAt, life: lived({ since: 77 }) }),
    ]);
    expect(await heldOf(store, 's')).toMatchObject({
      phase: 'sending',
      attempt: 1,
      // not a claim of this run: nobody may take it for one
      epoch: 0,
      intent: { serial: 'S-s' },
    });
    expect(await at.redis.get(key('serial', 'S-u'))).toBe('erp:u');
    const beat = await store.beat({ leaseMs: 1000, dueMax: 9 });
    expect(beat).toMatchObject({
      ready: 1,
      sending: [{ id: 'erp:s' }],
      doubtful: { count: 1, oldestSince: 77 },
    });
    expect(await at.redis.zscore(key('due'), 'erp:u')).toBe(String(dueAt));
    expect(await claimed(store)).toEqual(['r']);
    expect(await heldOf(store, 'r')).toMatchObject({ attempt: 2 });
    expect(await store.accept([item('u')])).toMatchObject([{ was: 'exists' }]);
    expect(await store.accept([item('u', { digest: 'other' })])).toMatchObject([
      { was: 'conflict' },
    ]);
  });

  it('puts back a final under the version it was told under, once, and forgets it in time', async () => {
    const store = await at.fresh();
    const out = { ...told('f'), version: 3 };
    const one = lost('f', 'succeeded', { out: [out], told: { body: out.body, version: 3 } });
    await store.restore([one]);
    await store.restore([one]);
    expect(await store.outbox(9)).toEqual([{ ...out, at: expect.any(String) }]);
    expect(await store.told('erp:f')).toEqual({ body: out.body, version: 3 });
    expect(await at.redis.pttl(key('i', 'erp:f'))).toBeGreaterThan(RETENTION_MS - 60_000);
    expect(await at.redis.pttl(key('serial', 'S-f'))).toBeGreaterThan(RETENTION_MS - 60_000);
  });

  it('leaves alone what is not where it is expected', async () => {
    const store = await at.fresh();
    await store.accept([item('a')]);
    const before = await heldOf(store, 'a');
    await store.restore([lost('a', 'sending')]);
    await store.restore([lost('a', 'sending', { expect: before.version + 1 })]);
    await store.restore([lost('b', 'sending', { expect: before.version })]);
    expect(await heldOf(store, 'a')).toEqual(before);
    expect(await store.held('erp:b')).toBeUndefined();
  });

  it('takes what Redis still holds as unsent out of reach of a claim', async () => {
    const store = await at.fresh();
    await store.accept([item('a', { orderKey: 'k' }), item('b', { orderKey: 'k' })]);
    const { version } = await heldOf(store, 'a');
    await store.restore([lost('a', 'sending', { expect: version })]);
    expect(await claimed(store)).toEqual([]);
    await change(store, moved(await heldOf(store, 'a'), 'succeeded'));
    expect(await claimed(store)).toEqual(['b']);
  });

  it('a final lets go whoever waited for it', async () => {
    const store = await at.fresh();
    await store.accept([item('a', { orderKey: 'k' }), item('b', { orderKey: 'k' })]);
    await store.accept([item('c', { after: 'erp:lost' })]);
    const { version } = await heldOf(store, 'a');
    await store.restore([lost('a', 'failed', { expect: version }), lost('lost', 'succeeded')]);
    expect(await claimed(store)).toEqual(['b', 'c']);
  });

  it('stands in front of everything that waits under its key', async () => {
    const store = await at.fresh();
    await store.accept([item('b', { orderKey: 'k' })]);
    await store.restore([lost('a', 'received', { orderKey: 'k' })]);
    await store.accept([item('c', { orderKey: 'k' })]);
    for (const id of ['a', 'b', 'c']) {
      expect(await claimed(store)).toEqual([id]);
      await change(store, moved(await heldOf(store, id), 'succeeded'));
    }
  });

  it('never turns one final into another', async () => {
    const store = await at.fresh();
    await store.accept([item('a')]);
    const [held] = await claim(store);
    if (held === undefined) throw new Error('nothing claimed');
    await change(store, moved(held, 'succeeded'));
    const { version } = await heldOf(store, 'a');
    expect(await code(store.restore([lost('a', 'failed', { expect: version })]))).toBe('DEFECT');
  });

  it('never overwrites a member or a freeze that Redis has', async () => {
    const store = await at.fresh();
    const member = (name: string) => ({
      account: '81',
      name,
      payout: { account: '62', name, sameBank: true },
      openedBy: 'erp:a',
      since: '20260924',
    });
    const freeze = (number: string) => ({
      id: 'erp:f',
      madeBy: 'freeze',
      holder: '81',
      amount: '1.00',
      returnTo: '80',
      number,
    });
    await store.restore([
      lost('a', 'succeeded', { member: member('one'), freeze: freeze('F1') }),
      lost('b', 'succeeded', { member: member('two'), freeze: freeze('F2') }),
    ]);
    expect(await store.member('81')).toEqual(member('one'));
    expect(await store.freeze('erp:f')).toEqual(freeze('F1'));
  });
});
