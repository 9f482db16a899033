import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Journal, type JournalOptions, lookIntoJournal } from '../../src/journal/journal.ts';
import type { NewRecord } from '../../src/journal/records.ts';
import { parseSeal } from '../../src/journal/sealing/seal.ts';
import {
  answer,
  FakeDisk,
  files,
  ids,
  notWritten,
  open,
  outcome,
  scratch,
  segment,
  send,
  sends,
} from './ground.ts';

/** Noon of the n-th of March 2026 in Shanghai. */
const noon = (day: number): Date => new Date(Date.UTC(2026, 2, day, 4));
const name = (day: number): string => `202603${String(day).padStart(2, '0')}`;

interface Walk {
  readonly directory: string;
  readonly journal: Journal;
  /** moves the clock */
  at(time: Date): void;
}

async function walk(directory = scratch(), options: Partial<JournalOptions> = {}): Promise<Walk> {
  let now = noon(2);
  const journal = await open(directory, { now: () => now, ...options });
  return {
    directory,
    journal,
    at: (time) => {
      now = time;
    },
  };
}

/** One batch of records for each day from the 2nd on, each day sealed when the next one has begun. */
async function days(batches: readonly NewRecord[][], directory = scratch()): Promise<string> {
  const { at, journal } = await walk(directory);
  for (const [i, batch] of batches.entries()) {
    at(noon(2 + i));
    await journal.append(batch);
    await journal.sealOverDays();
  }
  await journal.close();
  return directory;
}

const sealed = (directory: string): string[] => readdirSync(join(directory, 'sealed')).sort();
const sealOf = (directory: string, day: number) =>
  parseSeal(readFileSync(join(directory, 'sealed', `${name(day)}.seal`)));
const rot = (directory: string, file: string): void => {
  const path = join(directory, 'sealed', file);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(path, bytes);
};

describe('a business day', () => {
  it('has segments of its own, in the zone of the journal', async () => {
    const { at, directory, journal } = await walk();
    await journal.append([send('a')]);
    at(new Date('2026-03-02T15:59:59.999Z'));
    await journal.append([send('b')]);
    at(new Date('2026-03-02T16:00:00.000Z'));
    await journal.append([send('c')]);
    await journal.close();
    expect(files(directory).filter((file) => file.endsWith('.jsonl'))).toEqual([
      'journal-000001-20260302.jsonl',
      'journal-000002-20260303.jsonl',
    ]);
    const again = await open(directory);
    expect(again.openReport).toMatchObject({ segments: 2, records: 3, intact: true });
    await again.close();
  });

  it('only moves forward: a clock that goes back over midnight brings none back', async () => {
    const { at, directory, journal } = await walk();
    await journal.append([send('a')]);
    at(noon(3));
    await journal.append([send('b')]);
    at(noon(2));
    await journal.append([send('c')]);
    expect(await journal.sealOverDays()).toMatchObject([{ day: '20260302', first: 1, last: 1 }]);
    await journal.close();
    const again = await walk(directory);
    await again.journal.append([send('d')]);
    await again.journal.close();
    expect(files(directory).filter((file) => file.endsWith('.jsonl'))).toEqual([
      'journal-000002-20260303.jsonl',
    ]);
  });
});

