/** Goal: whatever days are open, every one of them is asked for, and no request is longer than the bank allows. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openDays, spansOf } from '../../src/credits/round.ts';
import { addDays, daysBetween } from '../../src/instruction/day.ts';

const begin = '20260801';
const days = fc.uniqueArray(fc.nat(120)).map((all) => all.map((n) => addDays(begin, n)));

it('every open day is in a request, and no request is too long or begins before all of them', () => {
  fc.assert(
    fc.property(days, fc.integer({ min: 1, max: 40 }), (open, length) => {
      const spans = spansOf(open, length);
      const [oldest = ''] = open.toSorted();
      for (const day of open) {
        expect(spans.some((span) => span.from <= day && day <= span.day)).toBe(true);
      }
      for (const { from, day } of spans) {
        expect(daysBetween(from, day).length).toBeLessThanOrEqual(length);
        expect(open).toContain(day);
        expect(from >= oldest).toBe(true);
      }
    }),
  );
});

it('the youngest days come first', () => {
  expect(spansOf(['20260901', '20260924', '20260923', '20260910'], 10)).toEqual([
    { from: '20260915', day: '20260924' },
    { from: '20260901', day: '20260910' },
  ]);
});

it('one day each is one request each', () => {
  expect(spansOf(['20260924'], 1)).toEqual([{ from: '20260924', day: '20260924' }]);
});

it('where ranges are asked for, no day is given up: what is filed under an old one is read with the young ones', () => {
  expect(openDays(['20260701', '20260923'], '20260101', '20260924', 31, true)).toEqual({
    open: ['20260701', '20260923', '20260924'],
    givenUp: [],
  });
});
