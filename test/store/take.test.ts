import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  change,
  claim,
  claimed,
  code,
  type Ground,
  ground,
  item,
  key,
  moved,
  take,
} from './ground.ts';

let at: Ground;
beforeAll(async () => {
  at = await ground();
});
afterAll(() => at.close());

const JUMP = 2 ** 32;

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

  it('is refused to another journal once anything was claimed, and stays so', async () => {
    const first = await at.fresh();
    await first.accept([item('a')]);
    const [held] = await claim(first);
    if (held === undefined) throw new Error('nothing claimed');
    await change(first, moved(held, 'succeeded'));
    await first.leave();
    const other = { run: 'run-2', journal: 'journal-b' };
    expect(await code(take(at.store(), other))).toBe('JOURNAL_FOREIGN');
    expect(await code(take(at.store(), { run: 'run-3' }))).toBe('no error');
  });

  it('lets a lease run out by itself', async () => {
    await at.redis.flushall();
    await at.store().take({ run: 'run-1', journal: 'journal-a', seen: 0, leaseMs: 1 });
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

  it('is not given to another journal, however empty it is', async () => {
    await at.redis.flushall();
    const store = at.store();
    await take(store, { seen: 50 });
    await store.leave();
    const other = { run: 'run-2', journal: 'journal-b' };
    expect(await code(take(at.store(), other))).toBe('JOURNAL_FOREIGN');
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
