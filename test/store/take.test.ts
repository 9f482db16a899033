import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claim, claimed, code, type Ground, ground, item, key, moved, take } from './ground.ts';

let at: Ground;
beforeAll(async () => {
  at = await ground();
});
afterAll(() => at.close());

const JUMP = 2 ** 32;
/** past whatever a journal that is missing may have seen */
const FAR_JUMP = 2 ** 40;

describe('taking a link', () => {
  it('gives a new epoch each time, and the earlier owner is stale', async () => {
    const first = await at.fresh();
    const second = at.store();
    const taken = await take(second, { run: 'run-2' });
    expect(taken.epoch).toBeGreaterThan(first.epoch);
    expect(second.epoch).toBe(taken.epoch);
    expect(await code(first.commit({ changes: [] }))).toBe('STALE_EPOCH');
    expect(await code(first.beat({ leaseMs: 1, dueMax: 1 }))).toBe('STALE_EPOCH');
    expect(await code(first.restore([]))).toBe('STALE_EPOCH');
    expect(await code(first.mark({ account: 'a', day: 'd', entries: [] }))).toBe('STALE_EPOCH');
    expect(await code(first.forgetDay('a', 'd'))).toBe('STALE_EPOCH');
    expect(await code(second.commit({ changes: [] }))).toBe('no error');
  });

  it('two claimers: the one of the old epoch changes nothing and claims nothing', async () => {
    const old = await at.fresh();
    await old.accept([item('a'), item('b')]);
    const [held] = await claim(old, 1);
    if (held === undefined) throw new Error('nothing claimed');
    const young = at.store();
    expect((await take(young, { run: 'run-2' })).sending).toEqual(['erp:a']);
    const batch = { changes: [moved(held, 'succeeded')], claim: { seq: 900, n: 9 } };
    expect(await code(old.commit(batch))).toBe('STALE_EPOCH');
    expect((await young.held('erp:a'))?.phase).toBe('sending');
    expect(await claimed(young)).toEqual(['b']);
  });

  it('anybody may accept, whoever owns the link', async () => {
    const old = await at.fresh();
    await take(at.store(), { run: 'run-2' });
    expect(await old.accept([item('a')])).toMatchObject([{ was: 'new' }]);
  });

  it("is refused while another journal's lease lives, not for the same journal", async () => {
    const first = await at.fresh();
    expect(await code(take(at.store(), { run: 'run-2', journal: 'journal-b' }))).toBe(
      'LINK_LEASED',
    );
    expect(await code(first.commit({ changes: [] }))).toBe('no error');
    expect(await code(take(at.store(), { run: 'run-2' }))).toBe('no error');
  });

  it('goes to another journal after the lease was given up, if nothing was ever claimed', async () => {
    const first = await at.fresh();
    await first.accept([item('a')]);
    await first.leave();
    const second = at.store();
    expect(await code(take(second, { run: 'run-2', journal: 'journal-b' }))).toBe('no error');
    expect(await claimed(second)).toEqual(['a']);
  });

  it('R3: another journal gets it to ask only, once anything was claimed, and stays so', async () => {
    const first = await at.fresh();
    await first.accept([item('a'), item('b')]);
    const [held] = await claim(first, 1);
    if (held === undefined) throw new Error('nothing claimed');
    await first.commit({ changes: [moved(held, 'succeeded')], records: 7 });
    await first.leave();
    const other = { run: 'run-2', journal: 'journal-b' };
    const second = at.store();
    const missing = { journal: 'journal-a', records: 7 };
    expect(await take(second, other)).toMatchObject({ asks: missing, epoch: FAR_JUMP });
    expect(await code(claim(second))).toBe('DEFECT');
    expect(await second.accept([item('c')])).toMatchObject([{ was: 'new' }]);
    // what it says of itself says nothing of the journal that is missing
    await second.beat({ leaseMs: 1, dueMax: 1 });
    const third = at.store();
    const again = await take(third, { ...other, run: 'run-3' });
    expect(again).toMatchObject({ asks: missing });
    expect(again.epoch).toBeLessThan(FAR_JUMP * 2);
    await third.leave();
    expect(await take(at.store(), { run: 'run-4', records: 7 })).not.toHaveProperty('asks');
  });

  it('R3: with less of a journal than Redis has seen of it, it may only ask', async () => {
    const first = await at.fresh();
    await first.accept([item('a')]);
    await claim(first);
    await first.beat({ leaseMs: 1, dueMax: 1, records: 7 });
    const missing = { journal: 'journal-a', records: 7 };
    // an older copy of its own
    expect(await take(at.store(), { run: 'run-2', records: 6 })).toMatchObject({ asks: missing });
    const other = { run: 'run-3', journal: 'journal-b', records: 90 };
    await at.redis.hset(key('meta'), 'lease', '0');
    const part = [{ journal: 'journal-a', records: 6 }];
    expect(await take(at.store(), { ...other, covered: part })).toMatchObject({ asks: missing });
    // all of it: what Redis does not know is to be put back
    const whole = [{ journal: 'journal-a', records: 7 }];
    const taken = await take(at.store(), { ...other, covered: whole });
    expect(taken).toMatchObject({ rolledBack: true });
    expect(taken).not.toHaveProperty('asks');
    await at.redis.hset(key('meta'), 'lease', '0');
    expect(await take(at.store(), { run: 'run-4', records: 7 })).toMatchObject({
      asks: { journal: 'journal-b', records: 90 },
    });
  });

  it('R3: is released to whoever asks, by an owner, and then claims', async () => {
    const first = await at.fresh();
    await first.accept([item('a'), item('b')]);
    await claim(first, 1);
    await first.leave();
    const second = at.store();
    await take(second, { run: 'run-2', journal: 'journal-b' });
    await second.release('journal-b', 3);
    expect(await code(first.release('journal-a', 3))).toBe('STALE_EPOCH');
    expect(await claimed(second)).toEqual(['b']);
    await second.leave();
    expect(await take(at.store(), { run: 'run-3' })).toMatchObject({
      asks: { journal: 'journal-b', records: 3 },
    });
  });

  it('R3: who misses records of its own may only ask, at once or if Redis is behind', async () => {
    const store = await at.fresh();
    await store.accept([item('a')]);
    expect(await take(at.store(), { asks: 'behind', seen: store.seen })).not.toHaveProperty('asks');
    expect(await take(at.store(), { asks: 'behind', seen: store.seen + 9 })).toMatchObject({
      asks: 'own',
    });
    expect(await take(at.store(), { asks: 'own' })).toMatchObject({ asks: 'own' });
    expect(await take(at.store())).not.toHaveProperty('asks');
  });

  it('lets a lease run out by itself', async () => {
    await at.redis.flushall();
    await take(at.store(), { leaseMs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await code(take(at.store(), { run: 'run-2', journal: 'journal-b' }))).toBe('no error');
  });

  it('a late leave does not end the lease of the next owner', async () => {
    const first = await at.fresh();
    await take(at.store(), { run: 'run-2' });
    await first.leave();
    expect(await code(take(at.store(), { run: 'run-3', journal: 'journal-b' }))).toBe(
      'LINK_LEASED',
    );
  });
});

describe('a Redis behind the journal', () => {
  it('is raised past anything ever published, and every later version is above', async () => {
    await at.redis.flushall();
    const store = at.store();
    const taken = await take(store, { seen: 1234 });
    expect(taken).toMatchObject({ rolledBack: true, epoch: JUMP });
    const [accepted] = await store.accept([item('a')]);
    expect(accepted).toMatchObject({ was: 'new', version: JUMP + 1 });
  });

  it('R3: is given to another journal to ask only, however empty it is', async () => {
    await at.redis.flushall();
    const store = at.store();
    await take(store, { seen: 50 });
    await store.leave();
    const other = { run: 'run-2', journal: 'journal-b' };
    expect(await take(at.store(), other)).toMatchObject({ asks: { journal: 'journal-a' } });
  });

  it('jumps from one multiple to the next, exactly, far above 32 bits', async () => {
    await at.redis.flushall();
    const seen = JUMP * 2_000_000 + 17;
    const store = at.store();
    expect((await take(store, { seen })).epoch).toBe(JUMP * 2_000_001);
    await store.accept([item('a')]);
    const [held] = await claim(store);
    expect(held?.version).toBe(JUMP * 2_000_001 + 2);
    expect(await at.redis.zscore(key('sending'), 'erp:a')).toBe(String(JUMP * 2_000_001 + 2));
  });

  it('is not said to be behind when it is level', async () => {
    const first = await at.fresh();
    await first.accept([item('a')]);
    const again = await take(at.store(), { run: 'run-2', seen: first.seen });
    expect(again.rolledBack).toBe(false);
    expect(again.epoch).toBe(first.seen + 1);
  });

  it('stays so until the owner claims: who dies while putting things back finds it again', async () => {
    await at.redis.flushall();
    await take(at.store(), { seen: 50 });
    const second = at.store();
    const taken = await take(second, { run: 'run-2', seen: JUMP + 5 });
    expect(taken.rolledBack).toBe(true);
    await claim(second);
    expect((await take(at.store(), { run: 'run-3', seen: second.seen })).rolledBack).toBe(false);
  });
});
