/**
 * The same torment without the bank's written rule: a written, unanswered order that the bank does not
 * know goes to people, and no clock ever settles it. The worst fault is in the mix: hold now, say no,
 * execute later.
 */
import { it } from 'vitest';
import { People } from './people.ts';
import { FAULTS_WITH_RULE, tormented } from './tormented.ts';

const seed = Number(process.env.YINQI_SEED ?? Date.now() % 1_000_000);
const kills = Number(process.env.YINQI_KILLS_MANUAL ?? 4);

it(`R1 P1 P3: leaves to people what only they can know, through ${kills} kills (seed ${seed})`, {
  timeout: 300_000 + kills * 3_000,
  retry: 0,
}, async () => {
  const people = new People();
  const figures = await tormented({
    seed,
    kills,
    obligations: 80,
    faultRate: 0.2,
    faults: [...FAULTS_WITH_RULE, 'drop-before', 'no-answer', 'hold'],
    link: { noSuchSerialIsFinal: undefined },
    heldMs: 1_500,
    people: (at) => people.look(at),
  });
  process.stdout.write(
    `crash test without the rule, seed ${seed}: ${JSON.stringify({ ...figures, manual: people.decided })}\n`,
  );
  // whether one of these orders comes to people is chance; unknown.test.ts has one that surely does
});
