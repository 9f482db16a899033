import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stopsOf } from '../../src/journal/hold-file.ts';
import { lookIntoJournal } from '../../src/journal/journal.ts';
import type { NewRecord } from '../../src/journal/records.ts';
import {
  AT,
  answer,
  approval,
  FakeDisk,
  files,
  ids,
  LINK,
  notice,
  notWritten,
  open,
  outcome,
  proposal,
  scratch,
  segment,
  send,
  sends,
} from './ground.ts';

const ALL: NewRecord[] = [
  {
    kind: 'start',
    link: LINK,
    watermark: 3,
    epoch: 2,
    redisRun: 'run',
    durability: 'always',
    spec: 'spec',
    config: 'config',
  },
  send('a'),
  notWritten('a'),
  send('a', { attempt: 2 }),
  answer('a', { attempt: 2 }),
  approval('a'),
  outcome('a'),
  notice('n'),
  proposal('a'),
  { link: LINK, watermark: 7, kind: 'withdrawal', proposal: 9, who: 'Li Hua' },
];

describe('a journal', () => {
  it('is made for its user alone', async () => {
    const directory = scratch();
    await (await open(directory)).close();
    expect(files(directory)).toEqual(['hash-key', 'identity', 'journal-000001-20260302.jsonl']);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of files(directory)) {
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    }
  });

  it('gives every record a number and a time, and reads it back also after a reopening', async () => {
    const directory = scratch();
    const first = await open(directory);
    const appended = await first.append(ALL);
    expect(appended.map(({ n }) => n)).toEqual(ALL.map((_, i) => i + 1));
    expect(appended.every(({ at }) => at === AT.toISOString())).toBe(true);
    for (const record of appended) expect(await first.read(record.n)).toEqual(record);
    await first.close();

    const second = await open(directory);
    expect(second.openReport).toEqual({
      segments: 1,
      sealedDays: 0,
      suspectDay: undefined,
      records: ALL.length,
      cut: undefined,
      damaged: [],
      cutFiles: [],
      intact: true,
    });
    const found = [];
    for await (const record of second.records()) found.push(record);
    expect(found).toEqual(appended);
    expect((await second.append([send('b')]))[0]?.n).toBe(ALL.length + 1);
    await second.close();
  });

  it('finds the last send and the outcome of an instruction', async () => {
    const journal = await open(scratch());
    await journal.append(ALL);
    expect((await journal.lastSend(LINK, 'a'))?.attempt).toBe(2);
    expect((await journal.finalOf(LINK, 'a'))?.version).toBe(7);
    expect(await journal.lastSend(LINK, 'nobody')).toBeUndefined();
    expect(await journal.finalOf('another', 'a')).toBeUndefined();
    await journal.close();
  });

  it('gives out what a filter asks for, in order', async () => {
    const journal = await open(scratch(), { segmentBytesMax: 1 });
    for (const record of ALL) await journal.append([record]);
    const numbers = async (filter: Parameters<typeof journal.records>[0]): Promise<number[]> => {
      const found = [];
      for await (const { n } of journal.records(filter)) found.push(n);
      return found;
    };
    expect(await numbers({ link: LINK, id: 'a' })).toEqual([2, 3, 4, 5, 6, 7, 9]);
    expect(await numbers({ link: LINK, id: 'a', kinds: ['send'], from: 3 })).toEqual([4]);
    expect(await numbers({ link: LINK, id: 'nobody' })).toEqual([]);
    expect(await numbers({ link: LINK, kinds: ['notice'] })).toEqual([8]);
    expect(await numbers({ link: LINK, id: 'n', kinds: ['notice'] })).toEqual([8]);
    expect(await numbers({ from: 7 })).toEqual([7, 8, 9, 10]);
    expect(await numbers({ link: 'another' })).toEqual([]);
    await journal.close();
  });

  it('reads a record that is being synced, also while more and more are appended', async () => {
    const journal = await open(scratch());
    let busy = true;
    const load = (async () => {
      const appends: Promise<unknown>[] = [];
      while (busy) {
        appends.push(journal.append(sends(1)));
        await new Promise(setImmediate);
      }
      await Promise.all(appends);
    })();
    const appending = journal.append([send('wanted')]);
    const n = journal.known(LINK, 'wanted')?.sends[0] ?? 0;
    expect(await journal.read(n)).toMatchObject({ id: 'wanted' });
    await appending;
    busy = false;
    await load;
    await journal.close();
  });

  it('rejects the reading of a number nobody has', async () => {
    const journal = await open(scratch());
    await journal.append([send('a')]);
    for (const n of [0, 2, 5000]) {
      await expect(journal.read(n)).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
    }
    await journal.close();
  });

  it('refuses a record it could not read back, as if nothing had been asked', async () => {
    const directory = scratch();
    const journal = await open(directory);
    const bad = [
      send('b', { watermark: Number.NaN }),
      send('b', { request: 'no base64 !' }),
      send('b', { attempt: 0 }),
    ];
    for (const record of bad) {
      await expect(journal.append([send('a'), record])).rejects.toMatchObject({ code: 'DEFECT' });
    }
    expect([...journal.index.ids(LINK)]).toEqual([]);
    expect((await journal.append([send('c')]))[0]?.n).toBe(1);
    await journal.close();
    const again = await open(directory);
    expect(await ids(again)).toEqual(['c']);
    await again.close();
  });

  it('commits what was appended before it is closed, and takes nothing afterwards', async () => {
    const directory = scratch();
    const journal = await open(directory);
    const before = journal.append([send('a')]);
    const closing = journal.close();
    await expect(journal.append([send('b')])).rejects.toMatchObject({ code: 'JOURNAL_WRITE' });
    await before;
    await closing;
    await journal.close();
    const again = await open(directory);
    expect(await ids(again)).toEqual(['a']);
    await again.close();
  });

  it('syncs many appends with few datasyncs, and resolves them in order', async () => {
    const directory = scratch();
    const disk = new FakeDisk();
    const journal = await open(directory, { disk, segmentBytesMax: 20_000 });
    const before = disk.count('datasync');
    const order: number[] = [];
    const appends = Array.from({ length: 300 }, async (_, i) => {
      if (i % 7 === 0) await new Promise(setImmediate);
      const [record] = await journal.append([send(`i${i}`)]);
      order.push(record?.n ?? 0);
    });
    await Promise.all(appends);
    expect(order).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    expect(disk.count('datasync') - before).toBeLessThan(20);
    await journal.close();
    const again = await open(directory);
    expect(await ids(again)).toHaveLength(300);
    await again.close();
  });
});