describe('a day that is over', () => {
  it('is compressed and sealed, and everything is read as before, also after a start', async () => {
    const directory = scratch();
    const { at, journal } = await walk(directory, { segmentBytesMax: 2_000 });
    for (let i = 1; i <= 9; i += 1) await journal.append([send(`i${i}`), answer(`i${i}`)]);
    const plain = readFileSync(segment(directory, 1));
    const before = await ids(journal);
    const last = files(directory).at(-1) ?? '';
    const chain = readFileSync(join(directory, last)).toString('latin1').split('\n').at(-2);
    expect(await journal.sealOverDays()).toEqual([]);
    at(noon(3));
    const [seal] = await journal.sealOverDays();
    expect(seal).toMatchObject({
      number: 1,
      day: '20260302',
      journal: journal.identity,
      first: 1,
      last: 18,
      records: 18,
      chain: chain?.slice(9, 73),
      damaged: [],
      previous: null,
    });
    expect(seal?.hash).toMatch(/^[0-9a-f]{64}$/);
    const plainLeft = files(directory).filter((file) => file.endsWith('.jsonl'));
    expect(plainLeft).toEqual([expect.stringMatching(/^journal-\d{6}-20260303\.jsonl$/)]);
    const archive = join(directory, 'sealed', 'journal-000001-20260302.jsonl.gz');
    expect(gunzipSync(readFileSync(archive))).toEqual(plain);
    for (const file of sealed(directory)) {
      expect(statSync(join(directory, 'sealed', file)).mode & 0o777).toBe(0o600);
    }
    expect(await ids(journal)).toEqual(before);
    expect(await journal.read(5)).toMatchObject({ n: 5, kind: 'send', id: 'i3' });
    expect((await journal.append([send('next')]))[0]?.n).toBe(19);
    await journal.close();

    const again = await open(directory, { now: () => noon(3) });
    expect(again.openReport).toMatchObject({
      sealedDays: 1,
      segments: 1,
      records: 19,
      intact: true,
    });
    expect(await ids(again)).toEqual([...before, 'next']);
    expect(again.known('citic-1', 'i3')).toMatchObject({
      written: 'maybe',
      sends: [5],
      answers: [6],
    });
    expect(await again.lastSend('citic-1', 'i3')).toMatchObject({ n: 5 });
    expect(again.sealsAfter(0)).toEqual([seal]);
    await again.close();
  });

  it('is sealed by the next start, several of them in their order, each with the hash of the one before', async () => {
    const { at, directory, journal } = await walk();
    for (const day of [2, 3, 5]) {
      at(noon(day));
      await journal.append([send(`i${day}`)]);
    }
    await journal.close();
    const again = await walk(directory);
    again.at(noon(9));
    const seals = await again.journal.sealOverDays();
    expect(seals.map(({ day, number }) => [day, number])).toEqual([
      ['20260302', 1],
      ['20260303', 2],
      ['20260305', 3],
    ]);
    expect(seals.map(({ previous }) => previous)).toEqual([null, seals[0]?.hash, seals[1]?.hash]);
    expect(await again.journal.sealOverDays()).toEqual([]);
    await again.journal.close();
  });

  it('has no seal where it had no records', async () => {
    const { at, directory, journal } = await walk();
    at(noon(4));
    await journal.append([send('a')]);
    expect(await journal.sealOverDays()).toEqual([]);
    at(noon(6));
    await journal.append([send('b')]);
    expect(await journal.sealOverDays()).toMatchObject([{ day: '20260304', number: 1 }]);
    expect(files(directory).filter((file) => file.endsWith('.jsonl'))).toHaveLength(1);
    await journal.close();
    const again = await open(directory);
    expect(await ids(again)).toEqual(['a', 'b']);
    expect(again.openReport.intact).toBe(true);
    await again.close();
  });

  it('with damage says so in its seal, for ever', async () => {
    const { at, directory, journal } = await walk();
    await journal.append(sends(3));
    at(noon(3));
    await journal.append([send('x')]);
    await journal.close();
    const content = readFileSync(segment(directory));
    content[100] = (content[100] ?? 0) ^ 1;
    writeFileSync(segment(directory), content);
    const again = await walk(directory);
    again.at(noon(3));
    const damage = { segment: 'journal-000001-20260302.jsonl', line: 1, why: 'checksum' };
    expect(await again.journal.sealOverDays()).toMatchObject([
      { first: 1, last: 3, records: 2, damaged: [damage] },
    ]);
    await again.journal.close();
    const third = await open(directory);
    expect(third.openReport).toMatchObject({ damaged: [damage], intact: false, records: 3 });
    expect(await ids(third)).toEqual(['i2', 'i3', 'x']);
    // it says nothing about what was accepted long after that day
    expect(third.absenceProves(noon(3).getTime())).toBe(false);
    expect(third.absenceProves(noon(4).getTime())).toBe(true);
    await third.close();
  });
});

