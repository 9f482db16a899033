/**
 * A quick part of the simulation with every run of the tests; `npm run simulate` walks further: more seeds,
 * every scene, and every pair of crash points.
 */
import { describe, expect, it } from 'vitest';
import { runSeed } from '../../scripts/simulate/run.ts';
import { runScene, type Way } from '../../scripts/simulate/scene-run.ts';
import { sceneOf } from '../../scripts/simulate/scenes.ts';
import { walk } from '../../scripts/simulate/walk.ts';

describe('the simulation', () => {
  it('finds nothing wrong in some seeds, and in every crash point of a scene', async () => {
    const scenes = ['refused-then-paid-again'];
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

  const outcome = async (scene: string, way: Way, at: number) => {
    const { crashes, executions, manual, violations } = await runScene(
      sceneOf(scene),
      [{ way, at }],
      undefined,
    );
    return { crashes, executions, manual, violations };
  };
  const once = { crashes: 1, executions: 1, manual: 0, violations: [] };

  it('kills where it is told to, and the order is executed all the same', async () => {
    const { points } = await runScene(sceneOf('one-transfer'), [], undefined);
    const middle = points[points.length >> 1] ?? 0;
    expect(await outcome('one-transfer', 'kill', middle)).toEqual(once);
  });

  it('R1: held unread, denied, and executed after the gateway died, it is paid once and by no clock', async () => {
    const { points } = await runScene(sceneOf('held-then-executed'), [], undefined);
    for (const at of [points[30], points.at(-20)]) {
      expect(await outcome('held-then-executed', 'kill', at ?? 0)).toMatchObject({
        crashes: 1,
        executions: 1,
        violations: [],
      });
    }
  });

  it('R25: a host whose clock is a day ahead when a link begins loses no money of today', async () => {
    const { violations } = await runScene(sceneOf('credit-under-a-wrong-clock'), [], undefined);
    expect(violations).toEqual([]);
  });

  // accepted, claimed, recorded, before-write
  it('R2: stopped between its last check and its write, killed by who wants its journal, it pays once', async () => {
    expect(await outcome('one-transfer', 'takeover-in', 4)).toMatchObject({
      executions: 1,
      violations: [],
    });
    expect(await outcome('one-transfer', 'stop-in', 4)).toEqual(once);
  });
});
