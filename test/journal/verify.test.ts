/** Goal: verify finds whatever was changed in a journal, wherever it was changed, and says where; and nothing where nothing was. */
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { realDisk } from '../../src/journal/disk.ts';
import { exportDays } from '../../src/journal/exporting.ts';
import { lookIntoJournal } from '../../src/journal/journal.ts';
import type { KeyFiles } from '../../src/journal/keys.ts';
import { groundOfLook } from '../../src/journal/looking.ts';
import { sealBytes } from '../../src/journal/sealing/seal.ts';
import { verifyJournal } from '../../src/journal/verify.ts';
import { answer, files, ids, open, outcome, scratch, send, sends } from './ground.ts';

/** Noon of the n-th of March 2026 in Shanghai. */
const noon = (day: number): Date => new Date(Date.UTC(2026, 2, day, 4));

/** Three sealed days with records 1–3, 4–6, 7–9, and 10–11 of a day that goes on. */
async function made(directory: string, encryption?: KeyFiles): Promise<string> {
  let now = noon(2);
  const journal = await open(directory, { now: () => now, ...(encryption && { encryption }) });
  for (const day of [2, 3, 4]) {
    now = noon(day);
    await journal.append([send(`a${day}`), answer(`a${day}`), outcome(`a${day}`)]);
    now = noon(day + 1);
    await journal.sealOverDays();
  }
  await journal.append(sends(2));
  await journal.close();
  return directory;
}

const verified = async (directory: string, from?: string, encryption?: KeyFiles) =>
  verifyJournal(await groundOfLook(directory, { encryption }), from);
const faultsOf = async (directory: string, from?: string) =>
  (await verified(directory, from)).faults.map(({ file, line, record, why }) =>
    [file, line, record ?? '-', why].join(' '),
  );

let template = '';
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'yinqi-verify-'));
  template = await made(join(folder, 'journal'));
  return () => rmSync(folder, { recursive: true, force: true });
});

function copy(): string {
  const directory = scratch();
  cpSync(template, directory, { recursive: true });
  return directory;
}

const sealedPath = (directory: string, name: string): string => join(directory, 'sealed', name);
const DAY_2 = 'journal-000001-20260302.jsonl';
const DAY_3 = 'journal-000002-20260303.jsonl';
const OPEN = 'journal-000004-20260305.jsonl';

/** Changes the text of a sealed day without telling its seal; or the seal is made to fit. */
function change(directory: string, name: string, edit: (text: string) => string): void {
  const path = sealedPath(directory, `${name}.gz`);
  writeFileSync(path, gzipSync(edit(gunzipSync(readFileSync(path)).toString('latin1'))));
}

describe('a journal', () => {
  it('that is as it was written has no fault, and tells its last seal', async () => {
    const found = await verified(template);
    expect(found).toMatchObject({
      days: ['20260302', '20260303', '20260304'],
      sealedRecords: 9,
      openRecords: 2,
      faults: [],
      lastSeal: { number: 3, day: '20260304' },
    });
    expect(found.seals.map(({ hash }) => hash)).toHaveLength(3);
  });

  it('is looked at while its owner appends, and a line that is not whole yet is no fault', async () => {
    const directory = copy();
    appendFileSync(segmentOf(directory, OPEN), '0a1b2c3d half');
    expect(await faultsOf(directory)).toEqual([]);
  });

  it('of which nothing is sealed yet is gone through too', async () => {
    const directory = scratch();
    const journal = await open(directory, { now: () => noon(2) });
    await journal.append(sends(3));
    await journal.close();
    expect(await verified(directory)).toMatchObject({ days: [], openRecords: 3, faults: [] });
    expect((await verified(directory)).lastSeal).toBeUndefined();
  });

  it('changes nothing by being looked at', async () => {
    const directory = copy();
    const all = () =>
      readdirSync(directory, { recursive: true })
        .map(String)
        .sort()
        .map((name) => [name, statSync(join(directory, name)).mtimeMs]);
    const before = all();
    await verified(directory);
    expect(all()).toEqual(before);
  });
});

