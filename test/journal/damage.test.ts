import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeLine } from '../../src/journal/line.ts';
import { files, ids, lines, open, scratch, segment, send, sends } from './ground.ts';

/** A journal of `count` records, closed. */
async function filled(count: number, segmentBytesMax?: number): Promise<string> {
  const directory = scratch();
  const journal = await open(directory, segmentBytesMax === undefined ? {} : { segmentBytesMax });
  for (let i = 1; i <= count; i += 1) await journal.append(sends(1, i));
  await journal.close();
  return directory;
}

function rot(path: string, line: number, at = 20): void {
  const content = Buffer.concat(
    lines(path).map((one, i) => {
      if (i === line) one[at] = (one[at] ?? 0) ^ 1;
      return one;
    }),
  );
  writeFileSync(path, content);
}

/** A line as somebody writes it who knows how, behind a line of this chain. */
const forged = (body: string, previous = ''): Buffer =>
  encodeLine(previous, Buffer.from(body)).bytes;
/** of each line of the first segment */
const chains = (directory: string): string[] =>
  lines(segment(directory)).map((line) => line.toString('latin1', 9, 73));

const cuts = (directory: string): string[] => files(directory).filter((name) => /cut/.test(name));

describe('P4: the tail of the open segment', () => {
  it('torn anywhere in the last record is cut back and reported, and its number is free', async () => {
    const directory = await filled(3);
    const content = readFileSync(segment(directory));
    const last = lines(segment(directory)).at(-1)?.length ?? 0;
    const start = content.length - last;
    const step = 13;
    for (let length = start; length < content.length; length += 1) {
      const edge = length < start + 3 || length > content.length - 3;
      if (!edge && (length - start) % step !== 0) continue;
      writeFileSync(segment(directory), content.subarray(0, length));
      const journal = await open(directory);
      expect(journal.openReport).toEqual({
        segments: 1,
        sealedDays: 0,
        records: 2,
        cut:
          length === start
            ? undefined
            : { segment: 'journal-000001-20260302.jsonl', bytes: length - start, wholeLines: 0 },
        damaged: [],
        cutFiles: [],
        intact: true,
        suspectDay: undefined,
      });
      expect(readFileSync(segment(directory))).toHaveLength(start);
      await journal.close();
    }
    const journal = await open(directory);
    expect((await journal.append([send('x')]))[0]?.n).toBe(3);
    await journal.close();
    const again = await open(directory);
    expect(await ids(again)).toEqual(['i1', 'i2', 'x']);
    expect(again.openReport.intact).toBe(true);
    await again.close();
  }, 60_000);

  it('of zeros, as a loss of power may leave, is cut back', async () => {
    const directory = await filled(2);
    appendFileSync(segment(directory), Buffer.alloc(5000));
    const journal = await open(directory);
    expect(journal.openReport).toMatchObject({ records: 2, cut: { bytes: 5000 }, intact: true });
    await journal.close();
  });

  it('with whole lines that are rotten is kept in a file, and the journal is not intact until people looked', async () => {
    const directory = await filled(4);
    const before = lines(segment(directory));
    const offset = before.slice(0, 2).reduce((sum, one) => sum + one.length, 0);
    rot(segment(directory), 2);
    rot(segment(directory), 3);
    const name = `journal-000001-20260302.cut-${offset}`;
    const kept = readFileSync(segment(directory)).subarray(offset);

    const first = await open(directory);
    expect(first.openReport).toMatchObject({
      records: 2,
      cut: { bytes: kept.length, wholeLines: 2 },
      cutFiles: [name],
      damaged: [],
      intact: false,
    });
    expect(readFileSync(join(directory, name))).toEqual(kept);
    await first.append([send('x')]);
    await first.close();

    const second = await open(directory);
    expect(second.openReport).toMatchObject({ cut: undefined, cutFiles: [name], intact: false });
    expect(await ids(second)).toEqual(['i1', 'i2', 'x']);
    await second.close();

    rmSync(join(directory, name));
    const third = await open(directory);
    expect(third.openReport.intact).toBe(true);
    await third.close();
  });

  it('rotten and then torn is kept whole', async () => {
    const directory = await filled(3);
    rot(segment(directory), 2);
    appendFileSync(segment(directory), 'half a li');
    const journal = await open(directory);
    expect(journal.openReport).toMatchObject({ cut: { wholeLines: 1 }, intact: false });
    expect(readFileSync(join(directory, cuts(directory)[0] ?? '')).toString()).toMatch(
      /half a li$/,
    );
    await journal.close();
  });
});

describe('damage elsewhere in the open segment', () => {
  const refused = { code: 'JOURNAL_DAMAGED', path: 'journal-000001-20260302.jsonl' };

  it('is refused, and nothing is changed', async () => {
    for (const line of [0, 1]) {
      const directory = await filled(3);
      rot(segment(directory), line);
      const content = readFileSync(segment(directory));
      await expect(open(directory)).rejects.toMatchObject({
        ...refused,
        detail: `line ${line + 1}, checksum`,
      });
      expect(readFileSync(segment(directory))).toEqual(content);
      expect(cuts(directory)).toEqual([]);
    }
  });

  it('is refused where a record is missing or comes twice', async () => {
    const directory = await filled(3);
    const [one, two, three] = lines(segment(directory)).map((line) => line.toString());
    writeFileSync(segment(directory), `${one}${three}`);
    await expect(open(directory)).rejects.toMatchObject({ detail: 'line 2, missing' });
    writeFileSync(segment(directory), `${one}${two}${two}${three}`);
    await expect(open(directory)).rejects.toMatchObject({ detail: 'line 3, repeated' });
  });

  it('is refused where the bytes are sound and are no record this version knows', async () => {
    const directory = await filled(1);
    appendFileSync(
      segment(directory),
      forged('{"n":2,"kind":"from the future"}', chains(directory)[0]),
    );
    await expect(open(directory)).rejects.toMatchObject({ ...refused, detail: 'line 2, content' });
  });
});