describe('the identity of a journal', () => {
  it('is made once and stays', async () => {
    const directory = scratch();
    const first = await open(directory);
    await first.close();
    expect(first.identity).toMatch(/^[0-9a-f]{32}$/);
    expect(readFileSync(join(directory, 'identity'), 'latin1')).toBe(`${first.identity}\n`);
    const second = await open(directory);
    await second.close();
    expect(second.identity).toBe(first.identity);
    const other = await open(scratch());
    await other.close();
    expect(other.identity).not.toBe(first.identity);
  });

  it('survives a draft left by a process that was killed', async () => {
    const directory = scratch();
    mkdirSync(directory);
    writeFileSync(join(directory, 'identity.new'), '01');
    const journal = await open(directory);
    await journal.close();
    expect(files(directory)).toEqual(['hash-key', 'identity', 'journal-000001-20260302.jsonl']);
  });

  it('that is not ours is neither believed nor replaced', async () => {
    const directory = scratch();
    mkdirSync(directory);
    writeFileSync(join(directory, 'identity'), 'mine\n');
    await expect(open(directory)).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
    expect(readFileSync(join(directory, 'identity'), 'utf8')).toBe('mine\n');
  });

  it('without any segment means that segments were lost, not that nothing was sent', async () => {
    const directory = scratch();
    const journal = await open(directory);
    await journal.append([send('a')]);
    await journal.close();
    rmSync(segment(directory));
    await expect(open(directory)).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
      path: 'identity',
    });
  });
});

describe('a look into a journal', () => {
  it('sees what is synced while another process appends, and changes nothing', async () => {
    const directory = scratch();
    const journal = await open(directory, { segmentBytesMax: 3_000 });
    let done = false;
    const writing = (async () => {
      // so many and no more: each look reads all of them again
      for (let i = 1; !done && i <= 150; i += 1) await journal.append(sends(1, i));
    })();
    let seen = 0;
    for (let look = 0; look < 20; look += 1) {
      const synced = journal.known(LINK, 'i1') === undefined ? 0 : (await ids(journal)).length;
      const view = await lookIntoJournal(directory);
      const found = await ids(view);
      expect(found).toEqual(found.map((_, i) => `i${i + 1}`));
      expect(found.length).toBeGreaterThanOrEqual(Math.max(seen, synced));
      expect(view.identity).toBe(journal.identity);
      expect(view.openReport.intact).toBe(true);
      seen = found.length;
    }
    done = true;
    await writing;
    await journal.close();
    expect(seen).toBeGreaterThan(0);
  });

  it('skips a torn tail and leaves it there', async () => {
    const directory = scratch();
    await (await open(directory)).close();
    writeFileSync(segment(directory), 'torn');
    const view = await lookIntoJournal(directory);
    expect(view.openReport).toMatchObject({ cut: { bytes: 4, wholeLines: 0 }, intact: true });
    expect(readFileSync(segment(directory), 'utf8')).toBe('torn');
  });

  it('reports the damage an opening would refuse', async () => {
    const directory = scratch();
    const journal = await open(directory);
    await journal.append(sends(3));
    await journal.close();
    const content = readFileSync(segment(directory));
    content[30] = (content[30] ?? 0) ^ 1;
    writeFileSync(segment(directory), content);
    const view = await lookIntoJournal(directory);
    expect(view.openReport.intact).toBe(false);
    expect(view.openReport.damaged).toHaveLength(1);
    expect(await ids(view)).toEqual(['i2', 'i3']);
  });

  it('is refused where there is none', async () => {
    const directory = scratch();
    await expect(lookIntoJournal(directory)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('the hold file', () => {
  it('holds while it is there', () => {
    const directory = scratch();
    mkdirSync(directory);
    expect(stopsOf(directory)).toEqual([]);
    writeFileSync(join(directory, 'hold'), '');
    expect(stopsOf(directory)).toEqual(['hold']);
    rmSync(join(directory, 'hold'));
    expect(stopsOf(directory)).toEqual([]);
  });

  it('counts as there when nobody can say', () => {
    const directory = scratch();
    writeFileSync(directory, 'no directory');
    expect(stopsOf(directory)).toEqual(['hold']);
  });
});
