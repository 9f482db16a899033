/** No more faults and no more orders: everything may settle, however long it takes, as long as something moves. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Obligations } from './obligations.ts';
import type { People } from './people.ts';
import type { Scene } from './scene.ts';
import { untold } from './verdict.ts';

const LOOK_MS = 500;
const LINE_EVERY_MS = 30_000;
/** Nothing has moved for so long: it will not any more. */
const STANDS_STILL_MS = 300_000;
const ALTOGETHER_MS = 1_800_000;
/** What would come twice has come by then. */
const AFTERWARDS_MS = 3_000;

/** Answers how long it took. Whatever is open when it gives up is for the judge. */
export async function settle(
  scene: Scene,
  obligations: Obligations,
  people: People,
  say: (line: string) => void,
): Promise<number> {
  const { books, gateways, proxies, disk, world } = scene;
  const began = performance.now();
  world.bank.signal('SIGCONT');
  world.redis.process.kill('SIGCONT');
  disk.free();
  gateways.resume();
  for (const proxy of proxies.values()) await proxy.heal();
  await world.control.clearFaults();
  await world.control.changeSettings({ throttleGapMs: 0 });
  let moved = began;
  let said = began;
  let state = '';
  for (;;) {
    const now = performance.now();
    // one that was armed earlier may freeze yet
    for (const { process } of gateways.alive) process?.signal('SIGCONT');
    obligations.goOn();
    await people.look();
    const credits = await untold(world.control, books);
    const open = obligations.open.size;
    if (open === 0 && credits <= 0) break;
    const seen = `${open} ${obligations.instructions} ${credits} ${people.decided}`;
    if (seen !== state) moved = now;
    state = seen;
    if (now - moved > STANDS_STILL_MS || now - began > ALTOGETHER_MS) break;
    if (now - said > LINE_EVERY_MS) {
      said = now;
      say(`settling: ${open} open, ${credits} credits to be told`);
    }
    await sleep(LOOK_MS);
  }
  const took = performance.now() - began;
  await sleep(AFTERWARDS_MS);
  return took;
}
