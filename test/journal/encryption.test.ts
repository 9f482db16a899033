import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { clearBodies, encryptedBodies } from '../../src/journal/bodies.ts';
import { lookIntoJournal } from '../../src/journal/journal.ts';
import type { KeyFiles } from '../../src/journal/keys.ts';
import { encodeLine } from '../../src/journal/line.ts';
import { files, ids, lines, open, scratch, segment, send, sends } from './ground.ts';

interface Safe {
  readonly directory: string;
  readonly both: KeyFiles;
}

const keyAt = (directory: string, name: string, byte: number, length = 32): string => {
  const path = join(dirname(directory), name);
  writeFileSync(path, Buffer.alloc(length, byte));
  return path;
};

function safe(): Safe {
  const directory = scratch();
  const both = {
    keyFile: keyAt(directory, 'day.key', 1),
    escrowKeyFile: keyAt(directory, 'safe.key', 2),
  };
  return { directory, both };
}

async function filled(count = 3): Promise<Safe> {
  const made = safe();
  const journal = await open(made.directory, { encryption: made.both });
  await journal.append(sends(count));
  await journal.close();
  return made;
}

const allBytes = (directory: string): string =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => {
      const bytes = readFileSync(path);
      return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
    })
    .join('\n');

describe('an encrypted journal', () => {
  it('shows nothing of its records on the disk, and gives them back with either key', async () => {
    const { both, directory } = await filled();
    expect(lines(segment(directory))[0]?.toString()).toMatch(
      /^[0-9a-f]{8} [0-9a-f]{64} \{"n":1,"e":"[A-Za-z0-9+/=]+"\}\n$/,
    );
    for (const word of ['DLMDETRN', '张三', 'digest of']) {
      expect(allBytes(directory)).not.toContain(Buffer.from(word).toString('latin1'));
    }
    expect(statSync(join(directory, 'keys')).mode & 0o777).toBe(0o600);
    for (const keyFile of [both.keyFile, both.escrowKeyFile ?? '']) {
      const journal = await open(directory, { encryption: { keyFile } });
      expect(await ids(journal)).toEqual(['i1', 'i2', 'i3']);
      expect(journal.openReport).toMatchObject({ records: 3, intact: true });
      await journal.close();
    }
    // the second one is in the safe, the setting has stayed
    rmSync(both.escrowKeyFile ?? '');
    const journal = await open(directory, { encryption: both });
    expect(await journal.read(2)).toMatchObject({ id: 'i2' });
    await journal.close();
    const view = await lookIntoJournal(directory, { encryption: both });
    expect(await ids(view)).toHaveLength(3);
  });

  it('seals its days, and their indexes are encrypted too', async () => {
    const { both, directory } = safe();
    let now = new Date('2026-03-02T04:00:00Z');
    const journal = await open(directory, { encryption: both, now: () => now });
    await journal.append(sends(3));
    now = new Date('2026-03-03T04:00:00Z');
    await journal.append([send('x')]);
    expect(await journal.sealOverDays()).toMatchObject([{ last: 3 }]);
    expect(await ids(journal)).toEqual(['i1', 'i2', 'i3', 'x']);
    await journal.close();
    expect(allBytes(directory)).not.toContain('DLMDETRN');
    const again = await open(directory, { encryption: { keyFile: both.keyFile }, now: () => now });
    expect(again.known('citic-1', 'i2')).toMatchObject({ serial: 'Si2', written: 'maybe' });
    expect(again.openReport).toMatchObject({ records: 4, sealedDays: 1, intact: true });
    await again.close();
  });

  it('is refused with another key or none, and nothing is changed', async () => {
    const { both, directory } = await filled();
    writeFileSync(segment(directory), 'half a line', { flag: 'a' });
    const before = readFileSync(segment(directory));
    const other = keyAt(directory, 'other.key', 3);
    const cases: [KeyFiles | undefined, string][] = [
      [{ keyFile: other }, 'journal.encryption.keyFile'],
      [{ keyFile: other, escrowKeyFile: other }, 'journal.encryption.keyFile'],
      [{ keyFile: keyAt(directory, 'short.key', 1, 31) }, 'journal.encryption.keyFile'],
      [{ keyFile: `${both.keyFile}.gone` }, 'journal.encryption.keyFile'],
      [undefined, 'journal.encryption'],
    ];
    for (const [encryption, path] of cases) {
      await expect(open(directory, { encryption })).rejects.toMatchObject({
        code: 'JOURNAL_KEY',
        path,
      });
    }
    await expect(lookIntoJournal(directory)).rejects.toMatchObject({ code: 'JOURNAL_KEY' });
    expect(readFileSync(segment(directory))).toEqual(before);
  });

  it('is made with two different keys only, and where one is missing nothing is made', async () => {
    const { both, directory } = safe();
    const { escrowKeyFile: _, ...one } = both;
    const path = 'journal.encryption.escrowKeyFile';
    for (const encryption of [one, { ...one, escrowKeyFile: one.keyFile }]) {
      await expect(open(directory, { encryption })).rejects.toMatchObject({
        code: 'JOURNAL_KEY',
        path,
      });
      expect(files(directory)).toEqual([]);
    }
  });

  it('may begin clear: what there was is still read', async () => {
    const { both, directory } = safe();
    const clear = await open(directory);
    await clear.append([send('a')]);
    await clear.close();
    const journal = await open(directory, { encryption: both });
    await journal.append([send('b')]);
    expect(await ids(journal)).toEqual(['a', 'b']);
    await journal.close();
  });

  it('without its keys file is refused, and no other keys are made', async () => {
    const { both, directory } = await filled();
    rmSync(join(directory, 'keys'));
    await expect(open(directory, { encryption: both })).rejects.toMatchObject({
      code: 'JOURNAL_DAMAGED',
    });
    expect(files(directory)).not.toContain('keys');
  });
});

