/** ioredis sends again what was not answered: every script asked twice does its work once (R23). */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts';
import {
  change,
  claim,
  type Ground,
  ground,
  heldOf,
  item,
  key,
  moved,
  picture,
  take,
  told,
} from './ground.ts';
import { type Scene, taking, writing } from './scenes.ts';

let at: Ground;
let proxy: CuttingProxy;
beforeAll(async () => {
  at = await ground();
  proxy = await startCuttingProxy(at.server.socket, join(at.server.directory, 'proxy.sock'));
});
afterAll(async () => {
  await proxy.close();
  await at.close();
});

/** A store whose next script loses its reply. */
async function losing(scene: Scene): Promise<Store> {
  await at.redis.flushall();
  const store = at.store(proxy.path);
  await take(store);
  await scene.prepare(store, at.redis);
  return store;
}

/** What Redis holds, without what the clock puts there. */
async function content(): Promise<Record<string, unknown>> {
  const all = await picture(at.redis);
  const { lease: _, ...meta } = await at.redis.hgetall(key('meta'));
  const out = (await at.redis.xrange(key('out'), '-', '+')).map(([, fields]) => fields);
  return { ...all, [key('meta')]: meta, [key('out')]: out };
}

const timeless = (answer: unknown): unknown =>
  typeof answer === 'object' && answer !== null && 'time' in answer
    ? { ...answer, time: 'then' }
    : answer;

describe('P2: a lost reply', () => {
  it.each(writing)('R23: of $name: the work is done once and answered', async (scene) => {
    const plain = await at.fresh();
    await scene.prepare(plain, at.redis);
    const answer = await scene.call(plain);
    const once = await content();

    const store = await losing(scene);
    const before = proxy.lost();
    proxy.loseReplyTo('evalsha');
    const again = await scene.call(store);
    expect(proxy.lost()).toBe(before + 1);
    expect(await content()).toEqual(once);
    if (scene.name === 'accept') {
      expect(again).toMatchObject([
        { was: 'exists', held: { intent: { serial: 'S2' } } },
        { was: 'exists' },
        { was: 'exists' },
        { was: 'exists', told: { body: 'no' } },
        { was: 'exists' },
      ]);
    } else expect(timeless(again)).toEqual(timeless(answer));
    expect(store.seen).toBe(plain.seen);
  });

  it('of take: whoever got no answer never uses the epoch, the next one is good', async () => {
    const store = await losing(taking);
    const { seen } = store;
    proxy.loseReplyTo('evalsha');
    await taking.call(store);
    expect(store.epoch).toBe(seen + 2);
    expect(await at.redis.hget(key('meta'), 'epoch')).toBe(String(store.epoch));
    await store.commit({ changes: [] });
  });

  it('of a take that found Redis behind does not hide that it was', async () => {
    await at.redis.flushall();
    const store = at.store(proxy.path);
    await take(at.store());
    proxy.loseReplyTo('evalsha');
    expect(await take(store, { run: 'run-2', seen: 1000 })).toMatchObject({ rolledBack: true });
  });

  it('R23: again and again: every instruction is claimed once and told once', async () => {
    await at.redis.flushall();
    const store = at.store(proxy.path);
    await take(store);
    const ids = Array.from({ length: 60 }, (_, i) => `a${i}`);
    const went: string[] = [];
    for (const [i, id] of ids.entries()) {
      if (i % 3 === 0) proxy.loseReplyTo('evalsha', 2);
      await store.accept([item(id, { orderKey: `k${i % 4}` })]);
    }
    while (went.length < ids.length) {
      proxy.loseReplyTo('evalsha');
      const claims = await claim(store, 3);
      expect(claims.length).toBeGreaterThan(0);
      went.push(...claims.map((held) => held.intent.envelope.id));
      proxy.loseReplyTo('evalsha');
      const done = claims.map((held) =>
        moved(held, 'succeeded', { out: [told(held.intent.envelope.id)] }),
      );
      await change(store, ...done);
    }
    expect([...went].sort()).toEqual([...ids].sort());
    expect(await store.outbox(1000)).toHaveLength(60);
    expect(await heldOf(store, 'a59')).toMatchObject({ phase: 'succeeded', attempt: 1 });
  }, 60_000);
});
