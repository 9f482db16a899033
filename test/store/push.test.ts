/** What the bank sent by itself: kept whole or not at all, once, and only under the state it was judged by. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PushMark } from '../../src/store/shapes.ts';
import { type Ground, ground, key, RETENTION_MS, take, told } from './ground.ts';

let at: Ground;
beforeAll(async () => {
  at = await ground();
});
afterAll(() => at.close());

const DAY = '20260924';
const push = (digest: string, more: Partial<PushMark> = {}): PushMark => ({
  guard: { part: 'push', name: DAY, field: '1310/77', expect: '', value: digest },
  writes: [{ part: 'awaited', field: '1310/77', value: digest }],
  out: [told(`push-${digest}`)],
  ...more,
});
const change = (expect: string, value: string): PushMark => ({
  guard: { part: 'awaited', field: '1310/77', expect, value },
  writes: [],
  out: [told(value)],
});

describe('a push', () => {
  it('is kept with what follows from it, and forgotten after the retention', async () => {
    const store = await at.fresh();
    expect(await store.push([push('d1')])).toEqual(['kept']);
    expect(await store.pushes(DAY)).toEqual(new Map([['1310/77', 'd1']]));
    expect(await store.pushed('awaited')).toEqual(new Map([['1310/77', 'd1']]));
    expect((await store.outbox(9)).length).toBe(1);
    expect(await at.redis.pttl(key('push', DAY))).toBeGreaterThan(RETENTION_MS - 60_000);
  });

  it('that comes again changes nothing, and one with another body is told apart', async () => {
    const store = await at.fresh();
    await store.push([push('d1')]);
    await store.push([change('d1', 'taken')]);
    expect(await store.push([push('d1'), push('d2')])).toEqual(['kept', 'other']);
    expect(await store.pushed('awaited')).toEqual(new Map([['1310/77', 'taken']]));
    expect((await store.outbox(9)).length).toBe(2);
  });

  it('twice in one batch is one', async () => {
    const store = await at.fresh();
    expect(await store.push([push('d1'), push('d1'), push('d2')])).toEqual([
      'kept',
      'kept',
      'other',
    ]);
    expect((await store.outbox(9)).length).toBe(1);
  });

  it('changes only from the state it was judged by', async () => {
    const store = await at.fresh();
    await store.push([push('d1')]);
    const words = await store.push([change('d0', 'x'), change('d1', 'y'), change('d1', 'z')]);
    expect(words).toEqual(['other', 'kept', 'other']);
    expect(await store.pushed('awaited')).toEqual(new Map([['1310/77', 'y']]));
    expect(await store.push([change('y', '')])).toEqual(['kept']);
    expect(await store.pushed('awaited')).toEqual(new Map());
  });

  it('is kept by the owner of the epoch alone', async () => {
    const store = await at.fresh();
    const later = at.store();
    await take(later, { run: 'run-2' });
    await expect(store.push([push('d1')])).rejects.toMatchObject({ code: 'STALE_EPOCH' });
    expect(await later.pushes(DAY)).toEqual(new Map());
  });
});
