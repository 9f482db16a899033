/** When silence is enough to kill: never after a pause of our own, late for one that works. */
import { describe, expect, it } from 'vitest';
import { Silence } from '../../src/journal/silence.ts';

/** Looks in ms, each with the ticks used so far. */
function silence(looks: readonly (readonly [at: number, used?: number | undefined])[]): Silence {
  const found = new Silence(10_000);
  for (const [at, used] of looks) found.went({ at, used });
  return found;
}
const every = (step: number, count: number, used: (i: number) => number | undefined) =>
  Array.from({ length: count }, (_, i): [number, number | undefined] => [i * step, used(i)]);

describe('silence', () => {
  it('of one that does nothing counts from the first look to the last', () => {
    expect(silence(every(1_250, 8, () => 70)).isFrozen).toBe(false);
    expect(silence(every(1_250, 9, () => 70)).isFrozen).toBe(true);
    expect(silence(every(1_250, 9, () => undefined)).isFrozen).toBe(true);
  });

  it('needs several looks, however long they were apart', () => {
    const few = new Silence(1_000);
    for (const at of [0, 1_250, 2_500]) few.went({ at, used: 1 });
    expect(few.isFrozen).toBe(false);
    few.went({ at: 3_750, used: 1 });
    expect(few.isFrozen).toBe(true);
  });

  it('does not count while we did not look: a machine that slept froze nobody', () => {
    const slept = silence([[0], [1_250], [2_500], [3_602_500], [3_603_750]]);
    expect(slept.lasts).toBe(3_750);
    expect(slept.isFrozen).toBe(false);
  });

  it('of one that works is waited out six times as long', () => {
    const working = (looks: number) => silence(every(1_250, looks, (i) => i));
    expect(working(40).isFrozen).toBe(false);
    expect(working(48).isFrozen).toBe(false);
    expect(working(49).isFrozen).toBe(true);
  });

  it('counts anew when it has worked in between', () => {
    const once = silence(every(1_250, 12, (i) => (i < 6 ? 1 : 2)));
    expect(once.isFrozen).toBe(false);
  });
});
