import fc from 'fast-check';
import { expect, it } from 'vitest';
import { failedAgain, NO_BACKOFF } from '../../src/session/backoff.ts';

it('doubles up to its cap', () => {
  let backoff = NO_BACKOFF;
  const pauses = [1, 2, 3, 4, 5, 6, 7, 8].map(() => {
    backoff = failedAgain(backoff, 1_000, 5_000, 0);
    return backoff.notBefore - 1_000;
  });
  expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
});

it('only shortens by chance, from the first try on, and never to nothing', () => {
  fc.assert(
    fc.property(
      fc.nat(10_000),
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (failures, maxMs, random) => {
        const at = (chance: number): number =>
          failedAgain({ failures, notBefore: 0 }, 0, maxMs, chance).notBefore;
        expect(at(random)).toBeLessThanOrEqual(at(0));
        expect(at(random)).toBeGreaterThan(at(0) * 0.49);
        expect(at(0)).toBeLessThanOrEqual(maxMs);
      },
    ),
  );
  expect(failedAgain(NO_BACKOFF, 0, 5_000, 0.9).notBefore).toBeLessThan(60);
});
