/** Bank-visible numbers: a pure function of link, day, source and id, and of nothing else (R8). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accountCandidates,
  SERIAL_CANDIDATES_MAX,
  type SerialSeed,
  serialCandidates,
} from '../../src/instruction/serial.ts';

const seed: SerialSeed = { link: 'citic-main', day: '20260924', source: 'erp', id: 'A1' };

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
const seeds: fc.Arbitrary<SerialSeed> = fc.record({
  link: name,
  day: fc.constantFrom('20260101', '20260924', '20271231'),
  source: name,
  id: fc.stringMatching(/^[A-Za-z0-9_]{1,40}$/),
});

describe('serials', () => {
  it('begin with the business day, have 20 bytes, and are the same for ever', () => {
    // written down: a serial that changes with a release would pay again what it once named
    expect(serialCandidates(seed, 20)).toMatchInlineSnapshot(`
      [
        "20260924IV7ETWYZIBRR",
        "202609240RRU72P7GOPD",
        "20260924H456YMVYG4ZJ",
        "20260924I3QGFBWAR803",
        "20260924P5W3JLK13JB9",
        "20260924WX6ZK0NKBA0T",
        "202609246K2C395XTUOP",
        "20260924UHZU7JD14KX3",
      ]
    `);
  });

  it('are upper-case letters and digits, whatever they are made of', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(16, 20, 32), (one, bytes) => {
        const candidates = serialCandidates(one, bytes);
        expect(candidates).toHaveLength(SERIAL_CANDIDATES_MAX);
        expect(new Set(candidates).size).toBe(SERIAL_CANDIDATES_MAX);
        expect(candidates).toEqual(serialCandidates({ ...one }, bytes));
        for (const candidate of candidates) {
          expect(candidate).toMatch(/^\d{8}[0-9A-Z]+$/);
          expect(Buffer.byteLength(candidate)).toBe(bytes);
          expect(candidate.startsWith(one.day)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(['link', 'source', 'id'] as const)('another %s has none of its serials', (part) => {
    const other = serialCandidates({ ...seed, [part]: `${seed[part]}x` }, 20);
    expect(other.filter((one) => serialCandidates(seed, 20).includes(one))).toEqual([]);
  });

  it('names that run into each other are told apart', () => {
    const one = serialCandidates({ ...seed, source: 'a', id: 'b1' }, 20);
    const two = serialCandidates({ ...seed, source: 'ab', id: '1' }, 20);
    expect(one[0]).not.toBe(two[0]);
  });

  it('ten thousand of one day do not collide', () => {
    const first = Array.from(
      { length: 10_000 },
      (_, i) => serialCandidates({ ...seed, id: `${i}` }, 20)[0],
    );
    expect(new Set(first).size).toBe(first.length);
  });
});

describe('account numbers we choose', () => {
  it('are the prefix and digits, and the same for ever', () => {
    expect(accountCandidates(seed, '711021018700', 7)).toMatchInlineSnapshot(`
      [
        "7110210187006366360",
        "7110210187001105824",
        "7110210187006199693",
        "7110210187008915181",
        "7110210187003246753",
        "7110210187001186246",
        "7110210187001239685",
        "7110210187009032396",
      ]
    `);
  });

  it.each([7, 14])('have %i digits after the prefix', (tail) => {
    fc.assert(
      fc.property(seeds, (one) => {
        for (const candidate of accountCandidates(one, '31117', tail)) {
          expect(candidate).toMatch(/^31117\d+$/);
          expect(candidate).toHaveLength(5 + tail);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('have nothing of the serial in them', () => {
    const digits = serialCandidates(seed, 20).map((one) => one.slice(8));
    for (const candidate of accountCandidates(seed, '', 14))
      expect(digits).not.toContain(candidate);
  });
});
