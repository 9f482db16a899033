/**
 * A Redis that really goes back: killed, its files replaced by older ones, started again. ioredis sends
 * again what was on its way before anything of ours can look, so the script itself must refuse (R4).
 */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { startRedis } from '../../scripts/private-redis.ts';
import {
  change,
  claim,
  claimed,
  code,
  type Ground,
  ground,
  heldOf,
  item,
  moved,
  take,
} from './ground.ts';

let at: Ground | undefined;
afterEach(async () => {
  await at?.close();
  at = undefined;
});

it('refuses the claim that was on its way, and nothing is sent twice after a new take', async () => {
  at = await ground();
  const { directory } = at.server;
  const files = join(directory, 'appendonlydir');
  const copy = join(directory, 'copy');
  const store = await at.fresh();
  await store.accept([item('a'), item('b')]);
  await cp(files, copy, { recursive: true });
  expect(await claimed(store, 1)).toEqual(['a']);
  const { seen } = store;

  await at.server.kill();
  const onItsWay = code(claim(store));
  await rm(files, { recursive: true });
  await cp(copy, files, { recursive: true });
  const server = await startRedis(directory);
  expect(await onItsWay).toBe('REDIS_ROLLED_BACK');
  expect((await store.held('erp:a').catch(() => undefined))?.phase).toBeUndefined();

  // a new run with the same journal: it knows how far things had come, and puts the claim back
  const next = at.store();
  const taken = await take(next, { run: 'run-2', seen });
  expect(taken).toMatchObject({ rolledBack: true, sending: [] });
  const held = await heldOf(next, 'a');
  expect(held.phase).toBe('received');
  const { intent, life } = held;
  await next.restore([
    {
      intent,
      life,
      phase: 'sending',
      attempt: 1,
      expect: held.version,
      dueAt: null,
      expiresAt: Date.parse(intent.envelope.expiresAt),
      out: [],
    },
  ]);
  await change(next, moved(await heldOf(next, 'a'), 'unknown'));
  expect(await claimed(next)).toEqual(['b']);
  const { version } = await heldOf(next, 'a');
  expect(version).toBeGreaterThan(2 ** 32);
  await server.kill();
});