describe('a death between any two steps of sealing', () => {
  it('leaves what the next start finishes: the same seal, every record, nothing beside', async () => {
    const made = async (): Promise<string> => {
      const { at, directory, journal } = await walk(scratch(), {
        segmentBytesMax: 2_000,
        freshIdentity: () => '1'.repeat(32),
      });
      for (let i = 1; i <= 3; i += 1) await journal.append(sends(1, i));
      at(noon(3));
      await journal.append([send('x')]);
      await journal.close();
      return directory;
    };
    const whole = await made();
    const undisturbed = await walk(whole);
    undisturbed.at(noon(3));
    const [seal] = await undisturbed.journal.sealOverDays();
    await undisturbed.journal.close();
    let deaths = 0;
    for (let step = 0; ; step += 1) {
      const directory = await made();
      const disk = new FakeDisk();
      const first = await walk(directory, { disk });
      first.at(noon(3));
      const opened = disk.steps.length;
      disk.dead = true;
      disk.plan = (_, at) => (at === opened + step ? (step % 2 ? 'before' : 'after') : undefined);
      const ended = await first.journal.sealOverDays().then(
        () => 'sealed',
        () => 'dead',
      );
      await first.journal.close();
      if (ended === 'sealed') break;
      deaths += 1;
      const again = await walk(directory);
      again.at(noon(3));
      await again.journal.sealOverDays();
      expect(again.journal.sealsAfter(0)).toEqual([seal]);
      expect(await ids(again.journal)).toEqual(['i1', 'i2', 'i3', 'x']);
      await again.journal.close();
      expect(sealed(directory)).toEqual(sealed(whole));
      expect(files(directory)).toEqual(files(whole));
      const third = await open(directory);
      expect(third.openReport).toMatchObject({ records: 4, intact: true });
      await third.close();
    }
    expect(deaths).toBeGreaterThan(15);
  });
});

