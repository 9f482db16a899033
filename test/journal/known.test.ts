import { describe, expect, it } from 'vitest';
import { KnownIndex } from '../../src/journal/known.ts';
import type { JournalRecord, NewRecord } from '../../src/journal/records.ts';
import {
  AT,
  answer,
  approval,
  LINK,
  notice,
  notWritten,
  open,
  outcome,
  scratch,
  send,
} from './ground.ts';

const numbered = (n: number, record: NewRecord): JournalRecord => ({
  n,
  at: AT.toISOString(),
  ...record,
});

function indexOf(...records: NewRecord[]): KnownIndex {
  const index = new KnownIndex();
  for (const [i, record] of records.entries()) index.add(numbered(i + 1, record));
  return index;
}

const written = (...records: NewRecord[]) => indexOf(...records).known(LINK, 'a')?.written;
const unsettled = (index: KnownIndex): string[] => [...index.unsettled(LINK)].map(({ id }) => id);

describe('what the journal knows of an instruction', () => {
  it('is nothing without a record', () => {
    const index = indexOf(send('b'));
    expect(index.known(LINK, 'a')).toBeUndefined();
    expect(index.known('another', 'b')).toBeUndefined();
    expect(index.highestWatermark('another')).toBe(0);
    expect([
      ...index.ids('another'),
      ...index.notices('another'),
      ...index.unsettled('another'),
    ]).toEqual([]);
  });

  it('holds its serial, digest, attempt and the numbers of its records', () => {
    const index = indexOf(
      send('a'),
      notWritten('a'),
      send('a', { attempt: 2 }),
      answer('a'),
      outcome('a'),
    );
    expect(index.known(LINK, 'a')).toMatchObject({
      serial: 'Sa',
      transaction: 'DLMDETRN',
      digest: 'digest of a',
      attempt: 2,
      sends: [1, 3],
      answers: [4],
      others: [2, 5],
      final: 5,
      version: 7,
    });
  });

  it('is "maybe written" from its send record on', () => {
    expect(written(send('a'))).toBe('maybe');
  });

  it('is "not written" only when every send record is taken back', () => {
    expect(written(send('a'), notWritten('a'))).toBe('no');
    expect(written(send('a'), notWritten('a'), send('a', { attempt: 2 }))).toBe('maybe');
    expect(
      written(
        send('a'),
        notWritten('a'),
        send('a', { attempt: 2 }),
        notWritten('a', { attempt: 2 }),
      ),
    ).toBe('no');
  });

  it('is not taken back by a record about another attempt or another instruction', () => {
    expect(written(send('a'), notWritten('a', { attempt: 2 }))).toBe('maybe');
    expect(written(send('a'), send('b'), notWritten('b'))).toBe('maybe');
    expect(written(send('a', { attempt: 2 }), send('a', { attempt: 1 }), notWritten('a'))).toBe(
      'maybe',
    );
  });

  it('R4: counts an attempt number that comes twice, as after a rollback of Redis, twice', () => {
    expect(written(send('a'), send('a'), notWritten('a'))).toBe('maybe');
    expect(written(send('a'), send('a'), notWritten('a'), notWritten('a'))).toBe('no');
    expect(written(notWritten('a'), send('a'))).toBe('maybe');
  });

  it('keeps the first outcome: it may have been published', () => {
    const index = indexOf(outcome('a'), outcome('a', { version: 9, digest: 'other' }));
    expect(index.known(LINK, 'a')).toMatchObject({ final: 1, version: 7, digest: 'digest of a' });
  });

  it('keeps the latest approval', () => {
    expect(indexOf(approval('a'), approval('a')).known(LINK, 'a')?.decision).toBe(2);
  });
});

describe('the index', () => {
  it('gives a serial to the id that used it first', () => {
    const index = indexOf(send('a', { serial: 'S' }), send('b', { serial: 'S' }));
    expect(index.bySerial(LINK, 'S')).toBe('a');
    expect(index.bySerial('another', 'S')).toBeUndefined();
  });

  it('keeps links, ids, notices and watermarks apart', () => {
    const index = indexOf(
      send('a', { watermark: 5 }),
      notice('n', { watermark: 3 }),
      send('a', { link: 'other', watermark: 9 }),
      notice('m'),
    );
    expect([...index.links()]).toEqual([LINK, 'other']);
    expect([...index.ids(LINK)]).toEqual(['a']);
    expect([...index.notices(LINK)]).toEqual([2, 4]);
    expect([index.highestWatermark(LINK), index.highestWatermark('other')]).toEqual([5, 9]);
  });

  it('lists as unsettled what was maybe written and has no outcome', () => {
    const index = indexOf(
      send('final'),
      outcome('final'),
      send('open'),
      answer('open'),
      send('decided'),
      approval('decided'),
      send('back'),
      notWritten('back'),
      send('again'),
      notWritten('again'),
      send('again', { attempt: 2 }),
      outcome('never sent'),
      answer('answer alone'),
      send('late record', { attempt: 1 }),
      outcome('late record'),
      send('late record', { attempt: 2 }),
    );
    expect(unsettled(index)).toEqual(['open', 'decided', 'again']);
  });

  it('lists the unsettled as of the call, so that settling them one by one is safe', () => {
    const index = indexOf(send('a'), send('b'));
    const found: string[] = [];
    for (const { id } of index.unsettled(LINK)) {
      found.push(id);
      index.add(numbered(10 + found.length, outcome(id)));
      index.add(numbered(20 + found.length, send(`${id}'`)));
    }
    expect(found).toEqual(['a', 'b']);
    expect(unsettled(index)).toEqual(["a'", "b'"]);
  });

  it('counts a record from the call of append on, and is the same after a reopening', async () => {
    const directory = scratch();
    const journal = await open(directory);
    const appending = journal.append([send('a'), send('b'), notWritten('b')]);
    expect(journal.known(LINK, 'a')?.written).toBe('maybe');
    expect(journal.index.bySerial(LINK, 'Sb')).toBe('b');
    await appending;
    await journal.close();
    const again = await open(directory);
    for (const id of ['a', 'b']) expect(again.known(LINK, id)).toEqual(journal.known(LINK, id));
    expect([...again.index.unsettled(LINK)].map(({ id }) => id)).toEqual(['a']);
    expect(again.highestWatermark(LINK)).toBe(1);
    await again.close();
  });
});

it('forgets what is final and has no record from a number on, with its serial, its notices and pushes', () => {
  const index = indexOf(
    send('a', { serial: 'SA' }),
    send('b', { serial: 'SB' }),
    outcome('a'),
    send('c', { serial: 'SC' }),
    outcome('b'),
    notice('x'),
    outcome('c'),
    answer('b'),
  );
  index.forget(5);
  expect([...index.ids(LINK)]).toEqual(['b', 'c']);
  expect(index.bySerial(LINK, 'SA')).toBeUndefined();
  expect(index.bySerial(LINK, 'SB')).toBe('b');
  index.forget(8);
  expect([...index.ids(LINK)]).toEqual(['b']);
  expect([...index.notices(LINK)]).toEqual([]);
  index.add(numbered(9, send('a', { attempt: 2, serial: 'SA' })));
  expect(index.known(LINK, 'a')).toMatchObject({ written: 'maybe', sends: [9] });
  expect(index.highestWatermark(LINK)).toBeGreaterThan(0);
});
