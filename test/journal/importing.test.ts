/** What another journal knows, this one knows as if it had been its own: once, whoever is killed in between. */
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { importJournal } from '../../src/journal/importing.ts';
import { type Journal, lookIntoJournal } from '../../src/journal/journal.ts';
import { answer, LINK, notWritten, open, outcome, scratch, send } from './ground.ts';

/** Sent and settled, sent and not, taken back; and a start that missed a third journal. */
async function theirs(directory: string): Promise<{ identity: string; last: number }> {
  const journal = await open(directory);
  await journal.append([
    {
      ...{ kind: 'start', link: LINK, watermark: 5, epoch: 5, redisRun: '', durability: '' },
      ...{ spec: '', config: '' },
      asks: { since: 900, missing: [{ why: 'journal', journal: 'third', records: 4 }] },
    },
    send('A', { watermark: 90 }),
    answer('A'),
    outcome('A'),
    send('B'),
    send('C'),
    notWritten('C'),
    { kind: 'operator', link: LINK, watermark: 5, what: 'run', of: 'link', who: 'x', why: 'y' },
    {
      ...{ kind: 'seal', link: '', watermark: 0, day: '20260302', number: 7 },
      ...{ hash: '00', told: ['erp'] },
    },
  ]);
  const { identity, last } = journal;
  await journal.close();
  return { identity, last };
}

const whatItKnows = ({ index }: Journal) => ({
  written: ['A', 'B', 'C'].map((id) => index.known(LINK, id)?.written),
  unsettled: [...index.unsettled(LINK)].map(({ id }) => id),
  serial: index.bySerial(LINK, 'SB'),
  watermark: index.highestWatermark(LINK),
  missing: index.missing(LINK).open,
  seals: index.sealsTold(),
});
const WHOLE = {
  written: ['maybe', 'maybe', 'no'],
  unsettled: ['B'],
  serial: 'B',
  watermark: 90,
  missing: [{ why: 'journal', journal: 'third', records: 4 }],
  // whose days were sealed and told there
  seals: 0,
};

it('R3: every id, serial, final and watermark, and what was missing there; also after an opening', async () => {
  const [mine, other] = [scratch(), scratch()];
  const { identity, last } = await theirs(other);
  const journal = await open(mine);
  await journal.append([send('OWN'), notWritten('OWN')]);
  expect(await importJournal(journal, await lookIntoJournal(other))).toEqual({
    records: 8,
    links: [LINK],
    whole: true,
  });
  expect(whatItKnows(journal)).toEqual(WHOLE);
  await journal.close();
  const again = await open(mine);
  expect(whatItKnows(again)).toEqual(WHOLE);
  expect(again.index.missing(LINK).covered).toEqual([
    { journal: identity, records: last, imported: true },
  ]);
  // the record is as it was, and says where it is from
  expect(await again.lastSend(LINK, 'B')).toMatchObject({ ...send('B'), from: { n: 5 } });
  expect(await again.finalOf(LINK, 'A')).toMatchObject(outcome('A'));
  await again.close();
});

it('R3: run twice it is taken in once', async () => {
  const [mine, other] = [scratch(), scratch()];
  await theirs(other);
  const journal = await open(mine);
  await importJournal(journal, await lookIntoJournal(other));
  const { last } = journal;
  expect(await importJournal(journal, await lookIntoJournal(other))).toMatchObject({ records: 0 });
  expect(journal.last).toBe(last);
  await journal.close();
});

it('R3: killed after any record of it, it goes on there; and does not count as whole before its end', async () => {
  const other = scratch();
  await theirs(other);
  const full = scratch();
  const whole = await open(full);
  await importJournal(whole, await lookIntoJournal(other));
  await whole.close();
  const [name = ''] = readdirSync(full).filter((file) => file.endsWith('.jsonl'));
  const lines = readFileSync(join(full, name), 'utf8').split('\n').slice(0, -1);
  expect(lines.length).toBe(9);
  for (let kept = 0; kept < lines.length; kept += 1) {
    const part = scratch();
    // a directory with the same identity, so that the lines are its own
    await (await open(part)).close();
    for (const file of readdirSync(full)) {
      if (file !== name) writeFileSync(join(part, file), readFileSync(join(full, file)));
    }
    const text = lines.slice(0, kept).map((line) => `${line}\n`);
    writeFileSync(join(part, name), text.join('') + (lines[kept] ?? '').slice(0, 20));
    const journal = await open(part);
    expect(journal.index.missing(LINK).covered).toEqual([]);
    const { records } = await importJournal(journal, await lookIntoJournal(other));
    expect(records).toBe(Math.max(0, 8 - kept));
    expect(whatItKnows(journal)).toEqual(WHOLE);
    expect(journal.last).toBe(9);
    await journal.close();
  }
});

it('R3: one whose lines cannot be read is taken in as far as it goes, and is not whole', async () => {
  const [mine, other] = [scratch(), scratch()];
  const { identity } = await theirs(other);
  const [name = ''] = readdirSync(other).filter((file) => file.endsWith('.jsonl'));
  appendFileSync(join(other, name), 'rot\n');
  const journal = await open(mine);
  expect(await importJournal(journal, await lookIntoJournal(other))).toMatchObject({
    records: 8,
    whole: false,
  });
  expect(journal.known(LINK, 'B')?.written).toBe('maybe');
  expect(journal.index.missing(LINK).has({ why: 'journal', journal: identity, records: 1 })).toBe(
    false,
  );
  expect(journal.index.missing(LINK).covered).toEqual([]);
  await journal.close();
});

it('is not taken in by itself, nor by a copy of it', async () => {
  const mine = scratch();
  const journal = await open(mine);
  const same = await lookIntoJournal(mine);
  await expect(importJournal(journal, same)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await journal.close();
});
