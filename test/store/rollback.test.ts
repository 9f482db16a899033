/**
 * A Redis that really goes back: killed, its files replaced by older ones, started again. ioredis sends
 * again what was on its way before anything of ours can look, so the script itself must refuse (R4).
 */
import { cpSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startRedis } from '../../scripts/private-redis.ts';
import type { Store } from '../../src/store/store.ts';
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
  picture,
  take,
  told,
} from './ground.ts';

/** Every call that reaches Redis but the one that takes a link, which jumps instead. */
const CALLS: Readonly<
  Record<Exclude<keyof Store, 'seen' | 'epoch' | 'take'>, (store: Store) => Promise<unknown>>
> = {
  accept: (store) => store.accept([item('c')]),
  commit: (store) => store.commit({ changes: [], claim: { seq: 900, n: 9 }, records: 5 }),
  beat: (store) => store.beat({ leaseMs: 1000, dueMax: 9, records: 5 }),
  release: (store) => store.release('journal-a', 5),
  restore: (store) =>
    store.restore([
      {
        ...{ intent: item('d').intent, phase: 'sending', life: { sent: 'never' } as never },
        ...{ attempt: 1, expect: null, dueAt: null, expiresAt: Date.now(), out: [] },
      },
    ]),
  leave: (store) => store.leave(),
  held: (store) => store.held('erp:a'),
  told: (store) => store.told('erp:a'),
  doubtful: (store) => store.doubtful(9),
  member: (store) => store.member('81'),
  members: (store) => store.members(),
  freeze: (store) => store.freeze('erp:a'),
  outbox: (store) => store.outbox(9),
  published: (store) => store.published('1-1'),
  entries: (store) => store.entries('81', '20260924'),
  mark: (store) =>
    store.mark({
      ...{ account: '81', day: '20260924', state: 'one' },
      entries: [{ key: 'e', expect: '', digest: 'd', out: [told('e')] }],
    }),
  days: (store) => store.days(),
  push: (store) =>
    store.push([
      {
        guard: { part: 'push', name: '20260924', field: '1310/7', expect: '', value: 'd' },
        ...{ writes: [], out: [] },
      },
    ]),
  pushes: (store) => store.pushes('20260924'),
  pushed: (store) => store.pushed('awaited'),
  forgetDay: (store) => store.forgetDay('81', '20260924'),
};
const NAMES = Object.keys(CALLS) as (keyof typeof CALLS)[];

/** One order claimed, and the files from before. */
async function claimedSince(at: Ground): Promise<{ store: Store; files: string; older: string }> {
  const files = join(at.server.directory, 'appendonlydir');
  const older = join(at.server.directory, 'older');
  const store = await at.fresh();
  await store.accept([item('a'), item('b')]);
  cpSync(files, older, { recursive: true });
  expect(await claimed(store, 1)).toEqual(['a']);
  return { store, files, older };
}

describe('P1: a Redis put back while it is called', () => {
  let at: Ground;
  const said = new Map<string, string>();
  let before: unknown;
  let after: unknown;
  let takenAgain: Awaited<ReturnType<Store['take']>>;

  beforeAll(async () => {
    at = await ground();
    const { files, older, store } = await claimedSince(at);
    await at.server.kill();
    const calls = NAMES.map(async (name) => said.set(name, await code(CALLS[name](store))));
    rmSync(files, { recursive: true });
    cpSync(older, files, { recursive: true });
    const server = await startRedis(at.server.directory);
    before = await picture(at.redis);
    await Promise.all(calls);
    after = await picture(at.redis);
    takenAgain = await take(at.store(), { run: 'run-2', seen: store.seen });
    await server.kill();
  }, 60_000);
  afterAll(() => at.close());

  it.each(NAMES)("R4: refuses '%s', which was on its way", (name) => {
    expect(said.get(name)).toBe('REDIS_ROLLED_BACK');
  });

  it('R4 R26: and nothing of it is changed', () => expect(after).toEqual(before));

  it('R4 R18: is taken by the next start far above all that was', () => {
    expect(takenAgain).toMatchObject({ rolledBack: true, epoch: 2 ** 32 });
  });
});

/** An address behind which the server is exchanged; the clients see no end of their connection. */
async function virtualAddress(path: string, first: string) {
  const open = new Set<{ client: Socket; redis: Socket }>();
  let upstream = first;
  const dial = (pair: { client: Socket; redis: Socket }): void => {
    pair.redis = connect({ path: upstream });
    pair.redis.on('data', (bytes) => pair.client.write(bytes));
    pair.redis.on('error', () => undefined);
  };
  const server: Server = createServer((client) => {
    const pair = { client, redis: client };
    dial(pair);
    open.add(pair);
    client.on('data', (bytes) => pair.redis.write(bytes));
    client.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    moveTo: (next: string): void => {
      upstream = next;
      for (const pair of open) {
        pair.redis.destroy();
        dial(pair);
      }
    },
    close: async (): Promise<void> => {
      for (const { client, redis } of open) {
        client.destroy();
        redis.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

it('R4: a failover nobody sees: the next call finds an older Redis, and is refused', async () => {
  const at = await ground();
  const files = join(at.server.directory, 'appendonlydir');
  const replica = join(at.server.directory, 'replica');
  const path = join(at.server.directory, 'vip.sock');
  const address = await virtualAddress(path, at.server.socket);
  const store = at.store(path);
  await take(store);
  await store.accept([item('a'), item('b')]);
  cpSync(files, join(replica, 'appendonlydir'), { recursive: true });
  expect(await claimed(store, 1)).toEqual(['a']);
  const other = await startRedis(replica);
  address.moveTo(other.socket);
  expect(await code(claim(store))).toBe('REDIS_ROLLED_BACK');
  expect(await code(store.accept([item('c')]))).toBe('REDIS_ROLLED_BACK');
  await address.close();
  await other.kill();
  await at.close();
});

describe('the next run', () => {
  let at: Ground | undefined;
  afterEach(async () => {
    await at?.close();
    at = undefined;
  });

  it('R4: puts the claim back, and nothing is sent twice', async () => {
    at = await ground();
    const { files, older, store } = await claimedSince(at);
    const { seen } = store;
    await at.server.kill();
    rmSync(files, { recursive: true });
    cpSync(older, files, { recursive: true });
    const server = await startRedis(at.server.directory);
    // a new run with the same journal: it knows how far things had come
    const next = at.store();
    const taken = await take(next, { run: 'run-2', seen });
    expect(taken).toMatchObject({ rolledBack: true, sending: [] });
    const held = await heldOf(next, 'a');
    expect(held.phase).toBe('received');
    const { intent, life } = held;
    await next.restore([
      {
        ...{ intent, life, phase: 'sending', attempt: 1, expect: held.version, dueAt: null },
        ...{ expiresAt: Date.parse(intent.envelope.expiresAt), out: [] },
      },
    ]);
    await change(next, moved(await heldOf(next, 'a'), 'unknown'));
    expect(await claimed(next)).toEqual(['b']);
    const { version } = await heldOf(next, 'a');
    expect(version).toBeGreaterThan(2 ** 32);
    await server.kill();
  });
});
