/** A day is read again and again, and closes when the bank has closed it and two whole sweeps agree (R13). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterSweep,
  closesAt,
  type DayState,
  freshDay,
  readDay,
  sweepDigest,
} from '../../src/credits/day.ts';
import { CREDIT, entry } from './ground.ts';

const HOUR_MS = 3_600_000;
const RULES = { closeDayAfterMs: 6 * HOUR_MS, agreeAfterMs: HOUR_MS };
const END = Date.UTC(2026, 8, 24, 16);
const CLOSED_BY_BANK = closesAt(END, RULES);

/** Sweeps at `hours` after the bank closed the day, each with what it found: after which was it done? */
function sweeps(...found: (readonly [hours: number, digest: string])[]): boolean[] {
  let state: DayState = freshDay;
  return found.map(([hours, digest]) => {
    const at = CLOSED_BY_BANK + hours * HOUR_MS;
    const next = afterSweep(state, digest, { began: at, ended: at }, END, RULES);
    // it lives in Redis between two sweeps
    state = readDay(JSON.stringify(next.state));
    return next.closed;
  });
}

describe('a day', () => {
  it('stays open while the bank may still book on it, however often sweeps agree', () => {
    const hours = [-100, -30, -6.5, -6, -3, -0.001];
    expect(sweeps(...hours.map((at) => [at, 'same'] as const))).toEqual(hours.map(() => false));
  });

  it('closes when two sweeps an hour apart agree, both after the bank closed it', () => {
    expect(sweeps([-2, 'same'], [0, 'same'], [0.5, 'same'], [1, 'same'])).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('two sweeps that agree within the hour are not enough', () => {
    expect(sweeps([0, 'same'], [0.999, 'same'])).toEqual([false, false]);
  });

  it('R13: begins to agree anew when a late row appears, or one is gone again', () => {
    expect(sweeps([0, 'a'], [0.9, 'b'], [1.8, 'b'], [1.9, 'b'])).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(sweeps([0, 'a'], [0.9, 'b'], [1.0, 'a'], [1.9, 'a'], [2, 'a'])).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it('a clock that went back before the end of the day forgets what agreed', () => {
    expect(sweeps([0, 'same'], [-7, 'same'], [1.2, 'same'], [2.2, 'same'])).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('R13: what was asked before and read after is of before: a process stands still in between', () => {
    const read = (state: DayState, began: number, ended: number) => {
      const hour = (hours: number) => CLOSED_BY_BANK + hours * HOUR_MS;
      return afterSweep(state, 'same', { began: hour(began), ended: hour(ended) }, END, RULES);
    };
    // the bank had not closed the day when it was asked
    expect(read(freshDay, -0.1, 5)).toEqual({ state: freshDay, closed: false });
    const { state } = read(freshDay, 0, 0.1);
    expect(read(state, 0.2, 9)).toEqual({ state, closed: false });
    // two sweeps are as far apart as the end of one from the beginning of the other
    expect(read(state, 1.05, 1.05).closed).toBe(false);
    expect(read(state, 1.1, 1.1).closed).toBe(true);
  });

  it('closes empty too', () => {
    const none = sweepDigest([]);
    expect(sweeps([0, none], [1, none])).toEqual([false, true]);
  });
});

describe('the state of a day', () => {
  it('is fresh where there is none, and refuses what is no state', () => {
    expect(readDay(undefined)).toEqual(freshDay);
    expect(() => readDay('{"v":2}')).toThrow();
    expect(() => readDay('{"v":1,"more":1}')).toThrow();
  });
});

describe('what a sweep saw', () => {
  const rows = fc.uniqueArray(
    fc.record({
      HOSTFLW: fc.stringMatching(/^SC\d{4}$/),
      TRANAMT: fc.stringMatching(/^\d{1,6}\.\d{2}$/),
    }),
    { selector: ({ HOSTFLW }) => HOSTFLW, minLength: 1, maxLength: 12 },
  );
  const seen = (some: readonly Record<string, string>[]): string =>
    sweepDigest(some.map((row) => entry({ ...CREDIT, ...row })));

  it('does not hang on the order of the rows', () => {
    const shuffled = rows.chain((some) =>
      fc.tuple(
        fc.constant(some),
        fc.shuffledSubarray(some, { minLength: some.length, maxLength: some.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([some, other]) => {
        expect(seen(other)).toBe(seen(some));
      }),
    );
  });

  it('is another with a row more, a row less, or a row changed', () => {
    fc.assert(
      fc.property(rows, (some) => {
        const [first, ...rest] = some;
        expect(seen([...some, { HOSTFLW: 'SC99999' }])).not.toBe(seen(some));
        expect(seen(rest)).not.toBe(seen(some));
        expect(seen([{ ...first, RESUME: 'changed' }, ...rest])).not.toBe(seen(some));
      }),
    );
  });
});
