import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLine, encodeLine, linesOf } from '../../src/journal/line.ts';

const json = JSON.stringify({ n: 1, name: '张三', text: 'a\nb' });
const line = encodeLine(json);

describe('a line of the journal', () => {
  it('is checksum, space, JSON, LF', () => {
    const sum = crc32(json).toString(16).padStart(8, '0');
    expect(line.toString('utf8')).toBe(`${sum} ${json}\n`);
    expect(encodeLine('{}').toString('latin1')).toMatch(/^[0-9a-f]{8} \{\}\n$/);
  });

  it('keeps its zeros at the head of the checksum', () => {
    const texts = Array.from({ length: 600 }, (_, i) => `{"n":${i}}`);
    const zero = texts.find((text) => crc32(text) < 0x1000000) ?? '';
    expect(encodeLine(zero).toString('latin1')).toMatch(/^0/);
    expect(decodeLine(encodeLine(zero))).toBe(zero);
  });

  it('comes back from its bytes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const compact = JSON.stringify(JSON.parse(text));
        expect(decodeLine(encodeLine(compact))).toBe(compact);
      }),
    );
  });

  it('is no line when any one byte is missing at its end', () => {
    for (let length = 0; length < line.length; length += 1) {
      expect(decodeLine(line.subarray(0, length))).toBeUndefined();
    }
  });

  it('is no line when any one bit of it is turned', () => {
    for (let at = 0; at < line.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const rotten = Buffer.from(line);
        rotten[at] = (rotten[at] ?? 0) ^ (1 << bit);
        expect(decodeLine(rotten)).toBeUndefined();
      }
    }
  });
});

describe('the lines of a segment', () => {
  const two = Buffer.concat([line, encodeLine('{}')]);

  it('are found with offset and length at every cut of the segment', () => {
    for (let length = 0; length <= two.length; length += 1) {
      const found = [...linesOf(two.subarray(0, length))];
      expect(found.reduce((sum, one) => sum + one.length, 0)).toBe(length);
      expect(found.filter((one) => one.json !== undefined).length).toBe(
        length === two.length ? 2 : length >= line.length ? 1 : 0,
      );
      const torn = length !== 0 && length !== line.length && length !== two.length;
      expect(found.at(-1)?.ended ?? true).toBe(!torn);
    }
  });

  it('behind a rotten one are still found', () => {
    const rotten = Buffer.from(two);
    rotten[20] = (rotten[20] ?? 0) ^ 1;
    expect([...linesOf(rotten)]).toEqual([
      { offset: 0, length: line.length, ended: true, json: undefined },
      { offset: line.length, length: two.length - line.length, ended: true, json: '{}' },
    ]);
  });
});