describe('a start', () => {
  const story = (): NewRecord[][] => [
    [
      send('open', { watermark: 50 }),
      send('settled'),
      outcome('settled', { watermark: 90 }),
      send('taken-back'),
      notWritten('taken-back'),
      send('member'),
    ],
    [
      outcome('member', {
        member: { account: 'm', openedBy: 'member', since: '20260303' },
      }),
      { kind: 'sequence', link: 'citic-1', watermark: 1, day: '20260303', upTo: 40 },
    ],
    [answer('open')],
    [send('young')],
    [send('today')],
  ];

  it('remembers the days it is told to, and of older ones what is not settled', async () => {
    const directory = await days(story());
    const journal = await open(directory, { now: () => noon(6), rememberDays: 0 });
    expect([...journal.index.ids('citic-1')]).toEqual(['open', 'young', 'today']);
    expect(journal.known('citic-1', 'open')).toMatchObject({ written: 'maybe', answers: [9] });
    expect(await journal.lastSend('citic-1', 'open')).toMatchObject({ n: 1 });
    expect(journal.index.bySerial('citic-1', 'Sopen')).toBe('open');
    expect(journal.highestWatermark('citic-1')).toBe(90);
    expect(journal.index.reserved('citic-1')).toEqual({ day: '20260303', upTo: 40 });
    expect(journal.openReport).toMatchObject({ sealedDays: 4, records: 11, intact: true });
    // all of it is still there to be read
    expect(await ids(journal)).toHaveLength(11);
    expect(await journal.read(3)).toMatchObject({ kind: 'outcome', id: 'settled' });
    const found = [];
    for await (const { outcome: one, send: sent } of journal.forgotten('citic-1')) {
      found.push([one.id, sent?.n]);
    }
    expect(found).toEqual([['member', 6]]);
    await journal.close();
  });

  it('R12: a process that runs on knows as much as one that starts: what is over is not kept in memory for ever', async () => {
    const { at, directory, journal } = await walk(scratch(), { rememberDays: 0 });
    const known: string[][] = [];
    for (const [i, batch] of story().entries()) {
      at(noon(2 + i));
      await journal.append(batch);
      await journal.sealOverDays();
      known.push([...journal.index.ids('citic-1')]);
    }
    expect(known[1]).toEqual(['open', 'settled', 'taken-back', 'member']);
    // what was recorded and taken back may still be sent
    expect(known.at(-1)).toEqual(['open', 'taken-back', 'young', 'today']);
    expect(journal.known('citic-1', 'open')).toMatchObject({ written: 'maybe', sends: [1] });
    expect(journal.index.bySerial('citic-1', 'Ssettled')).toBeUndefined();
    expect(journal.index.bySerial('citic-1', 'Sopen')).toBe('open');
    expect([...journal.index.unsettled('citic-1')].map(({ id }) => id)).toEqual([
      ...['open', 'young', 'today'],
    ]);
    expect(await ids(journal)).toHaveLength(11);
    const found = [];
    for await (const { outcome: one } of journal.forgotten('citic-1')) found.push(one.id);
    expect(found).toEqual(['member']);
    await journal.close();
    const again = await open(directory, { now: () => noon(6), rememberDays: 0 });
    const more = [...again.index.ids('citic-1')].filter((id) => !known.at(-1)?.includes(id));
    expect(more).toEqual([]);
    await again.close();
  });

  it('remembers everything if it is told to, as a look by another process does', async () => {
    const directory = await days(story());
    const journal = await lookIntoJournal(directory);
    expect([...journal.index.ids('citic-1')]).toEqual([
      ...['open', 'settled', 'taken-back', 'member', 'young', 'today'],
    ]);
    expect(journal.known('citic-1', 'member')).toMatchObject({ final: 7, sends: [6] });
  });

  it('reports an older file that is gone or changed, and goes on', async () => {
    const directory = await days(story());
    rmSync(join(directory, 'sealed', 'journal-000001-20260302.jsonl.gz'));
    const first = await open(directory);
    expect(first.openReport.damaged).toEqual([
      { segment: 'journal-000001-20260302.jsonl.gz', line: 0, why: 'gone' },
    ]);
    expect(first.openReport.intact).toBe(false);
    expect(first.absenceProves(noon(6).getTime())).toBe(true);
    expect(first.absenceProves(noon(2).getTime())).toBe(false);
    expect(await ids(first)).toHaveLength(5);
    await expect(first.read(1)).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
    await first.close();
  });

  it('finds a seal that was written anew by the one behind it', async () => {
    const directory = await days(story());
    const seal = sealOf(directory, 2);
    const { hash: _, ...content } = { ...seal, records: 5 };
    writeFileSync(join(directory, 'sealed', `${name(2)}.seal`), `${JSON.stringify(content)}\n`);
    const journal = await open(directory);
    expect(journal.openReport.damaged).toEqual([
      { segment: '20260302.seal', line: 0, why: 'digest' },
    ]);
    await journal.close();
  });

  it('makes an index that is not as it was sealed again from the records', async () => {
    const directory = await days(story());
    rot(directory, '20260304.index');
    rot(directory, '20260305.index');
    const journal = await open(directory, { rememberDays: 0 });
    expect(journal.openReport.damaged).toEqual([
      { segment: '20260305.index', line: 0, why: 'digest' },
    ]);
    // the day in front cannot say either what it carries, so one more is read
    expect([...journal.index.ids('citic-1')]).toEqual(['open', 'member', 'young', 'today']);
    expect(journal.known('citic-1', 'open')).toMatchObject({ sends: [1], answers: [9] });
    await journal.close();
  });

  it('is refused where the last seal cannot be read: nobody knows what is not settled', async () => {
    const directory = await days(story());
    writeFileSync(join(directory, 'sealed', '20260305.seal'), 'nothing');
    await expect(open(directory)).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
      path: 'sealed',
    });
    expect((await lookIntoJournal(directory)).openReport.damaged).toContainEqual({
      segment: '20260305.seal',
      line: 0,
      why: 'digest',
    });
  });
});