const segmentOf = (directory: string, name: string): string => join(directory, name);

describe('what was changed', () => {
  it.each<[string, (directory: string) => void, string[]]>([
    [
      'a byte of a sealed day',
      (at) => change(at, DAY_2, (text) => text.replace('DLMDETRN', 'DLMDETRX')),
      [`${DAY_2}.gz 0 - digest`],
    ],
    [
      'a sealed day that is gone',
      (at) => rmSync(sealedPath(at, `${DAY_3}.gz`)),
      [`${DAY_3}.gz 0 - gone`],
    ],
    [
      'a seal that is gone',
      (at) => rmSync(sealedPath(at, '20260303.seal')),
      ['20260302.seal 0 - gone', `journal-000003-20260304.jsonl 1 7 missing`],
    ],
    [
      'an index',
      (at) => writeFileSync(sealedPath(at, '20260302.index'), 'x'),
      ['20260302.index 0 - digest'],
    ],
    [
      'the first seal, though it is a seal',
      (at) => {
        const path = sealedPath(at, '20260302.seal');
        const { hash: _, ...seal } = JSON.parse(readFileSync(path, 'utf8'));
        writeFileSync(path, sealBytes({ ...seal, records: 2 }));
      },
      ['20260302.seal 0 - digest', '20260302.seal 0 - seal'],
    ],
    [
      'a line of the open day',
      (at) => {
        const path = segmentOf(at, OPEN);
        writeFileSync(path, readFileSync(path, 'utf8').replace('"id":"i1"', '"id":"i7"'));
      },
      [`${OPEN} 1 10 checksum`],
    ],
    [
      'a line of the open day that is not there',
      (at) => {
        const path = segmentOf(at, OPEN);
        const [, second] = readFileSync(path, 'utf8').split('\n');
        writeFileSync(path, `${second}\n`);
      },
      [`${OPEN} 1 11 missing`],
    ],
    [
      'whole lines that a start cut off',
      (at) => writeFileSync(join(at, 'journal-000004-20260305.cut-12'), 'x'),
      ['journal-000004-20260305.cut-12 0 - cut'],
    ],
  ])('%s is found', async (_, damage, faults) => {
    const directory = copy();
    damage(directory);
    expect(await faultsOf(directory)).toEqual(faults);
  });

  it('by an owner of the disk who made the digests fit again is found by the seals behind it', async () => {
    const directory = copy();
    const { createHash } = await import('node:crypto');
    change(directory, DAY_2, (text) => text.replace('DLMDETRN', 'DLMDETRX'));
    const archive = readFileSync(sealedPath(directory, `${DAY_2}.gz`));
    const path = sealedPath(directory, '20260302.seal');
    const { hash: _, ...seal } = JSON.parse(readFileSync(path, 'utf8'));
    const sha256 = createHash('sha256').update(archive).digest('hex');
    const fitted = seal.files.map((file: { name: string }) =>
      file.name.endsWith('.gz') ? { ...file, bytes: archive.length, sha256 } : file,
    );
    writeFileSync(path, sealBytes({ ...seal, files: fitted }));
    const found = await faultsOf(directory);
    expect(found).toContain('20260302.seal 0 - digest');
    expect(found).toContain(`${DAY_2} 1 1 checksum`);
  });

  it('before the day that is asked for is not gone through', async () => {
    const directory = copy();
    change(directory, DAY_2, (text) => text.replace('DLMDETRN', 'DLMDETRX'));
    expect(await faultsOf(directory, '20260303')).toEqual([]);
    expect(await faultsOf(directory, '20260302')).toEqual([`${DAY_2}.gz 0 - digest`]);
  });
});

