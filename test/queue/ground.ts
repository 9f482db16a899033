/** What the queue tests stand on: a private Redis, a plain client, an instruction, waiting without sleeping long. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type PrivateRedis, startRedis } from '../../scripts/private-redis.ts';
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { IntakeTiming } from '../../src/queue/intake.ts';

export interface Ground {
  readonly socket: string;
  readonly directory: string;
  readonly redis: Redis;
  readonly server: PrivateRedis;
  close(): Promise<void>;
}

export async function ground(extra: string[] = []): Promise<Ground> {
  const directory = await mkdtemp(join(tmpdir(), 'yinqi-queue-'));
  const server = await startRedis(directory, extra);
  const redis = new Redis({ path: server.socket });
  redis.on('error', () => undefined);
  return {
    socket: server.socket,
    directory,
    redis,
    server,
    close: async () => {
      redis.disconnect();
      await server.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Locks and stalls in fractions of a second, so that what takes minutes in service is seen here. */
export const quick: IntakeTiming = {
  lockMs: 600,
  stalledMs: 300,
  busyMs: 200,
  againMs: 100,
  probeMs: 100,
  errorEveryMs: 10_000,
  closeMs: 2000,
};

export const instruction = (id: string, more: Partial<Envelope> = {}): Envelope => ({
  v: 1,
  id,
  operation: 'transfer',
  body: { amount: '12.30' },
  createdAt: '2026-09-24T10:00:00+08:00',
  expiresAt: '2026-09-25T10:00:00+08:00',
  ...more,
});

/** Asks until the answer is true; fails with the last answer seen. */
export async function until(
  what: () => Promise<boolean> | boolean,
  withinMs = 8000,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await what())) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
