/**
 * A quick part of the simulation with every run of the tests; `npm run simulate` walks further: more seeds,
 * every scene, and every pair of crash points.
 */
import { describe, expect, it } from 'vitest';
import { runScene, runSeed, sceneOf } from '../../scripts/simulate/run.ts';
import { walk } from '../../scripts/simulate/walk.ts';

describe('the simulation', () => {
  it('finds nothing wrong in some seeds, and in every crash point of two scenes', async () => {
    const scenes = ['one-transfer', 'refused-then-paid-again'];
    const { crashes, found, seeds } = await walk({
      seeds: { from: 1, to: 25 },
      scenes,
      pairs: false,
    });
    expect(found).toEqual([]);
    expect(seeds).toBe(25);
    expect(crashes).toBeGreaterThan(100);
  }, 120_000);

  it('is the same run whenever its seed is the same', async () => {
    const traces = await Promise.all(
      [1, 2].map(async () => {
        const lines: string[] = [];
        for (const seed of [7, 33]) await runSeed(seed, (line) => lines.push(line));
        return lines;
      }),
    );
    expect(traces[0]?.length).toBeGreaterThan(500);
    expect(traces[1]).toEqual(traces[0]);
  }, 60_000);

  it('kills where it is told to, and the order is executed all the same', async () => {
    const { points } = await runScene(sceneOf('one-transfer'), [], undefined);
    const middle = points[points.length >> 1] ?? 0;
    const { crashes, executions, violations } = await runScene(
      sceneOf('one-transfer'),
      [middle],
      undefined,
    );
    expect({ crashes, executions, violations }).toEqual({
      crashes: 1,
      executions: 1,
      violations: [],
    });
  }, 60_000);
});
