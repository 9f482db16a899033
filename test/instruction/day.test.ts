/** The bank's calendar against a calendar made another way: every hour asked of Intl. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, dayOf, daysBetween, startOfDay, timeOf } from '../../src/instruction/day.ts';

const HOUR_MS = 3_600_000;
const SHANGHAI = 'Asia/Shanghai';

/** The first instant of `day`, found by looking at every quarter of an hour around it. */
function firstInstantOf(day: string, zone: string): number {
  const utc = Date.UTC(+day.slice(0, 4), +day.slice(4, 6) - 1, +day.slice(6, 8));
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
  for (let at = utc - 16 * HOUR_MS; at < utc + 16 * HOUR_MS; at += HOUR_MS / 4) {
    if (format.format(at).replaceAll('-', '') === day) return at;
  }
  throw new Error(`no ${day} in ${zone}`);
}

const yearOf = (year: number): string[] => daysBetween(`${year}0101`, `${year}1231`);

it.each([
  ['2026-09-24T15:59:59.999Z', SHANGHAI, '235959'],
  ['2026-09-24T16:00:00.000Z', SHANGHAI, '000000'],
  ['2026-09-24T01:02:03.000Z', SHANGHAI, '090203'],
  ['2026-03-08T07:00:00.000Z', 'America/New_York', '030000'],
])('the time of day of %s in %s is %s', (instant, zone, time) => {
  expect(timeOf(Date.parse(instant), zone)).toBe(time);
});

describe('the business day', () => {
  it.each([
    ['2026-09-24T15:59:59.999Z', SHANGHAI, '20260924'],
    ['2026-09-24T16:00:00.000Z', SHANGHAI, '20260925'],
    ['2026-12-31T15:59:59.999Z', SHANGHAI, '20261231'],
    ['2026-12-31T16:00:00.000Z', SHANGHAI, '20270101'],
    ['2028-02-28T16:00:00.000Z', SHANGHAI, '20280229'],
    ['2026-03-08T04:59:59.999Z', 'America/New_York', '20260307'],
    ['2026-03-08T05:00:00.000Z', 'America/New_York', '20260308'],
    ['2026-09-24T00:00:00.000Z', 'UTC', '20260924'],
  ])('of %s in %s is %s', (instant, zone, day) => {
    expect(dayOf(Date.parse(instant), zone)).toBe(day);
  });
});

describe('the start of a day', () => {
  it.each([
    ['20260924', SHANGHAI, '2026-09-23T16:00:00.000Z'],
    ['20260101', SHANGHAI, '2025-12-31T16:00:00.000Z'],
    ['20260301', SHANGHAI, '2026-02-28T16:00:00.000Z'],
    // clocks go forward at two in the morning, and back in November
    ['20260308', 'America/New_York', '2026-03-08T05:00:00.000Z'],
    ['20260309', 'America/New_York', '2026-03-09T04:00:00.000Z'],
    ['20261101', 'America/New_York', '2026-11-01T04:00:00.000Z'],
    // midnight itself is left out here
    ['20181104', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['20260101', 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z'],
    ['20260101', 'Pacific/Pago_Pago', '2026-01-01T11:00:00.000Z'],
    ['20260101', 'Asia/Kathmandu', '2025-12-31T18:15:00.000Z'],
  ])('%s in %s is %s', (day, zone, instant) => {
    expect(new Date(startOfDay(day, zone)).toISOString()).toBe(instant);
  });

  it.each([
    [SHANGHAI, 2026],
    [SHANGHAI, 2028],
    // China had summer time then
    [SHANGHAI, 1988],
    ['America/New_York', 2026],
    ['Australia/Lord_Howe', 2026],
    ['America/Havana', 2026],
    ['Africa/Cairo', 2026],
    ['Pacific/Chatham', 2026],
    ['Pacific/Kiritimati', 2026],
    ['Pacific/Pago_Pago', 2026],
  ])('every day in %s of %i begins where Intl first shows it', (zone, year) => {
    const wrong = yearOf(year).filter((day) => startOfDay(day, zone) !== firstInstantOf(day, zone));
    expect(wrong).toEqual([]);
  });

  it('is in the day, and a millisecond before is not', () => {
    const zones = fc.constantFrom(SHANGHAI, 'America/New_York', 'Africa/Cairo', 'Asia/Kathmandu');
    const instants = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2050, 0) });
    fc.assert(
      fc.property(instants, zones, (at, zone) => {
        const day = dayOf(at, zone);
        const start = startOfDay(day, zone);
        expect(start).toBeLessThanOrEqual(at);
        expect(dayOf(start, zone)).toBe(day);
        expect(dayOf(start - 1, zone)).toBe(addDays(day, -1));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('days of the calendar', () => {
  it.each([
    ['20260924', 1, '20260925'],
    ['20260930', 1, '20261001'],
    ['20261231', 1, '20270101'],
    ['20270101', -1, '20261231'],
    ['20280228', 1, '20280229'],
    ['20270228', 1, '20270301'],
    ['21000228', 1, '21000301'],
    ['20260924', 0, '20260924'],
    ['20260924', 366, '20270925'],
  ])('%s and %i days is %s', (day, days, other) => {
    expect(addDays(day, days)).toBe(other);
  });

  it('runs from first to last, both counted', () => {
    expect(daysBetween('20261230', '20270102')).toEqual([
      '20261230',
      '20261231',
      '20270101',
      '20270102',
    ]);
    expect(daysBetween('20260924', '20260924')).toEqual(['20260924']);
    expect(daysBetween('20260925', '20260924')).toEqual([]);
    expect(yearOf(2028)).toHaveLength(366);
  });

  it('never misses or repeats one', () => {
    const days = daysBetween('20240101', '20331231');
    expect(new Set(days).size).toBe(days.length);
    expect(days).toHaveLength(3_653);
    expect([...days].sort()).toEqual(days);
  });
});