describe('a body', () => {
  const bodies = encryptedBodies(Buffer.alloc(32, 7), 'journal');
  const json = '{"n":5}';
  const body = bodies.close(5, '20260302', json);

  it('opens for its own number, day, journal and key only', () => {
    expect(bodies.open('20260302', body)).toBe(json);
    expect(bodies.open('20260303', body)).toBeUndefined();
    const asSix = Buffer.from(body.toString().replace('"n":5', '"n":6'));
    expect(bodies.open('20260302', asSix)).toBeUndefined();
    expect(encryptedBodies(Buffer.alloc(32, 8), 'journal').open('20260302', body)).toBeUndefined();
    expect(encryptedBodies(Buffer.alloc(32, 7), 'other').open('20260302', body)).toBeUndefined();
    for (let at = 12; at < body.length - 2; at += 1) {
      const rotten = Buffer.from(body);
      rotten[at] = (rotten[at] ?? 0) ^ 1;
      expect(bodies.open('20260302', rotten)).not.toBe(`${json} `);
    }
  });

  it('is another one each time, a file always the same', () => {
    expect(bodies.close(5, '20260302', json).equals(body)).toBe(false);
    const file = bodies.closeFile('a', Buffer.from('x'));
    expect(bodies.closeFile('a', Buffer.from('x')).equals(file)).toBe(true);
    expect(bodies.openFile('a', file)?.toString()).toBe('x');
    expect(bodies.openFile('b', file)).toBeUndefined();
    expect(bodies.closeFile('b', Buffer.from('x')).subarray(0, 12)).not.toEqual(
      file.subarray(0, 12),
    );
  });

  it('in clear that is encrypted says that a key is missing', () => {
    const { bytes } = encodeLine('', body);
    expect(bytes.length).toBeGreaterThan(body.length);
    expect(() => clearBodies.open('20260302', body)).toThrow('JOURNAL_KEY');
  });
});
