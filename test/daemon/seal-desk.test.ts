/** Goal: each seal reaches every ledger at least once, always as the same message, however often one is killed. */
import { describe, expect, it } from 'vitest';
import { SealDesk } from '../../src/daemon/seal-desk.ts';
import { sealNotice } from '../../src/instruction/seal-notice.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { createMetrics } from '../../src/ops/prom-metrics.ts';
import type { OutEntry, Publisher } from '../../src/queue/publisher.ts';
import { realTimers } from '../../src/timers.ts';
import { open, scratch, send } from '../journal/ground.ts';

const noon = (day: number): Date => new Date(Date.UTC(2026, 2, day, 4));

interface Told {
  readonly entries: OutEntry[];
  readonly events: string[];
}

/** One run of the desk over this journal; `refused`: Redis is away. */
async function run(journal: Journal, told: Told, refused = false): Promise<void> {
  const publisher: Publisher = {
    publish: async (entries) => {
      if (refused) throw new Error('away');
      told.entries.push(...entries);
    },
    backlog: async () => 0,
    close: async () => undefined,
  };
  const say = (event: string): void => {
    told.events.push(event);
  };
  const desk = new SealDesk({
    journal,
    publisher,
    told: ['erp', 'shop'],
    log: { info: say, warn: say, error: say },
    metrics: createMetrics(),
    timers: realTimers,
  });
  desk.start();
  await desk.stop();
}

describe('the seal of a day', () => {
  it('is told to every ledger with notices, once it is durable, and again until that is recorded', async () => {
    const directory = scratch();
    let now = noon(2);
    const told: Told = { entries: [], events: [] };
    const first = await open(directory, { now: () => now });
    await first.append([send('a')]);
    now = noon(3);
    await run(first, told, true);
    expect(told.entries).toEqual([]);
    expect(told.events).toContain('seal-not-told');
    await first.close();

    // killed between sealing and telling, or between telling and recording: the next run tells it
    const second = await open(directory, { now: () => now });
    expect(second.index.sealsTold()).toBe(0);
    await run(second, told);
    expect(told.entries.map(({ queue, source, jobId }) => [queue, source, jobId])).toEqual([
      ['notices', 'erp', `s-${second.identity}-1`],
      ['notices', 'shop', `s-${second.identity}-1`],
    ]);
    const [seal] = second.sealsAfter(0);
    for (const { data } of told.entries) {
      expect(sealNotice.parse(data)).toMatchObject({
        day: '20260302',
        hash: seal?.hash,
        records: 1,
      });
    }
    await second.close();

    const third = await open(directory, { now: () => now });
    expect(third.index.sealsTold()).toBe(1);
    const again: Told = { entries: [], events: [] };
    await run(third, again);
    expect(again.entries).toEqual([]);
    now = noon(4);
    await run(third, again);
    expect(again.entries).toHaveLength(2);
    expect(again.entries[0]?.data).toMatchObject({ number: 2, previous: seal?.hash });
    await third.close();
  });
});
