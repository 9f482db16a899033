/**
 * A thousand faults of bytes in a row, by the numbers of a seed: YINQI_SEED plays a run again. Whatever the
 * peer does, each request is settled exactly once; what was written is never "not sent", what was not
 * written is never "unknown", and no name is twice on the way.
 */
import { describe, expect, it } from 'vitest';
import { FAULTS, randomOf } from './faulty-peer.ts';
import { World } from './faulty-world.ts';

const FAULTS_IN_A_ROW = 1_000;
const WINDOW = 4;
const seed = Number(process.env.YINQI_SEED ?? Date.now() % 2 ** 31);

process.stdout.write(`YINQI_SEED=${seed}\n`);

describe(`a thousand faults, YINQI_SEED=${seed}`, () => {
  it.each([
    ['per-request', 'to the end'],
    ['kept', 'to the end'],
    ['kept', 'stopped in the middle'],
  ] as const)('%s, %s', (policy, how) => {
    const world = new World(policy, randomOf(seed));
    while (world.faulted < FAULTS_IN_A_ROW) {
      while (world.waiting < WINDOW) world.ask();
      world.next();
    }
    if (how === 'stopped in the middle') world.stop();
    while (world.next());
    expect(world.wires.size).toBe(0);
    const ended = new Map<string, number>();
    for (const one of world.requests) {
      expect(one.ended, one.key).toHaveLength(1);
      expect(one.late, one.key).toHaveLength(one.written ? 1 : 0);
      const [end = ''] = one.ended;
      ended.set(end, (ended.get(end) ?? 0) + 1);
    }
    // the run does get to the places that matter
    expect([...world.faults.keys()].sort()).toEqual(Object.keys(FAULTS).sort());
    for (const one of ['answer', 'deadline', 'closed', 'broken', 'not-sent']) {
      expect(ended.get(one) ?? 0, one).toBeGreaterThan(20);
    }
    for (const event of ['answer-misnamed', 'answer-broken', 'unclaimed-bytes']) {
      expect(world.warned.get(event) ?? 0, event).toBeGreaterThan(20);
    }
    expect(world.requests.filter(({ late }) => late[0] !== undefined).length).toBeGreaterThan(5);
  });
});
