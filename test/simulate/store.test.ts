/**
 * The store of the simulation against the Lua scripts in a real Redis: the same calls, the same answers. More:
 * `YINQI_STORE_RUNS=N npm run simulate:store`; a failing run prints its seed and path, which YINQI_STORE_SEED and
 * YINQI_STORE_PATH run again.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, it } from 'vitest';
import { type PrivateRedis, startRedis } from '../../scripts/private-redis.ts';
import { Both } from './both.ts';
import { op } from './operations.ts';
import { performAll } from './perform.ts';

const { YINQI_STORE_RUNS, YINQI_STORE_SEED, YINQI_STORE_PATH } = process.env;
const runs = Number(YINQI_STORE_RUNS ?? 300);

let directory: string;
let server: PrivateRedis;
let redis: Redis;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'yinqi-simulate-'));
  // what is compared is never read again from a file
  server = await startRedis(directory, ['--appendonly', 'no']);
  redis = new Redis({ path: server.socket, enableAutoPipelining: true });
});
afterAll(async () => {
  redis.disconnect();
  await server.kill();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(() => redis.flushall());

it('R4 R18 R22 R23: the two stores agree whatever is done in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(op, { minLength: 1, maxLength: 40, size: 'max' }), async (ops) => {
      await redis.flushall();
      const both = new Both(redis);
      await both.call(0, 1, (store) =>
        store.take({ run: 'run-0', journal: 'j-0', records: 0, seen: 0, leaseMs: 1000 }),
      );
      await performAll(both, ops);
    }),
    {
      numRuns: runs,
      ...(YINQI_STORE_SEED === undefined ? {} : { seed: Number(YINQI_STORE_SEED) }),
      ...(YINQI_STORE_PATH === undefined ? {} : { path: YINQI_STORE_PATH }),
    },
  );
}, 3_600_000);
