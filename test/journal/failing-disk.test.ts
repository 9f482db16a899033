import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { YinqiError } from '../../src/errors.ts';
import type { Journal } from '../../src/journal/journal.ts';
import {
  FakeDisk,
  type Fault,
  files,
  ids,
  open,
  scratch,
  segment,
  send,
  sends,
  type Verb,
} from './ground.ts';

interface Ground {
  readonly directory: string;
  readonly disk: FakeDisk;
  readonly fatal: YinqiError[];
  readonly journal: Journal;
}

/** A journal with `i1` to `i3`, synced. */
async function ground(segmentBytesMax = 1_000_000): Promise<Ground> {
  const [directory, disk, fatal] = [scratch(), new FakeDisk(), [] as YinqiError[]];
  const onFatal = (error: YinqiError): void => {
    fatal.push(error);
  };
  const journal = await open(directory, { disk, onFatal, segmentBytesMax });
  await journal.append(sends(3));
  return { directory, disk, fatal, journal };
}

/** Once: a disk that works again the next time is not believed. */
function failing(verb: Verb, fault: Fault): FakeDisk['plan'] {
  let failed = false;
  return (at) => {
    if (failed || at !== verb) return undefined;
    failed = true;
    return fault;
  };
}

describe.each<[string, Verb, Fault, string]>([
  ['a short write', 'write', 'short', 'short write'],
  ['a failed write', 'write', 'before', 'EIO'],
  ['a write that failed and was done', 'write', 'after', 'EIO'],
  ['a failed fdatasync', 'datasync', 'before', 'EIO'],
  ['a failed fdatasync that synced', 'datasync', 'after', 'EIO'],
])('%s', (_, verb, fault, detail) => {
  it('ends the journal once, refuses everything waiting and later, and is cut back', async () => {
    const { directory, disk, fatal, journal } = await ground();
    const sound = statSync(segment(directory)).size;
    disk.plan = failing(verb, fault);
    const decided = await Promise.allSettled([
      journal.append([send('lost')]),
      new Promise(setImmediate).then(() => journal.append([send('waiting')])),
    ]);
    const reason = {
      code: 'JOURNAL_WRITE',
      path: 'journal-000001-20260302.jsonl',
      detail: expect.stringContaining(detail),
    };
    expect(decided).toEqual([
      { status: 'rejected', reason: expect.objectContaining(reason) },
      { status: 'rejected', reason: expect.objectContaining(reason) },
    ]);
    const steps = disk.steps.length;
    await expect(journal.append([send('later')])).rejects.toMatchObject({ code: 'JOURNAL_WRITE' });
    expect(disk.steps.length).toBe(steps);
    expect(fatal.map(({ code }) => code)).toEqual(['JOURNAL_WRITE']);
    expect(statSync(segment(directory)).size).toBe(sound);
    expect(await ids(journal)).toEqual(['i1', 'i2', 'i3']);
    await journal.close();
    expect(fatal).toHaveLength(1);

    const again = await open(directory);
    expect(again.openReport).toMatchObject({ records: 3, cut: undefined, intact: true });
    expect((await again.append([send('next')]))[0]?.n).toBe(4);
    await again.close();
    expect(readFileSync(segment(directory), 'utf8').split('\n')).toHaveLength(5);
  });

  it('leaves a sound journal also when it cannot be cut back', async () => {
    const { directory, disk, journal } = await ground();
    disk.plan = (at) => (at === verb ? fault : at === 'truncate' ? 'before' : undefined);
    await expect(journal.append([send('maybe'), send('rather not')])).rejects.toThrow();
    await journal.close();
    const again = await open(directory);
    const found = await ids(again);
    expect(found.slice(0, 3)).toEqual(['i1', 'i2', 'i3']);
    // what was written whole is there: "maybe written" errs on the safe side
    expect(['i1,i2,i3', 'i1,i2,i3,maybe', 'i1,i2,i3,maybe,rather not']).toContain(found.join());
    expect(again.openReport.intact).toBe(true);
    await again.append([send('next')]);
    expect(await ids(again)).toEqual([...found, 'next']);
    await again.close();
  });
});

describe('rolling to a new segment', () => {
  it('R5: syncs the directory before the first record of the new one is written', async () => {
    const { directory, disk, journal } = await ground(1);
    const before = disk.steps.length;
    await journal.append([send('x')]);
    expect(disk.steps.slice(before)).toEqual(['create', 'syncDirectory', 'write', 'datasync']);
    expect(files(directory)).toContain('journal-000002-20260302.jsonl');
    expect(await journal.read(4)).toMatchObject({ id: 'x' });
    await journal.close();
    const again = await open(directory);
    expect(again.openReport).toMatchObject({ segments: 2, records: 4, intact: true });
    await again.close();
  });

  const steps: Verb[] = ['create', 'syncDirectory', 'write', 'datasync'];
  const deaths = steps.flatMap((verb) =>
    (['before', 'after'] as const).map((fault): [Fault, Verb] => [fault, verb]),
  );
  it.each(deaths)('survives a death %s its %s', async (fault, verb) => {
    const { directory, disk, fatal, journal } = await ground(1);
    disk.dead = true;
    disk.plan = failing(verb, fault);
    await expect(journal.append([send('x')])).rejects.toMatchObject({ code: 'JOURNAL_WRITE' });
    expect(fatal).toHaveLength(1);
    await journal.close();
    for (let start = 1; start <= 2; start += 1) {
      const again = await open(directory, { segmentBytesMax: 1 });
      const found = await ids(again);
      const written = verb === 'datasync' || (verb === 'write' && fault === 'after');
      const whole = ['i1', 'i2', 'i3', ...(written ? ['x'] : []), ...(start === 2 ? ['y1'] : [])];
      expect(found).toEqual(whole);
      expect(again.openReport).toMatchObject({ damaged: [], cutFiles: [], intact: true });
      await again.append([send(`y${start}`)]);
      expect((await ids(again)).at(-1)).toBe(`y${start}`);
      await again.close();
    }
  });
});

describe('opening', () => {
  const first: [Fault, number][] = [0, 1, 2, 3, 4].flatMap((step): [Fault, number][] => [
    ['before', step],
    ['after', step],
  ]);
  it.each(first)('survives a death %s step %i of making it', async (fault, at) => {
    const [directory, disk] = [scratch(), new FakeDisk()];
    disk.dead = true;
    disk.plan = (_, step) => (step === at ? fault : undefined);
    await expect(open(directory, { disk })).rejects.toMatchObject({ code: 'JOURNAL_WRITE' });
    const again = await open(directory);
    expect(again.openReport).toMatchObject({ records: 0, intact: true });
    await again.append([send('a')]);
    await again.close();
  });

  it('syncs what a killed process left, before it is believed', async () => {
    const { directory, journal } = await ground();
    await journal.close();
    const disk = new FakeDisk();
    const again = await open(directory, { disk });
    expect(disk.steps).toEqual(['syncDirectory', 'datasync', 'syncDirectory']);
    await again.close();
  });
});
