import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainStart, decodeLine, encodeLine, linesOf } from '../../src/journal/line.ts';

const start = chainStart('0123456789abcdef0123456789abcdef');
const encoded = (text: string, previous = start) => encodeLine(previous, Buffer.from(text));
const json = JSON.stringify({ n: 1, name: '张三', text: 'a\nb' });
const line = encoded(json).bytes;

describe('a line of the journal', () => {
  it('is checksum, chain, body, LF', () => {
    const chain = createHash('sha256').update(`${start}${json}`).digest('hex');
    const sum = crc32(`${chain} ${json}`).toString(16).padStart(8, '0');
    expect(line.toString('utf8')).toBe(`${sum} ${chain} ${json}\n`);
    expect(encoded(json).chain).toBe(chain);
    expect(encoded('{}').bytes.toString('latin1')).toMatch(/^[0-9a-f]{8} [0-9a-f]{64} \{\}\n$/);
  });

  it('keeps its zeros at the head of the checksum', () => {
    const lines = Array.from({ length: 600 }, (_, i) => encoded(`{"n":${i}}`).bytes);
    const zero = lines.find((one) => one[0] === 0x30);
    expect(decodeLine(zero ?? Buffer.alloc(0))).toBeDefined();
  });

  it('comes back from its bytes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const compact = JSON.stringify(JSON.parse(text));
        const { bytes, chain } = encoded(compact);
        expect(decodeLine(bytes)).toEqual({ chain, body: Buffer.from(compact) });
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

describe('the chain', () => {
  it('of a line depends on every line before it and on the journal', () => {
    const second = encoded('{}', encoded(json).chain).chain;
    expect(encoded('{}', encoded(`${json} `).chain).chain).not.toBe(second);
    expect(encoded('{}').chain).not.toBe(second);
    expect(chainStart('0'.repeat(32))).not.toBe(start);
  });
});

describe('the lines of a segment', () => {
  const two = Buffer.concat([line, encoded('{}', encoded(json).chain).bytes]);

  it('are found with offset and length at every cut of the segment', () => {
    for (let length = 0; length <= two.length; length += 1) {
      const found = [...linesOf(two.subarray(0, length))];
      expect(found.reduce((sum, one) => sum + one.length, 0)).toBe(length);
      expect(found.filter((one) => one.sound !== undefined).length).toBe(
        length === two.length ? 2 : length >= line.length ? 1 : 0,
      );
      const torn = length !== 0 && length !== line.length && length !== two.length;
      expect(found.at(-1)?.ended ?? true).toBe(!torn);
    }
  });

  it('behind a rotten one are still found', () => {
    const rotten = Buffer.from(two);
    rotten[20] = (rotten[20] ?? 0) ^ 1;
    expect([...linesOf(rotten)]).toMatchObject([
      { offset: 0, length: line.length, ended: true, sound: undefined },
      { offset: line.length, length: two.length - line.length, ended: true, sound: {} },
    ]);
  });
});
