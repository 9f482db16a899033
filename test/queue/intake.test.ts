/** Instructions in, against the real library and a real Redis: each is taken, none fails, none is lost. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Busy } from '../../src/queue/busy.ts';
import { instructionJobId } from '../../src/queue/names.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { type Desk, desk, type Ground, ground, instruction, until } from './ground.ts';

let on: Ground;
const desks: Desk[] = [];
const fresh = (): Desk => {
  const made = desk(on, `intake${desks.length}`);
  desks.push(made);
  return made;
};
const add = (at: Desk, id: string, again?: string) =>
  at.queue.add('instruction', instruction(id), { jobId: instructionJobId(id, again) });
const settled = async (at: Desk, count: number): Promise<void> => {
  await until(async () => (await at.queue.getCompletedCount()) === count);
  expect(await at.queue.getFailedCount()).toBe(0);
};

beforeAll(async () => {
  on = await ground();
});
afterEach(async () => {
  for (const one of desks) await one.close();
});
afterAll(() => on.close());

describe('startIntake', () => {
  it('R17: takes numeric ids, which as job ids the library refuses', async () => {
    const at = fresh();
    at.start();
    await expect(at.queue.add('x', instruction('77'), { jobId: '77' })).rejects.toThrow('integers');
    await add(at, '77');
    await settled(at, 1);
    expect(at.book.ids()).toEqual(['77']);
  });

  it('takes what is no instruction to whoever rejects it, and completes the job', async () => {
    const at = fresh();
    at.start();
    for (const data of [null, 7, 'text', [], { id: 'A1' }]) await at.queue.add('x', data);
    await settled(at, 5);
    expect(at.book.ids().sort()).toEqual(['invalid', 'poison', 'poison', 'poison', 'poison']);
  });

  it('R17: never sees an instruction added again under a job id that is kept, but one with a fresh one', async () => {
    const at = fresh();
    at.start();
    await add(at, 'A1');
    await settled(at, 1);
    await add(at, 'A1');
    await add(at, 'A1', 'again');
    await settled(at, 2);
    expect(at.book.ids()).toEqual(['A1', 'A1']);
    expect(new Set(at.book.taken.map(({ request }) => request)).size).toBe(2);
  });

  it('names a request anew when its job id comes again after its job is gone', async () => {
    const at = fresh();
    at.start();
    await add(at, 'A1');
    await settled(at, 1);
    await at.queue.remove(instructionJobId('A1'));
    await add(at, 'A1');
    await settled(at, 1);
    const [one, two] = at.book.taken;
    expect(two?.request).not.toBe(one?.request);
  });

  it('keeps no job for ever, whatever the ledger asked for', async () => {
    const at = fresh();
    await at.queue.add('instruction', instruction('A1'), { removeOnComplete: { count: 5000 } });
    at.start();
    await settled(at, 1);
    const forever = { removeOnComplete: false, removeOnFail: true };
    const many = Array.from({ length: 1010 }, (_, n) => ({
      name: 'instruction',
      data: instruction(`B${n}`),
      opts: forever,
    }));
    await at.queue.addBulk(many);
    await until(() => at.book.taken.length === 1011);
    await until(async () => (await at.queue.getActiveCount()) === 0);
    expect(await at.queue.getCompletedCount()).toBe(1000);
  });

  it('sends a job back when there is no room, takes nothing for a while, then takes it', async () => {
    const at = fresh();
    let refusals = 2;
    at.book.fault = () => {
      if (refusals-- > 0) throw new Busy('full');
    };
    const intake = at.start();
    await add(at, 'A1');
    await until(() => intake.reasons().includes('no-room'));
    await settled(at, 1);
    expect(at.book.ids()).toEqual(['A1']);
    await until(() => intake.reasons().length === 0);
    expect(at.errors).toEqual([]);
  });

  it('offers a job again when taking it failed, without end, and reports it', async () => {
    const at = fresh();
    let refusals = 3;
    at.book.fault = () => {
      if (refusals-- > 0) throw new Error('store is away');
    };
    at.start();
    await at.queue.add('instruction', instruction('A1'), { attempts: 1 });
    await settled(at, 1);
    expect(at.book.ids()).toEqual(['A1']);
    expect(at.errors).toContain('store is away');
  });

  it('pauses on demand and counts what waits, the urgent too', async () => {
    const at = fresh();
    const intake = at.start();
    intake.pause();
    await add(at, 'A1');
    await at.queue.add('instruction', instruction('A2'), { priority: 3 });
    await until(async () => (await intake.waiting()) === 2);
    expect(intake.reasons()).toEqual(['asked']);
    intake.resume();
    await settled(at, 2);
    expect(intake.sinceFetchMs()).toBeLessThan(5000);
  });

  it('is stopped in finite time though Redis is gone and a job is in hand', async () => {
    const other = await ground();
    const at = desk(other, 'stop');
    let go = (): void => undefined;
    at.book.fault = () =>
      new Promise<void>((resolve) => {
        go = resolve;
      });
    const intake = at.start();
    await add(at, 'A1');
    await until(async () => (await at.queue.getActiveCount()) === 1);
    await other.server.kill();
    go();
    const began = performance.now();
    await intake.close();
    expect(performance.now() - began).toBeLessThan(5000);
    await other.close();
  });

  it('makes one job of an add whose reply was lost, and two where no job id was given', async () => {
    const at = fresh();
    const proxy = await startCuttingProxy(on.socket, join(on.directory, 'cut.sock'));
    const { Redis } = await import('ioredis');
    const { Queue } = await import('bullmq');
    const redis = new Redis({ path: proxy.path, maxRetriesPerRequest: null });
    redis.on('error', () => undefined);
    const queue = new Queue(at.queue.name, { connection: redis, prefix: '{yinqi:citic}' });
    queue.on('error', () => undefined);
    const addLosing = async (mark: string, jobId?: string): Promise<void> => {
      const body = { amount: '12.30', memo: mark };
      await queue.waitUntilReady();
      // the first call only loads the script: let one through
      await queue.add('warm', { warm: mark }, { jobId: `w-${mark}` });
      proxy.loseReplyTo(mark);
      const opts = jobId === undefined ? {} : { jobId };
      await queue.add('instruction', instruction('A1', { body }), opts);
    };
    await addLosing('lost-with-id', instructionJobId('A1'));
    expect(await queue.getWaitingCount()).toBe(2);
    await addLosing('lost-without-id');
    expect(await queue.getWaitingCount()).toBe(2 + 3);
    expect(proxy.lost()).toBe(2);
    await queue.close();
    redis.disconnect();
    await proxy.close();
    at.start();
    await settled(at, 5);
    expect(at.book.ids().filter((id) => id === 'A1').length).toBe(3);
  });
});
