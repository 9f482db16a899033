/** Sequence numbers: never twice, whatever is killed, and never of a day that has passed. */
import { describe, expect, it } from 'vitest';
import { type Reserved, Sequences } from '../../src/session/sequences.ts';

/** A journal that keeps what it was asked to keep, as long as it was appended. */
class Journal {
  kept: Reserved | undefined;

  append(reserved: Reserved | undefined): void {
    if (reserved !== undefined) this.kept = reserved;
  }

  start(): Sequences {
    return new Sequences(this.kept);
  }
}

const opened = (day = '20261124'): Sequences => {
  const sequences = new Sequences();
  sequences.open(day);
  return sequences;
};

describe('sequence numbers', () => {
  it('count from 1 in every business day', () => {
    const sequences = opened();
    expect([sequences.allot(), sequences.allot()].map(({ number }) => number)).toEqual([1, 2]);
    expect(sequences.open('20261125')).toBe(true);
    expect(sequences.allot()).toEqual({ day: '20261125', number: 1 });
  });

  it('are reserved in blocks, and only when a block is used up', () => {
    const sequences = opened();
    sequences.allot();
    expect(sequences.reservation()).toEqual({ day: '20261124', upTo: 100 });
    for (let i = 2; i <= 100; i += 1) sequences.allot();
    expect(sequences.reservation()).toBeUndefined();
    sequences.allot();
    expect(sequences.reservation()).toEqual({ day: '20261124', upTo: 200 });
  });

  it('of a kill between allotting and appending were never written, and may come again', () => {
    const journal = new Journal();
    const first = opened();
    const lost = first.allot();
    // killed here: no record, so no byte
    const again = journal.start();
    again.open('20261124');
    expect(again.allot()).toEqual(lost);
  });

  it('R24: of a kill after the append never come again', () => {
    const journal = new Journal();
    const first = opened();
    const used = [first.allot(), first.allot(), first.allot()];
    journal.append(first.reservation());
    for (let kills = 0; kills < 5; kills += 1) {
      const next = journal.start();
      next.open('20261124');
      const more = next.allot();
      journal.append(next.reservation());
      expect(used).not.toContainEqual(more);
      used.push(more);
    }
    expect(new Set(used.map(({ number }) => number)).size).toBe(used.length);
  });

  it('R24: keep their day when a clock is set back an hour at midnight', () => {
    // 00:10 of the new day, and then 23:10 of the old one again: the bank would have to say it
    const sequences = opened('20261125');
    sequences.allot();
    expect(sequences.open('20261124')).toBe(false);
    expect(sequences.allot()).toEqual({ day: '20261125', number: 2 });
  });

  it('of yesterday’s journal begin anew today', () => {
    const sequences = new Sequences({ day: '20261124', upTo: 300 });
    expect(sequences.next).toBe(301);
    sequences.open('20261125');
    expect(sequences.next).toBe(1);
  });

  it('go on behind what the bank has seen and we have not', () => {
    const sequences = opened();
    sequences.raise(7);
    expect(sequences.allot().number).toBe(7);
    sequences.raise(3);
    expect(sequences.allot().number).toBe(8);
    expect(sequences.reservation()?.upTo).toBeGreaterThanOrEqual(8);
  });
});
