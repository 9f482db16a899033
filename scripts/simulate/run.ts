/** One seed's run. The same seed, the same run. */
import { openSimulatedBank } from './bank/bank.ts';
import { PlainBank } from './bank/plain-bank.ts';
import type { Decide, SimulatedBank } from './bank/shapes.ts';
import { Chance } from './chance.ts';
import { mixedLoad } from './scenes.ts';
import {
  ACCOUNTS,
  citic,
  citicLink,
  ruledLink,
  SELLER,
  source,
  sweptLink,
  sweptRuledLink,
} from './setting.ts';
import { Mixture } from './torment.ts';
import { Tormentor } from './tormentor.ts';
import { EPOCH, World } from './world.ts';

export interface Outcome {
  readonly violations: readonly string[];
  readonly steps: number;
  readonly crashes: number;
  readonly executions: number;
  readonly manual: number;
}

export type Note = ((line: string) => void) | undefined;

/** Virtual ms in which things go wrong; then everything is let settle. */
const STORM_MS = 20_000;
const AFTERMATH_MS = 5_000;

export const outcomeOf = (world: World, violations: readonly string[]): Outcome => ({
  violations,
  steps: world.scheduler.steps,
  crashes: world.crashes,
  executions: world.bank.books.executions().length,
  manual: world.people.decided,
});

export const plainBank = (decide: Decide): SimulatedBank =>
  new PlainBank({ spec: citic, decide, answerMs: 5 });

/** What the sources leave open is drawn. */
export const wholeBank =
  (chance: Chance | undefined) =>
  (decide: Decide): SimulatedBank =>
    openSimulatedBank({
      spec: citic,
      startAt: EPOCH,
      decide,
      accounts: ACCOUNTS,
      settings:
        chance === undefined
          ? {}
          : {
              transferMode: chance.pick(['settle', 'now']),
              paymentMode: chance.pick(['settle', 'now']),
              refusedKnown: chance.pick(['no', 'yes']),
              noSuchSerialForm: chance.pick(['row', 'outer']),
              settleMs: chance.pick([100, 500, 3_000]),
            },
      answerMs: 5,
    });

function linkOf({ ruled, whole }: Mixture) {
  if (whole) return ruled ? sweptRuledLink : sweptLink;
  return ruled ? ruledLink : citicLink;
}

export function deposit(world: World, amount: bigint, visibleAfterMs: number): void {
  const made = world.bank.credit(
    {
      account: SELLER,
      amount,
      memo: 'goods',
      payerAccount: '6217000000000000009',
      payerName: '付款人',
    },
    world.time,
    visibleAfterMs,
  );
  world.note('bank', `money in, entry ${made?.number ?? 'none'}, shown after ${visibleAfterMs} ms`);
  world.network.pokeBank();
}

export async function runSeed(seed: number, note: Note): Promise<Outcome> {
  const chance = new Chance(seed);
  const mixture = new Mixture(chance.fork());
  const latency = chance.fork();
  const world = new World({
    chance: chance.fork(),
    link: linkOf(mixture),
    source,
    spec: citic,
    bank: mixture.whole ? wholeBank(chance.fork()) : plainBank,
    decide: (asked) => mixture.bankFault(asked),
    latencyMs: () => latency.pick([0.2, 0.5, 1, 3]),
    note,
  });
  world.network.fateOf = () => mixture.fate();
  world.disk.faults = (verb) => mixture.diskFault(verb);
  world.begin();
  for (const { at, obligation } of mixedLoad(chance.fork(), mixture.whole)) {
    world.scheduler.after(world.host, at, `orders ${obligation.ref}`, () => {
      world.ledger.order(obligation);
    });
  }
  const money = chance.fork();
  for (let i = mixture.whole ? money.below(4) : 0; i > 0; i -= 1) {
    const [at, amount] = [money.below(15_000), BigInt(money.between(1, 99_999))];
    const late = money.pick([0, 0, 2_000, 9_000]);
    world.scheduler.after(world.host, at, 'deposit', () => deposit(world, amount, late));
  }
  const tormentor = new Tormentor(world, mixture, chance.fork(), STORM_MS);
  tormentor.begin();
  await world.runUntil(() => false, STORM_MS);
  tormentor.end();
  return outcomeOf(world, await world.judge(AFTERMATH_MS));
}
