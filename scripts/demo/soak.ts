/**
 * The story goes on: a mixed load, random faults at the bank, and a gateway that is killed again and
 * again. The seed decides what is ordered, which fault comes and when it is killed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { draw } from '../../mock-bank/random.ts';
import { until } from '../world/books.ts';
import { enqueue, type Person, type Stage } from './stage.ts';

const SETTLE_MS = 90_000;

export async function soak(
  stage: Stage,
  buyer: Person,
  seller: Person,
  seconds: number,
  seed: number,
): Promise<void> {
  const { timeline, world, gateway, books } = stage;
  timeline.act(`Soak: ${seconds} s of faults and kills, seed ${seed}`);
  await world.control.mixFaults({
    seed,
    rate: 0.15,
    kinds: [
      'no-answer',
      'late',
      'drop-before',
      'drop-after',
      'processing',
      'cut-body',
      'empty-body',
      'html',
      'http-status',
      'wrong-length',
      'alphabetical',
      'one-byte-segments',
    ],
  });
  const random = draw(seed, 'soak');
  const end = performance.now() + seconds * 1000;
  let kills = 0;
  let ordered = 0;
  while (performance.now() < end) {
    const amount = `${Math.floor(random() * 3)}.${String(Math.floor(random() * 99) + 1).padStart(2, '0')}`;
    const there = random() < 0.5;
    const [from, to] = there ? [buyer, seller] : [seller, buyer];
    if (random() < 0.1) {
      await enqueue(stage, 'withdraw', { account: from.account, amount, channel: 'small' });
    } else await enqueue(stage, 'transfer', { from: from.account, to: to.account, amount });
    ordered += 1;
    await sleep(20 + random() * 120);
    if (random() < 0.04 && gateway.current.alive) {
      await gateway.current.kill();
      kills += 1;
    }
  }
  await world.control.clearFaults();
  timeline.say('soak', `${ordered} ordered, ${kills} kills; everything may settle now`, 'yellow');
  await until('everything settled', () => books.open().length === 0, SETTLE_MS);
}
