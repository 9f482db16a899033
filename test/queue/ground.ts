/** What the queue tests stand on: a private Redis, a plain client, an instruction, waiting without sleeping long. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { type PrivateRedis, startRedis } from '../../scripts/private-redis.ts';
import type { Envelope } from '../../src/instruction/envelope.ts';
import type { Intake, Takers } from '../../src/queue/door.ts';
import { type IntakeHandle, type IntakeTiming, startIntake } from '../../src/queue/intake.ts';
import { instructionsQueue, linkPrefix } from '../../src/queue/names.ts';

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
  closeMs: 1000,
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

export const link = 'citic';

/** What came through the door, in order; `fault` is asked before each taking and may throw. */
export interface Book extends Takers {
  readonly taken: { what: Intake; request: string }[];
  ids(): string[];
  fault: (id: string) => void | Promise<void>;
}

export function book(): Book {
  const taken: Book['taken'] = [];
  const take = async (id: string, what: Intake, request: string): Promise<void> => {
    await made.fault(id);
    taken.push({ what, request });
  };
  const made: Book = {
    taken,
    ids: () => taken.map(({ what }) => ('ok' in what ? what.ok.id : Object.keys(what).join())),
    fault: () => undefined,
    accept: (ok, request) => take(ok.id, { ok }, request),
    acceptInvalid: (invalid, request) => take(invalid.id, { invalid }, request),
    reject: (poison, request) => take(poison.id ?? '', { poison }, request),
  };
  return made;
}

/** Intake and the library's own queue for one source, with whatever is opened closed again by `close`. */
export interface Desk {
  readonly book: Book;
  readonly queue: Queue;
  readonly errors: string[];
  readonly key: (part: string) => string;
  start(path?: string): IntakeHandle;
  close(): Promise<void>;
}

export function desk(on: Ground, source: string): Desk {
  const opened: IntakeHandle[] = [];
  const errors: string[] = [];
  const records = book();
  const queue = new Queue(instructionsQueue(source), {
    connection: on.redis,
    prefix: linkPrefix(link),
  });
  queue.on('error', () => undefined);
  return {
    book: records,
    queue,
    errors,
    key: (part) => `${linkPrefix(link)}:${instructionsQueue(source)}:${part}`,
    start: (path = on.socket) => {
      const handle = startIntake({
        ...records,
        connection: { path },
        link,
        source,
        payloadBytesMax: 65_536,
        concurrency: 8,
        onError: (error) => void errors.push(error instanceof Error ? error.message : 'unknown'),
        timing: quick,
      });
      opened.push(handle);
      return handle;
    },
    close: async () => {
      await Promise.all(opened.map((one) => one.close()));
      await queue.close();
    },
  };
}
