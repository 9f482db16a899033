/** A worker that looks alive and fetches nothing is seen, and one that has nothing to fetch is not taken for it. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FetchWatch } from '../../src/queue/fetch-watch.ts';
import { instructionJobId } from '../../src/queue/names.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { desk, type Ground, ground, instruction, until } from './ground.ts';

describe('a watch over fetching, for 60 s of silence', () => {
  const scene = () => {
    const at = { now: 0, fetchedAt: 0, waiting: 0, reasons: [] as string[] };
    const fetcher = {
      reasons: () => at.reasons,
      sinceFetchMs: () => at.now - at.fetchedAt,
      waiting: async () => at.waiting,
    };
    const watch = new FetchWatch(fetcher, 60_000, () => at.now);
    const lookAfter = (ms: number) => {
      at.now += ms;
      return watch.look();
    };
    return { at, lookAfter };
  };

  it('is stuck when jobs wait for longer, and hopeless after twice that', async () => {
    const { at, lookAfter } = scene();
    at.waiting = 3;
    const seen = [];
    for (let n = 0; n < 14; n += 1) seen.push(await lookAfter(10_000));
    expect(seen).toEqual([...Array(7).fill('works'), ...Array(6).fill('stuck'), 'hopeless']);
  });

  it('is no judge of a time in which it did not look: a process that stood still goes on', async () => {
    const { at, lookAfter } = scene();
    at.waiting = 1;
    expect(await lookAfter(1_000)).toBe('works');
    // frozen with a job that nobody has fetched yet, and a connection that must be made again
    expect(await lookAfter(3_600_000)).toBe('works');
    expect(await lookAfter(1_000)).toBe('works');
    at.fetchedAt = at.now;
    expect(await lookAfter(1_000)).toBe('works');
  });

  it('a queue that was empty for hours is not silent when its next job comes', async () => {
    const { at, lookAfter } = scene();
    for (let n = 0; n < 4; n += 1) expect(await lookAfter(3_600_000)).toBe('works');
    at.waiting = 1;
    expect(await lookAfter(1_000)).toBe('works');
  });

  it('one that fetches slowly works, and one that is paused is not asked', async () => {
    const { at, lookAfter } = scene();
    at.waiting = 9;
    for (let n = 0; n < 5; n += 1) {
      expect(await lookAfter(50_000)).toBe('works');
      at.fetchedAt = at.now;
    }
    at.reasons = ['asked'];
    for (let n = 0; n < 5; n += 1) expect(await lookAfter(50_000)).toBe('works');
  });
});

describe('a worker whose connection is open and dead', () => {
  let on: Ground;
  beforeAll(async () => {
    on = await ground();
  });
  afterAll(() => on.close());

  it('is seen, though it reports nothing', async () => {
    const at = desk(on, 'deaf');
    const proxy = await startCuttingProxy(on.socket, join(on.directory, 'deaf.sock'));
    const handle = at.start(proxy.path);
    const add = (id: string) =>
      at.queue.add('instruction', instruction(id), { jobId: instructionJobId(id) });
    await add('A1');
    await until(() => at.book.ids().length === 1);
    proxy.swallowRepliesTo(`${at.queue.name}:active`);
    // the blocked fetch that is already on its way may still bring one
    for (let n = 2; n < 5; n += 1) await add(`A${n}`);
    const watch = new FetchWatch(handle, 300, () => performance.now());
    let how = await watch.look();
    await until(async () => {
      how = await watch.look();
      return how === 'hopeless';
    });
    expect(handle.reasons()).toEqual([]);
    expect(at.errors).toEqual([]);
    await proxy.close();
    await at.close();
  });
});
