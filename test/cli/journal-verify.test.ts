/** Goal: finance finds out, without a gateway, whether a journal or a copy of its days is what was told; and every fault has its place. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { open, send, sends } from '../journal/ground.ts';
import { ground, yinqi } from './ground.ts';

const { path, config } = ground();

let directory = '';
const told: string[] = [];
beforeEach(async () => {
  directory = path('journal');
  let now = new Date('2026-03-02T04:00:00Z');
  const journal = await open(directory, { now: () => now });
  told.splice(0);
  for (const day of ['03', '04']) {
    await journal.append(sends(2));
    now = new Date(`2026-03-${day}T04:00:00Z`);
    told.push(...(await journal.sealOverDays()).map(({ hash }) => hash));
  }
  await journal.append([send('today')]);
  await journal.close();
});

const verify = (...args: string[]) =>
  yinqi(['journal', 'verify', '--directory', directory, ...args]);
const damage = (): void => {
  const file = join(directory, 'journal-000003-20260304.jsonl');
  writeFileSync(file, readFileSync(file, 'utf8').replace('today', 'TODAY'));
};

it('a sound journal: its days, its records, and the last seal as it was told', async () => {
  const ran = await verify();
  expect(ran).toMatchObject({ exit: 0, err: '' });
  expect(ran.out).toMatch(/2 sealed days with 4 records, 1 records not sealed yet, 0 faults$/m);
  expect(ran.out).toContain(`last seal: number 2, day 20260303, ${told[1]}`);
});

it('a seal that was told is one of this journal, another one is not', async () => {
  const known = await verify('--seal', told[0] ?? '');
  expect(known).toMatchObject({ exit: 0 });
  expect(known.out).toContain('the seal given is that of day 20260302');
  const other = await verify('--seal', '0'.repeat(64));
  expect(other.exit).toBe(1);
  expect(other.err).toContain('it is not the journal that was told of');
});

it('a fault: its file, its line, its record, and exit code 1', async () => {
  damage();
  const ran = await verify();
  expect(ran.exit).toBe(1);
  expect(ran.out).toMatch(/^journal-000003-20260304\.jsonl +1 +5 +torn or rotten bytes$/m);
  const { exit, out } = await verify('--json');
  expect(exit).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    fine: false,
    faults: [{ file: 'journal-000003-20260304.jsonl', line: 1, record: 5, why: 'checksum' }],
    last: { number: 2, hash: told[1] },
  });
});

it('a copy of some days is verified by itself, where nothing else of the journal is', async () => {
  const file = config((one) => {
    one.journal.directory = directory;
  });
  const out = path('copy');
  const days = ['--from', '20260303', '--to', '20260303'];
  const ran = await yinqi(['journal', 'export', '--config', file, '--out', out, ...days]);
  expect(ran).toMatchObject({ exit: 0, err: '' });
  expect(ran.out).toContain(`last seal: ${told[1]}`);
  damage();
  directory = out;
  const copied = await verify('--seal', told[1] ?? '');
  expect(copied).toMatchObject({ exit: 0, err: '' });
  expect(copied.out).toContain('an exported part: days 20260303 to 20260303, none before is here');
  expect(copied.out).toContain('1 sealed days with 2 records, 0 records not sealed yet, 0 faults');
  const found = await yinqi(['journal', 'find', '--kind', 'send', '--directory', out, '--json']);
  expect((JSON.parse(found.out) as { n: string }[]).map(({ n }) => n)).toEqual(['3', '4']);
});

it('a day that is no day, or not sealed yet, is said', async () => {
  const wrong = { exit: 1, err: expect.stringContaining('a day, yyyymmdd') };
  expect(await verify('--from', '2026-03-02')).toMatchObject(wrong);
  const exporting = (...args: string[]) =>
    yinqi(['journal', 'export', '--directory', directory, '--out', path('copy'), ...args]);
  expect(await exporting('--from', 'x')).toMatchObject(wrong);
  const early = await exporting('--to', '20260304');
  expect(early).toMatchObject({
    exit: 1,
    err: expect.stringContaining('the last sealed day is 20260303'),
  });
});
