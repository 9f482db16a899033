/** Results out, against the real library: acknowledged means delivered, and a repetition costs nothing. */
import { type Job, Queue, Worker } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outPrefix, outQueue, resultJobId } from '../../src/queue/names.ts';
import { createPublisher, type OutEntry, type Publisher } from '../../src/queue/publisher.ts';
import { type Ground, ground, until } from './ground.ts';
import { succeeded, unknown } from './samples.ts';

let on: Ground;
let publisher: Publisher;
const key = (source: string, part: string): string =>
  `${outPrefix}:${outQueue('results', source)}:${part}`;
const entry = (
  source: string,
  version: number,
  queue: OutEntry['queue'] = 'results',
): OutEntry => ({
  queue,
  source,
  jobId: resultJobId('citic', 'A1', version),
  data: { ...unknown, version },
});
const queues: Queue[] = [];
const queueOf = (source: string, queue: OutEntry['queue'] = 'results'): Queue => {
  const made = new Queue(outQueue(queue, source), { connection: on.redis, prefix: outPrefix });
  queues.push(made);
  return made;
};
const consumer = (source: string, handler: (job: Job) => Promise<void>): Worker =>
  new Worker(outQueue('results', source), handler, {
    connection: { path: on.socket, maxRetriesPerRequest: null },
    prefix: outPrefix,
  }).on('error', () => undefined);

beforeAll(async () => {
  on = await ground();
  publisher = createPublisher({ connection: { path: on.socket }, onError: () => undefined });
});
afterAll(async () => {
  await publisher.close();
  await Promise.all(queues.map((queue) => queue.close()));
  await on.close();
});

describe('createPublisher', () => {
  it('puts each entry on the queue of its source, in order', async () => {
    await publisher.publish([
      entry('a', 1),
      entry('b', 1),
      entry('a', 2),
      entry('a', 3, 'notices'),
    ]);
    const jobs = await queueOf('a').getJobs(['waiting'], 0, -1, true);
    expect(jobs.map(({ id }) => id)).toEqual(['r-citic.A1-1', 'r-citic.A1-2']);
    expect(jobs[1]?.data).toEqual({ ...unknown, version: 2 });
    expect(await queueOf('b').getWaitingCount()).toBe(1);
    expect(await queueOf('a', 'notices').getWaitingCount()).toBe(1);
  });

  it('published again while the job is kept delivers nothing, not even other content (R17)', async () => {
    const seen: unknown[] = [];
    const worker = consumer('kept', async (job) => void seen.push(job.data));
    await publisher.publish([entry('kept', 1)]);
    await until(() => seen.length === 1);
    await publisher.publish([{ ...entry('kept', 1), data: succeeded }]);
    await publisher.publish([entry('kept', 2)]);
    await until(() => seen.length === 2);
    expect(seen).toEqual([entry('kept', 1).data, entry('kept', 2).data]);
    await worker.close();
  });

  it('published again after the job is gone delivers the same twice: the ledger merges (R17)', async () => {
    const seen: unknown[] = [];
    const worker = consumer('gone', async (job) => void seen.push(job.data));
    await publisher.publish([entry('gone', 1)]);
    await until(async () => (await queueOf('gone').getCompletedCount()) === 1);
    await queueOf('gone').remove(entry('gone', 1).jobId);
    await publisher.publish([entry('gone', 1)]);
    await until(() => seen.length === 2);
    expect(seen[0]).toEqual(seen[1]);
    await worker.close();
  });

  it('throws if a part was not taken, with the rest on its queues, and then takes all (R26)', async () => {
    await on.redis.set(key('torn', 'wait'), 'not ours');
    const all = [entry('torn', 1), entry('whole', 1), entry('torn', 2)];
    await expect(publisher.publish(all)).rejects.toThrow('WRONGTYPE');
    expect(await queueOf('whole').getWaitingCount()).toBe(1);
    await expect(publisher.publish(all)).rejects.toThrow('WRONGTYPE');
    await on.redis.del(key('torn', 'wait'));
    await publisher.publish(all);
    const jobs = await queueOf('torn').getJobs(['waiting'], 0, -1, true);
    expect(jobs.map(({ id }) => id)).toEqual(['r-citic.A1-1', 'r-citic.A1-2']);
    expect(await queueOf('whole').getWaitingCount()).toBe(1);
  });

  it('forgets only what lies in no list when a part is not taken', async () => {
    await publisher.publish([entry('half', 1), entry('half', 2)]);
    const worker = consumer('half', async () => undefined);
    await until(async () => (await queueOf('half').getCompletedCount()) === 2);
    await worker.close();
    await on.redis.del(key('half', 'events'));
    await on.redis.set(key('half', 'events'), 'not ours');
    const all = [entry('half', 1), entry('half', 2), entry('half', 3)];
    await expect(publisher.publish(all)).rejects.toThrow('WRONGTYPE');
    await on.redis.del(key('half', 'events'));
    await publisher.publish(all);
    expect(await queueOf('half').getCompletedCount()).toBe(2);
    expect(await queueOf('half').getWaitingCount()).toBe(1);
  });

  it('recovers when Redis has forgotten every script', async () => {
    await publisher.publish([entry('flush', 1)]);
    await on.redis.script('FLUSH');
    await until(async () => {
      await publisher.publish([entry('flush', 2)]).catch(() => undefined);
      return (await queueOf('flush').getWaitingCount()) === 2;
    });
  });

  it('counts what nobody has fetched, what waits for another try included', async () => {
    await publisher.publish([entry('slow', 1), entry('slow', 2), entry('slow', 3)]);
    expect(await publisher.backlog('slow')).toBe(3);
    const worker = consumer('slow', () => Promise.reject(new Error('the ledger is down')));
    await until(async () => (await queueOf('slow').getDelayedCount()) === 3);
    expect(await publisher.backlog('slow')).toBe(3);
    expect(await queueOf('slow').getFailedCount()).toBe(0);
    await worker.close();
    expect(await publisher.backlog('nobody')).toBe(0);
  });

  it('is stopped in finite time though Redis is gone', async () => {
    const other = await ground();
    const errors: unknown[] = [];
    const made = createPublisher({
      connection: { path: other.socket },
      onError: (error) => void errors.push(error),
    });
    await made.publish([entry('x', 1)]);
    await other.server.kill();
    const began = performance.now();
    await made.close();
    expect(performance.now() - began).toBeLessThan(6000);
    expect(errors.length).toBeLessThan(10);
    await other.close();
  });
});