describe('a line whose checksum is right', () => {
  const other = { code: 'JOURNAL_DAMAGED', path: 'journal-000001-20260302.jsonl' };

  it('and which was written by another hand is refused, at it or behind it', async () => {
    const directory = await filled(4);
    const [one, two, three, four] = lines(segment(directory)) as [Buffer, Buffer, Buffer, Buffer];
    const [first] = chains(directory);
    const changed = two.toString().split(' ').slice(2).join(' ').trimEnd().replace('1.00', '9.00');
    const cases: [string, Buffer[]][] = [
      ['line 2, chain', [one, forged(changed, 'f'.repeat(64)), three, four]],
      // its own chain is right, that of the next one is not
      ['line 3, chain', [one, forged(changed, first), three, four]],
      ['line 2, missing', [one, three, four]],
      ['line 2, missing', [one, three, two, four]],
      ['line 3, repeated', [one, two, one, three, four]],
    ];
    for (const [detail, made] of cases) {
      writeFileSync(segment(directory), Buffer.concat(made));
      await expect(open(directory)).rejects.toMatchObject({ ...other, detail });
    }
  });

  it('and which is of another journal is reported', async () => {
    const directory = await filled(2);
    const elsewhere = await filled(2);
    copyFileSync(segment(elsewhere), segment(directory));
    const journal = await open(directory);
    expect(journal.openReport).toMatchObject({
      damaged: [{ segment: 'journal-000001-20260302.jsonl', line: 1, why: 'chain' }],
      intact: false,
    });
    await journal.close();
  });

  it('is reported in an older segment, also at its end, and appending goes on', async () => {
    const directory = await filled(9, 2_000);
    const before = lines(segment(directory, 1));
    writeFileSync(segment(directory, 1), Buffer.concat(before.slice(0, -1)));
    const journal = await open(directory);
    expect(journal.openReport).toMatchObject({
      damaged: [{ segment: 'journal-000002-20260302.jsonl', line: 1, why: 'missing' }],
      intact: false,
    });
    await journal.append([send('x')]);
    await journal.close();
    const again = await open(directory);
    expect(again.openReport.damaged).toHaveLength(1);
    await again.close();
  });
});

describe('records without an identity', () => {
  it('are refused: a fresh one would make another journal of them', async () => {
    const directory = await filled(2);
    rmSync(join(directory, 'identity'));
    const damaged = { code: 'JOURNAL_DAMAGED', path: 'identity' };
    await expect(open(directory)).rejects.toMatchObject(damaged);
    expect(files(directory)).toEqual(['hash-key', 'journal-000001-20260302.jsonl']);
  });
});

describe('damage in an older segment', () => {
  const small = 2_000;

  it('is reported with its line, and the rest is there', async () => {
    const directory = await filled(9, small);
    expect(files(directory).length).toBeGreaterThan(3);
    rot(segment(directory, 1), 1);
    const journal = await open(directory);
    expect(journal.openReport).toMatchObject({
      records: 8,
      damaged: [{ segment: 'journal-000001-20260302.jsonl', line: 2, why: 'checksum' }],
      cut: undefined,
      intact: false,
    });
    expect(await ids(journal)).toEqual(['i1', 'i3', 'i4', 'i5', 'i6', 'i7', 'i8', 'i9']);
    await expect(journal.read(2)).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' });
    expect((await journal.append([send('x')]))[0]?.n).toBe(10);
    await journal.close();
  });

  it('that is missing altogether is reported', async () => {
    const directory = await filled(9, small);
    rmSync(segment(directory, 2));
    const journal = await open(directory);
    expect(journal.openReport).toMatchObject({
      damaged: [{ segment: 'journal-000003-20260302.jsonl', line: 1, why: 'missing' }],
      intact: false,
    });
    await journal.close();
  });

  it('at its tail is no torn write where the open one is still empty: kept, reported, numbers go on', async () => {
    const directory = await filled(3);
    const content = readFileSync(segment(directory));
    writeFileSync(segment(directory), content.subarray(0, -5));
    writeFileSync(segment(directory, 2), '');
    const journal = await open(directory);
    expect(journal.openReport).toMatchObject({
      records: 2,
      cut: undefined,
      damaged: [{ segment: 'journal-000001-20260302.jsonl', line: 3, why: 'checksum' }],
      intact: false,
    });
    expect(readFileSync(segment(directory))).toHaveLength(content.length - 5);
    expect((await journal.append([send('x')]))[0]?.n).toBe(4);
    await journal.close();
    const again = await open(directory);
    expect(again.openReport.damaged).toHaveLength(1);
    expect(await ids(again)).toEqual(['i1', 'i2', 'x']);
    await again.close();
  });
});

describe('files beside the segments', () => {
  it('are none of our business', async () => {
    const directory = await filled(2);
    mkdirSync(join(directory, 'journal-000009-20260302.jsonl.d'));
    writeFileSync(join(directory, 'hold'), '');
    copyFileSync(segment(directory), join(directory, 'journal-000007-20260302.jsonl.bak'));
    const journal = await open(directory);
    expect(journal.openReport).toMatchObject({ segments: 1, records: 2, intact: true });
    await journal.close();
  });
});
