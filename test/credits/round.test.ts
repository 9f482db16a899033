/** What a round reads: no day between the last known one and today is ever left out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder, longestUnsweptMs, openDays, type Swept } from '../../src/credits/round.ts';
import { addDays, daysBetween } from '../../src/instruction/day.ts';

const TODAY = '20261110';
const MAX = 31;

describe('the open days of an account', () => {
  it('a new account begins where the member was opened', () => {
    expect(openDays([], '20261108', TODAY, MAX)).toEqual({
      open: ['20261108', '20261109', '20261110'],
      givenUp: [],
    });
    expect(openDays([], TODAY, TODAY, MAX).open).toEqual([TODAY]);
  });

  it('a day opens at midnight, beside those that are open still', () => {
    expect(openDays(['20261109'], '20260101', TODAY, MAX).open).toEqual(['20261109', TODAY]);
  });

  it('R13: after five days without a gateway all five are read', () => {
    expect(openDays(['20261104', '20261105'], '20260101', TODAY, MAX)).toEqual({
      open: daysBetween('20261104', TODAY),
      givenUp: [],
    });
  });

  it('closed days are not opened again: only what comes after the last known one is new', () => {
    expect(openDays(['20261103', '20261110'], '20260101', TODAY, MAX).open).toEqual([
      '20261103',
      '20261110',
    ]);
  });

  it('a day that would not close is given up by name', () => {
    const { open, givenUp } = openDays(
      ['20261009', '20261010', '20261011'],
      '20260101',
      TODAY,
      MAX,
    );
    expect(givenUp).toEqual(['20261009', '20261010']);
    expect(open).toEqual(daysBetween('20261011', TODAY));
  });

  it('forty days without a gateway: days nobody ever read are given up by name too', () => {
    const { open, givenUp } = openDays(['20261001'], '20260101', TODAY, MAX);
    expect(givenUp).toEqual(daysBetween('20261001', '20261010'));
    expect(open).toEqual(daysBetween('20261011', TODAY));
  });

  it('an old account in a Redis that forgot everything: what was closed long ago is not named', () => {
    const { open, givenUp } = openDays([], '20240101', TODAY, MAX);
    expect(open).toEqual(daysBetween('20261011', TODAY));
    expect(givenUp).toEqual([]);
  });

  it('forty silent days with a gateway leave one open day at a time', () => {
    let known: string[] = [];
    for (let day = '20261001'; day <= TODAY; day = addDays(day, 1)) {
      const { open, givenUp } = openDays(known, '20261001', day, MAX);
      expect(open).toContain(day);
      expect(open.length).toBeLessThanOrEqual(2);
      expect(givenUp).toEqual([]);
      // yesterday closes during today
      known = open.filter((one) => one === day);
    }
  });

  it('the day of a clock that went back is read again, and nothing is lost', () => {
    expect(openDays(['20261111'], '20260101', TODAY, MAX).open).toEqual(['20261111']);
  });

  it('leaves out no day, and names each once', () => {
    const days = fc.uniqueArray(fc.nat(60), { maxLength: 10 });
    fc.assert(
      fc.property(days, fc.nat(60), fc.integer({ min: 1, max: 40 }), (ago, since, max) => {
        const known = ago.map((one) => addDays(TODAY, -one)).sort();
        const first = addDays(TODAY, -since);
        const { open, givenUp } = openDays(known, first, TODAY, max);
        const last = known.at(-1);
        const wanted = last === undefined ? [] : daysBetween(addDays(last, 1), TODAY);
        const all = [...givenUp, ...open];
        expect(all).toEqual([...new Set(all)].sort());
        for (const day of [...known, ...wanted]) expect(all).toContain(day);
        expect(open.every((day) => day > addDays(TODAY, -max))).toBe(true);
        expect(givenUp.every((day) => day <= addDays(TODAY, -max))).toBe(true);
      }),
    );
  });
});

describe('the order of a round', () => {
  const seen = (some: Record<string, Partial<Swept>>) =>
    new Map(Object.entries(some).map(([name, one]) => [name, { activeAt: 0, sweptAt: 0, ...one }]));

  it('money that moves often first, then who has waited longest', () => {
    const known = seen({
      quiet: { sweptAt: 50 },
      busy: { activeAt: 90, sweptAt: 100 },
      busier: { activeAt: 95, sweptAt: 100 },
      waiting: { sweptAt: 10 },
    });
    expect(inOrder(['quiet', 'new', 'waiting', 'busy', 'busier'], known)).toEqual([
      'busier',
      'busy',
      'new',
      'waiting',
      'quiet',
    ]);
  });

  it('visits every account once, and changes nothing it was given', () => {
    const accounts = ['b', 'a', 'c'];
    expect(inOrder(accounts, new Map()).sort()).toEqual(['a', 'b', 'c']);
    expect(accounts).toEqual(['b', 'a', 'c']);
  });
});

describe('the account that has waited longest', () => {
  const seen = new Map<string, Swept>([
    ['a', { activeAt: 0, sweptAt: 800 }],
    ['b', { activeAt: 900, sweptAt: 0 }],
  ]);
  it('counts from its last whole sweep, or from the start where there was none', () => {
    expect(longestUnsweptMs(['a'], seen, 500, 1_000)).toBe(200);
    expect(longestUnsweptMs(['a', 'b'], seen, 500, 1_000)).toBe(500);
    expect(longestUnsweptMs(['a', 'new'], seen, 700, 1_000)).toBe(300);
    expect(longestUnsweptMs([], seen, 500, 1_000)).toBe(0);
  });
});