describe('an exported part', () => {
  it('is verified by itself, elsewhere, and its records can be looked up', async () => {
    const out = join(scratch(), 'out');
    const exported = await exportDays(await groundOfLook(template, {}), out, {
      from: '20260303',
      to: '20260304',
    });
    expect(exported).toMatchObject({ from: '20260303', to: '20260304' });
    const found = await verified(out);
    expect(found).toMatchObject({ days: ['20260303', '20260304'], sealedRecords: 6, faults: [] });
    expect(found.lastSeal?.hash).toBe(exported.seal);
    const view = await lookIntoJournal(out);
    expect(await view.read(4)).toMatchObject({ kind: 'send', id: 'a3' });
    expect(await ids(view)).toEqual(['a3', 'a3', 'a3', 'a4', 'a4', 'a4']);
    expect(readdirSync(join(out, 'sealed'))).not.toContain(`${DAY_2}.gz`);
    expect(files(out)).toEqual(['export.json', 'identity', 'sealed']);
    for (const name of readdirSync(out, { recursive: true }).map(String)) {
      const { mode } = statSync(join(out, name));
      expect((mode & 0o077).toString(8), name).toBe('0');
    }
  });

  it('with a byte changed is found out, by nothing but itself', async () => {
    const out = join(scratch(), 'out');
    await exportDays(await groundOfLook(template, {}), out, { from: '20260303' });
    change(out, DAY_3, (text) => text.replace('DLMDETRN', 'DLMDETRX'));
    expect(await faultsOf(out)).toEqual([`${DAY_3}.gz 0 - digest`]);
  });

  it('is of sealed days only, into a directory of its own', async () => {
    const ground = await groundOfLook(template, {});
    const out = join(scratch(), 'out');
    const ask = (range: { from?: string; to?: string }) => exportDays(ground, out, range);
    await expect(ask({ to: '20260305' })).rejects.toThrow('the last sealed day is 20260304');
    await expect(ask({ from: '20270101' })).rejects.toThrow('no sealed day');
    await ask({});
    await expect(ask({})).rejects.toThrow('not empty');
  });

  it('of a damaged day is refused: a copy would look as if it were whole', async () => {
    const directory = copy();
    change(directory, DAY_3, (text) => text.replace('DLMDETRN', 'DLMDETRX'));
    const ground = await groundOfLook(directory, {});
    await expect(exportDays(ground, join(scratch(), 'out'), {})).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
      path: `${DAY_3}.gz`,
    });
  });
});

describe('an encrypted journal', () => {
  it('is verified with either key, also exported; without one all but what is in the records', async () => {
    const directory = scratch();
    const keys = join(directory, '..');
    const [keyFile, escrowKeyFile, other] = ['a', 'b', 'c'].map((name, i) => {
      const path = join(keys, name);
      writeFileSync(path, Buffer.alloc(32, i + 1));
      return path;
    }) as [string, string, string];
    await made(directory, { keyFile, escrowKeyFile });
    const out = join(keys, 'out');
    await exportDays(await groundOfLook(directory, { encryption: { keyFile } }), out, {});
    for (const at of [directory, out]) {
      for (const file of [keyFile, escrowKeyFile]) {
        expect(await verified(at, undefined, { keyFile: file })).toMatchObject({
          faults: [],
          sealedRecords: 9,
        });
      }
      const closed = at === out ? 9 : 11;
      const keyless = await verified(at);
      expect(keyless).toMatchObject({ faults: [], sealedRecords: 9, unopened: closed });
      await expect(verified(at, undefined, { keyFile: other })).rejects.toMatchObject({
        code: 'JOURNAL_KEY',
      });
    }
  });
});

it('a day that is sealed while somebody looks is looked at again, and is no fault', async () => {
  const directory = copy();
  const ground = await groundOfLook(directory, {});
  const journal = await open(directory, { now: () => noon(6) });
  // the seals were read, and the segments that are not sealed are listed next
  const list = async (of: string): Promise<string[]> => {
    if (of === directory) await journal.sealOverDays();
    return realDisk.list(of);
  };
  const found = await verifyJournal({ ...ground, disk: { ...realDisk, list } });
  expect(found).toMatchObject({ faults: [], sealedRecords: 11, openRecords: 0 });
  await journal.close();
});
