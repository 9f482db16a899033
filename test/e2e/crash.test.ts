/**
 * The crash test: kill -9 at seeded random moments and at failpoints between every two steps of claim →
 * record → write → answer → outcome → publish, with faults at the bank, over the operations of the story.
 *
 * `npm test` kills it eight times, `npm run crash` a hundred; the soak goes on from there.
 *
 *   YINQI_SEED=4711 npm run crash     repeats a run
 */
import { expect, it } from 'vitest';
import { FAULTS_WITH_RULE, tormented } from './tormented.ts';

const seed = Number(process.env.YINQI_SEED ?? Date.now() % 1_000_000);
const kills = Number(process.env.YINQI_KILLS ?? 8);

it(`P1 P2 P4: pays nobody twice and loses nothing through ${kills} kills (seed ${seed})`, {
  timeout: 300_000 + kills * 3_000,
  retry: 0,
}, async () => {
  const figures = await tormented({
    seed,
    kills,
    obligations: 400,
    faultRate: 0.12,
    faults: FAULTS_WITH_RULE,
  });
  process.stdout.write(`crash test, seed ${seed}: ${JSON.stringify(figures)}\n`);
  expect(figures.kills).toBeGreaterThanOrEqual(kills);
});
