/** What the store tests stand on: a private Redis, stores of one link, instructions, and a picture of all keys. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type PrivateRedis, startRedis } from '../../scripts/private-redis.ts';
import { type Held, type Life, life as lifeShape } from '../../src/instruction/intent.ts';
import { keyOf, type Part } from '../../src/store/keys.ts';
import { openStore } from '../../src/store/redis-store.ts';
import type { Change, NewIntent, OutEntry, Owner } from '../../src/store/shapes.ts';
import type { Store } from '../../src/store/store.ts';

export const LINK = 'citic-main';
export const DAY_MS = 86_400_000;
export const RETENTION_MS = 35 * DAY_MS;

export interface Ground {
  readonly server: PrivateRedis;
  readonly redis: Redis;
  /** a store over a connection of its own, or over `path` */
  store(path?: string): Store;
  /** an empty Redis and a store that has just taken the link */
  fresh(): Promise<Store>;
  close(): Promise<void>;
}

export async function ground(extra: string[] = []): Promise<Ground> {
  const directory = await mkdtemp(join(tmpdir(), 'yinqi-store-'));
  const server = await startRedis(directory, extra);
  const clients: Redis[] = [];
  const client = (path: string): Redis => {
    const one = new Redis({ path, retryStrategy: () => 20, maxRetriesPerRequest: null });
    one.on('error', () => undefined);
    clients.push(one);
    return one;
  };
  const redis = client(server.socket);
  const store = (path?: string): Store =>
    openStore(path === undefined ? redis : client(path), LINK, { retentionMs: RETENTION_MS });
  return {
    server,
    redis,
    store,
    fresh: async () => {
      await redis.flushall();
      const one = store();
      await take(one);
      return one;
    },
    close: async () => {
      for (const one of clients) one.disconnect();
      await server.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export const key = (part: Part, name?: string): string => keyOf(LINK, part, name);

export const take = (store: Store, more: Partial<Owner> = {}) =>
  store.take({ run: 'run-1', journal: 'journal-a', records: 0, seen: 0, leaseMs: 10_000, ...more });

export const lived = (more: Partial<Life> = {}): Life => ({ ...lifeShape.parse({}), ...more });

type Given = Partial<Omit<NewIntent, 'intent'>> & { digest?: string; kind?: 'movement' | 'query' };

const begin = Date.now();

/** A new instruction `erp:<id>` that expires in a day. */
export function item(id: string, given: Given = {}): NewIntent {
  const { digest = `digest-${id}`, kind = 'movement', ...more } = given;
  const now = begin;
  const day = new Date(now).toISOString();
  return {
    intent: {
      v: 1,
      id: `erp:${id}`,
      link: LINK,
      source: 'erp',
      digest,
      operation: 'transfer',
      transaction: 'DLMDETRN',
      kind,
      day: day.slice(0, 10).replaceAll('-', ''),
      acceptedAt: now,
      envelope: {
        v: 1,
        id,
        operation: 'transfer',
        body: { amount: '12.30', name: '张三' },
        createdAt: day,
        expiresAt: new Date(now + DAY_MS).toISOString(),
      },
    },
    phase: 'received',
    life: lived(),
    serials: [],
    expiresAt: now + DAY_MS,
    aside: false,
    out: [],
    ...more,
  };
}

export const told = (id: string, text = 'x'): OutEntry => ({
  queue: 'results',
  source: 'erp',
  stem: `r-${LINK}.${id}`,
  body: JSON.stringify({ message: { id, text } }),
});

/** The change that brings `held` to `phase`. Finals release, as the state machine has it. */
export function moved(held: Held, phase: Held['phase'], more: Partial<Change> = {}): Change {
  const final = phase === 'succeeded' || phase === 'failed';
  return {
    id: held.intent.id,
    expect: held.version,
    phase,
    life: held.life,
    dueAt: null,
    release: final,
    back: phase === 'received',
    out: [],
    ...more,
  };
}

/** Seq of a store's last claim. */
const seqs = new WeakMap<Store, number>();
export async function claim(store: Store, n = 100): Promise<readonly Held[]> {
  const seq = (seqs.get(store) ?? 0) + 1;
  seqs.set(store, seq);
  const { claims } = await store.commit({ changes: [], claim: { seq, n } });
  return claims;
}

/** Claims and says which, without the source in front. */
export const claimed = async (store: Store, n = 100): Promise<string[]> =>
  (await claim(store, n)).map((held) => held.intent.envelope.id);

export async function change(store: Store, ...changes: Change[]): Promise<void> {
  const { results } = await store.commit({ changes });
  for (const result of results) {
    if (result.done !== 'yes') throw new Error('a change was stale');
  }
}

export async function heldOf(store: Store, id: string): Promise<Held> {
  const held = await store.held(`erp:${id}`);
  if (held === undefined) throw new Error(`${id} is not known`);
  return held;
}

async function contentOf(redis: Redis, name: string): Promise<unknown> {
  switch (await redis.type(name)) {
    case 'hash':
      return redis.hgetall(name);
    case 'zset':
      return redis.zrange(name, 0, -1, 'WITHSCORES');
    case 'list':
      return redis.lrange(name, 0, -1);
    case 'set':
      return (await redis.smembers(name)).sort();
    case 'stream':
      return redis.xrange(name, '-', '+');
    default:
      return redis.get(name);
  }
}

/** Everything Redis holds, and whether it expires. */
export async function picture(redis: Redis): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const name of (await redis.keys('*')).sort()) {
    const expires = (await redis.pttl(name)) >= 0;
    all[name] = { expires, value: await contentOf(redis, name) };
  }
  return all;
}

export const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) =>
      error instanceof Error && 'code' in error ? String(error.code) : String(error),
  );
