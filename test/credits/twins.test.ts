/** Two rows of one key and other content are two entries, and both keep their name from sweep to sweep (R15). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distinct } from '../../src/credits/entry.ts';
import { CREDIT, entry } from './ground.ts';

const one = entry(CREDIT);
const other = entry({ ...CREDIT, TRANAMT: '250.00' });
const elsewhere = entry({ ...CREDIT, HOSTFLW: 'SC000000000043' });

/** What a sweep finds and what is known after it. */
function sweep(rows: Parameters<typeof distinct>[0], known: ReadonlyMap<string, string>) {
  const entries = distinct(rows, known, true);
  const news = entries.filter(({ key, digest }) => known.get(key) !== digest);
  return { news, known: new Map([...known, ...entries.map((e) => [e.key, e.digest] as const)]) };
}

describe('rows of one reading', () => {
  it('that are equal are one entry, however often a page shows them', () => {
    expect(distinct([one, elsewhere, one, one], new Map(), true)).toEqual([one, elsewhere]);
  });

  it('R15: that share a key and nothing else are told each, once', () => {
    const first = sweep([one, other], new Map());
    expect(new Set(first.news.map(({ amount }) => amount))).toEqual(new Set(['100.00', '250.00']));
    expect(new Set(first.news.map(({ key }) => key)).size).toBe(2);
    expect(sweep([other, one], first.known).news).toEqual([]);
  });

  it('leave the key to the one that is known', () => {
    for (const [first, late] of [
      [one, other],
      [other, one],
    ] as const) {
      const { news } = sweep([late, first], new Map([[first.key, first.digest]]));
      expect(news).toEqual([{ ...late, key: `${late.key}/${late.digest}` }]);
    }
  });

  it('prove no twins where the reading was not whole: it may be one entry that changed meanwhile', () => {
    expect(distinct([one, other, elsewhere], new Map(), false)).toEqual([elsewhere]);
  });

  it('whatever their order, nothing is told twice and nothing is lost', () => {
    const amounts = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(amounts, fc.nat(), (some, turn) => {
        const rows = some.map((yuan) => entry({ ...CREDIT, TRANAMT: `${yuan}.00` }));
        const first = sweep(rows, new Map());
        expect(first.news).toHaveLength(rows.length);
        const at = turn % rows.length;
        const turned = [...rows.slice(at), ...rows.slice(0, at)];
        expect(sweep(turned, first.known).news).toEqual([]);
      }),
    );
  });
});
