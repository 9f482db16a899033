import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EntryMark } from '../../src/store/shapes.ts';
import { code, type Ground, ground, key, picture, RETENTION_MS, told } from './ground.ts';

let at: Ground;
beforeAll(async () => {
  at = await ground();
});
afterAll(() => at.close());

const mark = (name: string, expects: string, digest: string): EntryMark => ({
  key: name,
  expect: expects,
  digest,
  out: [told(name, digest)],
});
const day = { account: '8100', day: '20260924' };

describe('statement entries', () => {
  it('become known and are told in one go, each notice under a version of its own', async () => {
    const store = await at.fresh();
    const entries = [mark('e1', '', 'd1'), mark('e2', '', 'd1')];
    await store.mark({ ...day, entries, state: '{"rounds":1}' });
    expect(await store.entries(day.account, day.day)).toEqual(
      new Map([
        ['e1', 'd1'],
        ['e2', 'd1'],
      ]),
    );
    expect(await store.days()).toEqual(new Map([['8100|20260924', '{"rounds":1}']]));
    const versions = (await store.outbox(9)).map((entry) => entry.version);
    expect(new Set(versions).size).toBe(2);
    expect(await store.entries(day.account, '20260925')).toEqual(new Map());
  });

  it('marked again tell nothing; a changed one is told', async () => {
    const store = await at.fresh();
    await store.mark({ ...day, entries: [mark('e1', '', 'd1')] });
    await store.mark({ ...day, entries: [mark('e1', '', 'd1'), mark('e2', '', 'd1')] });
    await store.mark({ ...day, entries: [mark('e1', 'd1', 'd2')] });
    expect((await store.outbox(9)).map((entry) => entry.body)).toEqual([
      told('e1', 'd1').body,
      told('e2', 'd1').body,
      told('e1', 'd2').body,
    ]);
    expect(await store.days()).toEqual(new Map());
  });

  it('other than expected refuse the whole call and change nothing', async () => {
    const store = await at.fresh();
    await store.mark({ ...day, entries: [mark('e1', '', 'd1')], state: 'one' });
    const before = await picture(at.redis);
    const entries = [mark('e2', '', 'd1'), mark('e1', '', 'd9')];
    expect(await code(store.mark({ ...day, entries, state: 'two' }))).toBe('DEFECT');
    expect(await picture(at.redis)).toEqual(before);
  });

  it('of a closed day expire, its state goes', async () => {
    const store = await at.fresh();
    await store.mark({ ...day, entries: [mark('e1', '', 'd1')], state: 'one' });
    await store.forgetDay(day.account, day.day);
    expect(await store.days()).toEqual(new Map());
    const ttl = await at.redis.pttl(key('seen', '8100:20260924'));
    expect(ttl).toBeGreaterThan(RETENTION_MS - 60_000);
    expect(await store.entries(day.account, day.day)).toEqual(new Map([['e1', 'd1']]));
  });
});

describe('the outbox', () => {
  it('gives the oldest first and keeps what was not published', async () => {
    const store = await at.fresh();
    const entries = ['e1', 'e2', 'e3'].map((name) => mark(name, '', 'd'));
    await store.mark({ ...day, entries });
    const first = await store.outbox(2);
    expect(first.map((entry) => entry.stem)).toEqual(['e1', 'e2'].map((id) => told(id).stem));
    await store.published(first[1]?.at ?? '');
    await store.published(first[1]?.at ?? '');
    expect((await store.outbox(9)).map((entry) => entry.stem)).toEqual([told('e3').stem]);
  });
});
