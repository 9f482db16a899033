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

describe('serials of digits', () => {
  it('begin with the business day, have 20 bytes, and are the same for ever', () => {
    expect(serialCandidates(seed, 20, 'digits')).toMatchInlineSnapshot(`
      [
        "20260924509359802135",
        "20260924346923936785",
        "20260924860769450815",
        "20260924579364019011",
        "20260924566849230213",
        "20260924237398300541",
        "20260924377408783769",
        "20260924608512788455",
      ]
    `);
  });

  it('are digits alone, as many as the bank takes, whatever they are made of', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(16, 20, 32), (one, bytes) => {
        const candidates = serialCandidates(one, bytes, 'digits');
        expect(candidates).toHaveLength(SERIAL_CANDIDATES_MAX);
        // the store takes the first that nobody owns: the same twice would be none to fall back on
        expect(new Set(candidates).size).toBe(SERIAL_CANDIDATES_MAX);
        expect(candidates).toEqual(serialCandidates({ ...one }, bytes, 'digits'));
        for (const candidate of candidates) {
          expect(candidate).toMatch(/^\d+$/);
          expect(candidate).toHaveLength(bytes);
          expect(candidate.startsWith(one.day)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(['link', 'source', 'id'] as const)('another %s has none of its serials', (part) => {
    const other = serialCandidates({ ...seed, [part]: `${seed[part]}x` }, 20, 'digits');
    expect(other.filter((one) => serialCandidates(seed, 20, 'digits').includes(one))).toEqual([]);
  });

  it('every number of a short serial is owned before somebody finds none', () => {
    // two digits hold a hundred: collisions are the rule, and whoever meets one takes its next candidate
    const owned = new Set<string>();
    const without = Array.from({ length: 60 }, (_, i) => {
      const candidates = serialCandidates({ ...seed, id: `${i}` }, 10, 'digits');
      const free = candidates.find((one) => !owned.has(one));
      if (free !== undefined) owned.add(free);
      return free;
    }).filter((one) => one === undefined);
    expect(without).toEqual([]);
    expect(owned.size).toBe(60);
  });

  it('R8: twenty thousand of one day: whoever collides has a candidate nobody owns', () => {
    const owned = new Set<string>();
    for (let i = 0; i < 20_000; i += 1) {
      const candidates = serialCandidates({ ...seed, id: `${i}` }, 20, 'digits');
      const free = candidates.find((one) => !owned.has(one));
      expect(free, `id ${i}`).toBeDefined();
      owned.add(free ?? '');
    }
    expect(owned.size).toBe(20_000);
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
