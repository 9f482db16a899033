/** What is wrong is found before anything is changed, at every script and every key it touches (R4, R26). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TYPE_OF } from '../../src/store/keys.ts';
import { openStore } from '../../src/store/redis-store.ts';
import type { Store } from '../../src/store/store.ts';
import {
  claimed,
  code,
  type Ground,
  ground,
  item,
  key,
  picture,
  RETENTION_MS,
  take,
} from './ground.ts';
import { reading, type Scene, taking, writing } from './scenes.ts';

let at: Ground;
beforeAll(async () => {
  at = await ground();
});
afterAll(() => at.close());

async function prepared(scene: Scene): Promise<Store> {
  const store = await at.fresh();
  await scene.prepare(store, at.redis);
  return store;
}

/** The keys a script reads or writes, as Redis itself saw them. */
async function touched(scene: Scene): Promise<string[]> {
  const store = await prepared(scene);
  const monitor = await at.redis.monitor();
  const names = new Set<string>();
  monitor.on('monitor', (_time: string, args: string[], source: string) => {
    if (source === 'lua' && args[1] !== undefined) names.add(args[1]);
  });
  await scene.call(store);
  await at.redis.ping('end');
  await new Promise((resolve) => setTimeout(resolve, 30));
  monitor.disconnect();
  return [...names].sort();
}

const partOf = (name: string): string => name.slice(key('i').length - 1).split(':')[0] ?? '';

async function plant(name: string): Promise<void> {
  await at.redis.del(name);
  if (TYPE_OF[partOf(name) as keyof typeof TYPE_OF] === 'string') await at.redis.lpush(name, 'x');
  else await at.redis.set(name, 'x');
}

describe('a key of another type', () => {
  it.each([...writing, taking, ...reading])(
    'refuses $name and nothing changes',
    async (scene) => {
      const names = await touched(scene);
      expect(names).toContain(key('meta'));
      for (const name of names) {
        const store = await prepared(scene);
        await plant(name);
        const before = await picture(at.redis);
        const error = await scene.call(store).catch((cause: unknown) => cause);
        expect(error).toMatchObject({ code: 'REDIS_WRONG_TYPE', path: partOf(name) });
        expect(await picture(at.redis), name).toEqual(before);
      }
    },
    60_000,
  );

  it('is planted at every part somewhere above', async () => {
    const parts = new Set<string>();
    for (const scene of [...writing, ...reading]) {
      for (const name of await touched(scene)) parts.add(partOf(name));
    }
    expect([...parts].sort()).toEqual(Object.keys(TYPE_OF).sort());
  });
});

describe('a Redis below what was seen', () => {
  it.each([...writing, ...reading])('refuses $name and nothing changes', async (scene) => {
    const store = await prepared(scene);
    await at.redis.hset(key('meta'), 'wm', store.seen - 1);
    const before = await picture(at.redis);
    expect(await code(scene.call(store))).toBe('REDIS_ROLLED_BACK');
    expect(await picture(at.redis)).toEqual(before);
    await at.redis.flushall();
    expect(await code(scene.call(store))).toBe('REDIS_ROLLED_BACK');
    expect(await at.redis.keys('*')).toEqual([]);
  });

  it('is taken again above everything by the process that has seen more', async () => {
    const store = await prepared(taking);
    await at.redis.flushall();
    expect(await take(store)).toMatchObject({ rolledBack: true, epoch: 2 ** 32 });
  });
});

describe('a stale epoch', () => {
  const owners = new Set(['commit', 'beat', 'restore', 'mark', 'forget']);
  it.each(writing.filter((scene) => owners.has(scene.name)))(
    'refuses $name and nothing changes',
    async (scene) => {
      const store = await prepared(scene);
      await take(at.store(), { run: 'run-2' });
      const before = await picture(at.redis);
      expect(await code(scene.call(store))).toBe('STALE_EPOCH');
      expect(await picture(at.redis)).toEqual(before);
    },
  );
});

describe('other damage', () => {
  it('a record that is not ours is a defect that shows nothing of it', async () => {
    const store = await at.fresh();
    await store.accept([item('a')]);
    await at.redis.hset(key('i', 'erp:a'), 'life', '{"name":"张三"}');
    const error = await store.held('erp:a').catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'DEFECT' });
    expect(String(error)).not.toContain('张三');
    await at.redis.hdel(key('i', 'erp:a'), 'version');
    expect(await code(store.held('erp:a'))).toBe('DEFECT');
  });

  it.each([...writing, taking, ...reading])(
    'that Redis has forgotten its scripts does not matter to $name',
    async (scene) => {
      const store = await prepared(scene);
      await at.redis.script('FLUSH');
      expect(await code(scene.call(store))).toBe('no error');
    },
  );

  it('another link in the same Redis is another world', async () => {
    const store = await at.fresh();
    const other = openStore(at.redis, 'other', { retentionMs: RETENTION_MS });
    await take(other, { run: 'run-2', journal: 'journal-b' });
    const a = item('a', { serials: ['S1'], orderKey: 'k' });
    expect(await store.accept([a])).toMatchObject([{ was: 'new', serial: 'S1' }]);
    expect(await other.accept([a])).toMatchObject([{ was: 'new', serial: 'S1' }]);
    expect(await claimed(store)).toEqual(['a']);
    expect(await claimed(other)).toEqual(['a']);
  });
});
