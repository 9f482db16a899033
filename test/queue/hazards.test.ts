/** What the library was measured to do to a job, each first as it is and then as intake survives it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Job, Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { instructionJobId, linkPrefix } from '../../src/queue/names.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { type Desk, desk, type Ground, ground, instruction, link, quick, until } from './ground.ts';

let on: Ground;
let serial = 0;
const open: Desk[] = [];
const fresh = (): Desk => {
  serial += 1;
  const made = desk(on, `hazard${serial}`);
  open.push(made);
  return made;
};
const add = (at: Desk, id: string) =>
  at.queue.add('instruction', instruction(id), { jobId: instructionJobId(id) });
const settled = async (at: Desk, count: number): Promise<void> => {
  await until(async () => (await at.queue.getCompletedCount()) === count);
  expect(await at.queue.getFailedCount()).toBe(0);
};
/** The library as it comes, with short locks. */
const plain = (at: Desk, process: (job: Job) => Promise<void>): Worker => {
  const worker = new Worker(at.queue.name, process, {
    connection: { path: on.socket, maxRetriesPerRequest: null },
    prefix: linkPrefix(link),
    lockDuration: quick.lockMs,
    stalledInterval: quick.stalledMs,
  });
  return worker.on('error', () => undefined);
};
const refuseCompletion = (message: string) =>
  vi.spyOn(Job.prototype, 'moveToCompleted').mockRejectedValueOnce(new Error(message));

beforeAll(async () => {
  on = await ground();
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const one of open.splice(0)) await one.close();
});
afterAll(() => on.close());

describe('a completion that is refused (M)', () => {
  it('is a failed job to the library, though the work was done', async () => {
    const at = fresh();
    refuseCompletion("READONLY You can't write against a read only replica.");
    const worker = plain(at, async () => undefined);
    await add(at, 'A1');
    await until(async () => (await at.queue.getFailedCount()) === 1);
    await worker.close();
  });

  it.each([
    "READONLY You can't write against a read only replica.",
    "OOM command not allowed when used memory > 'maxmemory'.",
    'NOREPLICAS Not enough good replicas to write.',
    'MISCONF Redis is configured to save RDB snapshots',
    'Command timed out',
    'read ECONNRESET',
  ])('is the same job again to intake: %s', async (message) => {
    const at = fresh();
    refuseCompletion(message);
    at.start();
    await at.queue.add('instruction', instruction('A1'), { attempts: 1, removeOnFail: true });
    await settled(at, 1);
    expect(at.book.ids()).toEqual(['A1', 'A1']);
    expect(new Set(at.book.taken.map(({ request }) => request)).size).toBe(1);
    expect(at.errors.length).toBeGreaterThan(0);
  });
});

describe('R21: a Redis that takes no writes (A)', () => {
  it.each([
    ['full', 'CONFIG SET maxmemory 1', 'CONFIG SET maxmemory 0'],
    ['a replica', 'REPLICAOF 127.0.0.1 1', 'REPLICAOF NO ONE'],
    ['alone', 'CONFIG SET min-replicas-to-write 1', 'CONFIG SET min-replicas-to-write 0'],
  ])('%s: intake pauses, goes on when it does, and nothing fails', async (_name, from, to) => {
    const at = fresh();
    const say = async (command: string): Promise<void> => {
      const [name = '', ...rest] = command.split(' ');
      await on.redis.call(name, ...rest);
    };
    let refused = false;
    at.book.fault = async () => {
      if (!refused) await say(from);
      refused = true;
    };
    const intake = at.start();
    await at.queue.addBulk(
      Array.from({ length: 20 }, (_, n) => ({
        name: 'instruction',
        data: instruction(`A${n}`),
        opts: { jobId: `i-A${n}` },
      })),
    );
    await until(() => intake.reasons().includes('redis-refuses-writes'));
    const seen = at.errors.length;
    await new Promise((resolve) => setTimeout(resolve, 400));
    // the library alone reported thousands a second here
    expect(at.errors.length - seen).toBeLessThan(20);
    expect(intake.reasons()).toEqual(['redis-refuses-writes']);
    await say(to);
    await until(() => intake.reasons().length === 0);
    await settled(at, 20);
    expect(new Set(at.book.ids()).size).toBe(20);
  });
});

describe('a worker that is killed with the job in hand (G)', () => {
  const die = async (at: Desk): Promise<void> => {
    const script = fileURLToPath(new URL('../support/dying-worker.mjs', import.meta.url));
    const args = [script, on.socket, at.queue.name, linkPrefix(link)];
    const [, signal] = await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit');
    expect(signal).toBe('SIGKILL');
  };
  const dieTwice = async (at: Desk): Promise<void> => {
    await add(at, 'A1');
    await die(at);
    await die(at);
    expect(Number(await on.redis.hget(at.key('i-A1'), 'stc'))).toBe(1);
  };

  it('twice: is a failed job to the library, which never ran it to an end', async () => {
    const at = fresh();
    await dieTwice(at);
    const worker = plain(at, async () => undefined);
    await until(async () => (await at.queue.getFailedCount()) === 1);
    await worker.close();
  });

  it('twice: is the same job again to intake', async () => {
    const at = fresh();
    await dieTwice(at);
    at.start();
    await settled(at, 1);
    expect(at.book.ids()).toEqual(['A1']);
  });
});

describe('a reply to a completion that is lost (D)', () => {
  it('costs no job: the one fetched by it is taken once its lock ends', async () => {
    const at = fresh();
    const proxy = await startCuttingProxy(on.socket, join(on.directory, 'd.sock'));
    for (const id of ['A1', 'A2', 'A3']) await add(at, id);
    proxy.loseReplyTo(`${at.queue.name}:completed`);
    at.start(proxy.path);
    await settled(at, 3);
    expect(proxy.lost()).toBe(1);
    expect(new Set(at.book.ids()).size).toBe(3);
    await at.close();
    open.splice(0);
    await proxy.close();
  });
});
