/** Jobs nobody can read, and jobs that lie in `failed`: neither loops, neither is lost. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Busy } from '../../src/queue/busy.ts';
import { deadLetters, instructionJobId, requestName } from '../../src/queue/names.ts';
import { sweepFailed, sweepPoison, type Unreadable } from '../../src/queue/poison.ts';
import { type Desk, desk, type Ground, ground, instruction, link, until } from './ground.ts';

let on: Ground;
let at: Desk;
let serial = 0;
let reports: Unreadable[] = [];
const source = (): string => `poison${serial}`;
const options = () => ({
  ...at.book,
  link,
  source: source(),
  deadLettersMax: 3,
  payloadBytesMax: 65_536,
  report: async (one: Unreadable) => void reports.push(one),
});
const failed = async (id: string, data: string): Promise<void> => {
  const jobId = instructionJobId(id);
  await on.redis.hset(at.key(jobId), { data, timestamp: 1_790_000_000_000, opts: '{}' });
  await on.redis.zadd(at.key('failed'), Date.now(), jobId);
};

beforeAll(async () => {
  on = await ground();
});
afterEach(async () => {
  await at.close();
  await on.redis.del(deadLetters(link));
});
const begin = (): Desk => {
  serial += 1;
  reports = [];
  at = desk(on, source());
  return at;
};
afterAll(() => on.close());

describe('P2: sweepPoison', () => {
  it.each([
    ['data', '{not json'],
    ['opts', '{not json'],
    ['opts', 'null'],
    ['progress', '{not json'],
    ['parent', '{not json'],
  ])(
    'buries a job whose %s is %s, which the library would fetch for ever (B)',
    async (field, text) => {
      begin();
      const jobId = instructionJobId('A1');
      await at.queue.add('instruction', instruction('A1'), { jobId });
      await on.redis.hset(at.key(jobId), field, text);
      const data = await on.redis.hget(at.key(jobId), 'data');
      at.start();
      await at.queue.add('instruction', instruction('A2'), { jobId: instructionJobId('A2') });
      const stalls = async () => Number(await on.redis.hget(at.key(jobId), 'stc'));
      if (field === 'data') await until(async () => (await stalls()) > 1);
      expect(await at.queue.getFailedCount()).toBe(0);
      await until(async () => (await sweepPoison(on.redis, options())) === 1);
      expect(reports).toEqual([
        { link, source: source(), jobId, bytes: Buffer.byteLength(data ?? '') },
      ]);
      expect(await on.redis.lrange(deadLetters(link), 0, -1)).toEqual([data]);
      expect(await on.redis.exists(at.key(jobId), at.key(`${jobId}:lock`))).toBe(0);
      await until(() => at.book.ids().includes('A2'));
      expect(await at.queue.getJobCounts('active', 'waiting')).toEqual({ active: 0, waiting: 0 });
      expect(at.book.ids()).toEqual(['A2']);
    },
  );

  it('leaves a readable job that is in hand alone', async () => {
    begin();
    let go = (): void => undefined;
    at.book.fault = () =>
      new Promise((resolve) => {
        go = resolve;
      });
    at.start();
    await at.queue.add('instruction', instruction('A1'), { jobId: instructionJobId('A1') });
    await until(async () => (await at.queue.getActiveCount()) === 1);
    expect(await sweepPoison(on.redis, options())).toBe(0);
    go();
    await until(async () => (await at.queue.getCompletedCount()) === 1);
  });

  it('removes nothing before it was reported, and keeps a limited number of letters', async () => {
    begin();
    for (let n = 0; n < 5; n++) {
      await on.redis.hset(at.key(`i-A${n}`), 'data', `{${n}`);
      await on.redis.lpush(at.key('active'), `i-A${n}`);
    }
    const deaf = { ...options(), report: () => Promise.reject(new Error('no journal')) };
    await expect(sweepPoison(on.redis, deaf)).rejects.toThrow('no journal');
    expect(await on.redis.llen(at.key('active'))).toBe(5);
    expect(await sweepPoison(on.redis, options())).toBe(5);
    expect(await on.redis.llen(deadLetters(link))).toBe(3);
  });
});

describe('sweepFailed', () => {
  it('hands what lies in failed through the door, whatever it is, and takes it away', async () => {
    begin();
    await failed('A1', JSON.stringify(instruction('A1')));
    await failed('A2', '{"id":"A2"}');
    await failed('A3', '7');
    await failed('A4', '{not json');
    expect(await sweepFailed(on.redis, options())).toBe(4);
    expect(at.book.ids()).toEqual(['A1', 'invalid', 'poison']);
    expect(at.book.taken[0]?.request).toBe(requestName('i-A1', 1_790_000_000_000));
    expect(reports.map(({ jobId }) => jobId)).toEqual(['i-A4']);
    expect(await at.queue.getFailedCount()).toBe(0);
    expect(await on.redis.exists(at.key('i-A1'), at.key('i-A4'))).toBe(0);
  });

  it('takes the rest though one cannot be taken, which stays and is told', async () => {
    begin();
    for (const id of ['A1', 'A2', 'A3']) await failed(id, JSON.stringify(instruction(id)));
    at.book.fault = (id) => {
      if (id === 'A2') throw new Error('a defect');
    };
    await expect(sweepFailed(on.redis, options())).rejects.toThrow('a defect');
    expect(at.book.ids()).toEqual(['A1', 'A3']);
    expect(await on.redis.zrange(at.key('failed'), 0, -1)).toEqual(['i-A2']);
  });

  it('stops at once when there is no room', async () => {
    begin();
    for (const id of ['A1', 'A2']) await failed(id, JSON.stringify(instruction(id)));
    let asked = 0;
    at.book.fault = () => {
      asked += 1;
      throw new Busy('full');
    };
    await expect(sweepFailed(on.redis, options())).rejects.toThrow(Busy);
    expect([asked, await at.queue.getFailedCount()]).toEqual([1, 2]);
  });

  it('does not remove what was put there meanwhile under the same job id', async () => {
    begin();
    await failed('A1', JSON.stringify(instruction('A1')));
    at.book.fault = () => failed('A1', JSON.stringify(instruction('A1', { orderKey: 'k' })));
    expect(await sweepFailed(on.redis, options())).toBe(0);
    expect(await at.queue.getFailedCount()).toBe(1);
  });
});
