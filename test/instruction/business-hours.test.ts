import { describe, expect, it } from 'vitest';
import { isOpen } from '../../src/instruction/business-hours.ts';
import { timeOf } from '../../src/instruction/day.ts';

const zone = 'Asia/Shanghai';
/** A time of 24 November 2026 in Shanghai. */
const at = (hour: number, minute: number, second = 0, ms = 0) =>
  Date.UTC(2026, 10, 24, hour - 8, minute, second, ms);

describe('business hours', () => {
  const hours = [{ from: '08:30', to: '16:30' }];

  it.each([
    ['a millisecond before they begin', at(8, 29, 59, 999), false],
    ['as they begin', at(8, 30), true],
    ['a millisecond before they end', at(16, 29, 59, 999), true],
    ['as they end', at(16, 30), false],
    ['at night', at(0, 0), false],
  ])('%s', (_, ms, open) => {
    expect(isOpen(hours, ms, zone)).toBe(open);
  });

  it('may be several, and go on after midnight', () => {
    const two = [
      { from: '17:00', to: '20:00' },
      { from: '22:00', to: '02:00' },
    ];
    const open = [16, 17, 19, 20, 21, 22, 23, 24, 25, 26].filter((hour) =>
      isOpen(two, at(hour, 0), zone),
    );
    expect(open).toEqual([17, 19, 22, 23, 24, 25]);
  });

  it('are those of the zone of the bank', () => {
    expect(timeOf(at(8, 30, 5), zone)).toBe('083005');
    expect(isOpen(hours, at(8, 30), 'UTC')).toBe(false);
  });

  it('are always where a link has none', () => {
    expect(isOpen(undefined, at(3, 0), zone)).toBe(true);
  });
});
