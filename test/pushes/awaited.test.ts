/** Which entry of a statement takes which announcement: each one once, the oldest first, and none by guess. */
import { describe, expect, it } from 'vitest';
import { type Awaited, type Looks, type Row, taken } from '../../src/pushes/awaited.ts';

const hint = (
  key: string,
  at: number,
  amount = '500.00',
  more: Partial<Awaited> = {},
): Awaited => ({
  v: 1,
  what: 'hint',
  key,
  code: '1310',
  number: `N${key}`,
  sweep: 'flow',
  day: '20250311',
  matches: { account: '88', amount },
  at,
  ...more,
});
const row = (key: string, amount = '500.00', number = ''): Row => ({
  key,
  fields: { account: '88', amount, number },
});
const looks: Looks = {
  counts: () => true,
  numberIn: () => 'number',
  foreign: (number) => number.startsWith('order'),
};
const pairs = (waiting: Awaited[], rows: Row[], by = looks) =>
  [...taken(waiting, rows, by)].map((pair) => pair.join('→')).sort();

describe('entries and what was announced', () => {
  it('R14: twins: as many are taken as there are entries, the oldest first', () => {
    const waiting = [hint('b', 2), hint('a', 1), hint('c', 3)];
    expect(pairs(waiting, [row('1'), row('2')])).toEqual(['a→1', 'b→2']);
  });

  it('what was taken keeps its entry: a second announcement of it goes on waiting', () => {
    expect(pairs([hint('a', 1, '500', { taken: '1' }), hint('b', 2)], [row('1')])).toEqual([]);
  });

  it('500 and 500.00 are one amount, 500 and 5000 are not', () => {
    expect(pairs([hint('a', 1, '500')], [row('1', '500.00')])).toEqual(['a→1']);
    expect(pairs([hint('a', 1, '500')], [row('1', '5000')])).toEqual([]);
  });

  it('an entry with our number is that one’s, whatever else would fit', () => {
    const waiting = [hint('a', 1), hint('b', 2)];
    expect(pairs(waiting, [row('1', '500.00', 'Nb')])).toEqual(['b→1']);
  });

  it('an entry with the number of an order of ours is nobody’s', () => {
    expect(pairs([hint('a', 1)], [row('1', '500.00', 'order7')])).toEqual([]);
  });

  it('only rows of the right kind count', () => {
    expect(pairs([hint('a', 1)], [row('1')], { ...looks, counts: () => false })).toEqual([]);
  });
});
