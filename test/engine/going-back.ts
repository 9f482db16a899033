/** A Redis as it was: every key with its bytes and the moment it expires, taken and put back while it runs. */
import type { Redis } from 'ioredis';

export type Snapshot = readonly { name: string; bytes: Buffer; expiresAt: number }[];

export async function snapshot(redis: Redis): Promise<Snapshot> {
  const names = await redis.keys('*');
  return Promise.all(
    names.map(async (name) => {
      const [bytes, expiresAt] = await Promise.all([
        redis.dumpBuffer(name),
        redis.call('PEXPIRETIME', name),
      ]);
      return { name, bytes: bytes ?? Buffer.alloc(0), expiresAt: Math.max(0, Number(expiresAt)) };
    }),
  );
}

export async function putBack(redis: Redis, kept: Snapshot): Promise<void> {
  const multi = redis.multi().flushall();
  for (const { name, bytes, expiresAt } of kept) {
    multi.call('RESTORE', name, expiresAt, bytes, 'ABSTTL');
  }
  await multi.exec();
}
