/**
 * A thousand seeded events on the session machine, the bank's faults among them, with what no order of
 * events may break looked at after every one: settled once · nothing written is settled not-sent · nothing
 * unwritten is settled unknown · no correlation key twice in flight · our numbers leave without a gap.
 * YINQI_SEED=n repeats a run.
 */
import { expect, it } from 'vitest';
import { Walk } from './walking.ts';

const EVENTS = 1_000;
const RUNS = 10;

const given = process.env.YINQI_SEED;
const first = given === undefined ? Math.floor(Math.random() * 1_000_000) : Number(given);
const seeds = given === undefined ? Array.from({ length: RUNS }, (_, i) => first + i) : [first];

const seen = new Map<string, number>();

it.each(seeds)(`P1: ${EVENTS} events, seed %i`, (seed) => {
  // the first thing to know when it fails
  process.stdout.write(`session walk: YINQI_SEED=${seed}\n`);
  const walk = new Walk(seed);
  for (let i = 0; i < EVENTS; i += 1) walk.step();
  walk.end();
  expect(walk.sessions).toBeGreaterThan(5);
  for (const [what, times] of walk.seen) seen.set(what, (seen.get(what) ?? 0) + times);
});

it('gets to the places that matter', () => {
  if (given !== undefined) return;
  for (const what of ['answer', 'silent', 'not-sent', 'late']) {
    expect({ what, often: (seen.get(what) ?? 0) > 3 }).toEqual({ what, often: true });
  }
});
