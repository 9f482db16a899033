/** What happens to the gateways, to Redis and to the disk. Each event leaves nothing behind but its consequences. */
import { join } from 'node:path';
import { FAILPOINTS, type Failpoint } from '../../src/engine/context.ts';
import {
  type Event,
  measure,
  pause,
  type Scene,
  torment,
  untilOwned,
  untilWorked,
} from './scene.ts';
import { largest, limitFiles } from './small-disk.ts';

const ROOM_MAX = 6_000;
/** Where a mistake costs most. */
const ROUND_THE_WRITE: readonly Failpoint[] = ['claimed', 'recorded', 'before-write', 'written'];
const ARMED_SHARE = 0.45;
const FROZEN_SHARE = 0.4;
const NTH_MAX = 4;
const HIT_WHILE_STARTING = 0.15;
/** messages to the ledger between two blows, and how long they may take */
const WORK_MAX = 40;
const WORK_WITHIN_MS = 20_000;

/**
 * What the next gateway is started with: now and then it will die, or freeze (R2), between two steps; always at the
 * one that is wanted.
 */
export function armed(
  scene: Pick<Scene, 'over' | 'calm'>,
  random: () => number,
  wanted: string | undefined,
) {
  if (scene.over.aborted || scene.calm()) return {};
  if (wanted !== undefined) return { YINQI_FAILPOINT: wanted };
  if (random() > ARMED_SHARE) return {};
  const among = random() < 0.5 ? ROUND_THE_WRITE : FAILPOINTS;
  const name = among[Math.floor(random() * among.length)] ?? 'written';
  const how = random() < FROZEN_SHARE ? ':SIGSTOP' : '';
  return { YINQI_FAILPOINT: `${name}:${1 + Math.floor(random() * NTH_MAX)}${how}` };
}

const killGateway: Event = async (scene, random) => {
  const { gateways } = scene;
  const slot = random() < 0.8 ? (gateways.owner ?? gateways.alive[0]) : gateways.alive.at(-1);
  measure(scene, 'gateway killed');
  await slot?.process?.kill();
};

const killAll: Event = async (scene, random) => {
  measure(scene, 'all gateways killed');
  await scene.gateways.pause();
  await pause(scene, random() * 1_000);
  scene.gateways.resume();
};

const wake = ({ gateways }: Scene): void => {
  for (const { process } of gateways.alive) process?.signal('SIGCONT');
};

/** Frozen in the middle of whatever it does; it wakes up, if nobody has killed it by then. */
const stopGateway: Event = async (scene, random) => {
  scene.gateways.owner?.process?.signal('SIGSTOP');
  measure(scene, 'gateway frozen');
  await pause(scene, 300 + random() * 7_000);
  // if the other one has not killed it by then
  wake(scene);
};

const killRedis: Event = async (scene, random) => {
  measure(scene, 'redis killed');
  await scene.world.redis.kill();
  scene.tally.kills += 1;
  await pause(scene, random() * 1_500);
  await scene.world.restartRedis();
};

const stopRedis: Event = async (scene, random) => {
  const { process } = scene.world.redis;
  process.kill('SIGSTOP');
  await pause(scene, 200 + random() * 4_000);
  process.kill('SIGCONT');
  measure(scene, 'redis frozen');
};

const older =
  (where: (random: () => number) => number): Event =>
  async (scene, random) => {
    await scene.world.redis.kill();
    scene.tally.kills += 1;
    scene.past.putBack(where(random));
    await scene.world.restartRedis();
    measure(scene, 'redis back in time');
  };

const backWhileRunning: Event = async (scene, random) => {
  scene.past.remember();
  await pause(scene, random() * 3_000);
  await untilWorked(scene, Math.floor(random() * WORK_MAX), WORK_WITHIN_MS);
  await older((draw) => draw())(scene, random);
};

const backWhileDown: Event = async (scene, random) => {
  scene.past.remember();
  await untilWorked(scene, Math.floor(random() * WORK_MAX), WORK_WITHIN_MS);
  await scene.gateways.pause();
  await older((draw) => draw())(scene, random);
  scene.gateways.resume();
};

const lostRedis: Event = async (scene) => {
  await scene.world.redis.kill();
  scene.tally.kills += 1;
  scene.past.lose();
  await scene.world.restartRedis();
  measure(scene, 'redis lost');
};

const fullDisk: Event = async (scene, random) => {
  const pid = scene.gateways.owner?.process?.pid ?? 0;
  if (!scene.disk.fill(Math.floor(random() * ROOM_MAX), pid)) return;
  await pause(scene, 500 + random() * 4_000);
  scene.disk.free();
  measure(scene, 'disk full');
};

/** The append-only file cannot grow: Redis ends, or refuses writes until it is started again. */
const fullDiskOfRedis: Event = async (scene, random) => {
  const { world } = scene;
  const bytes = largest(join(world.redis.directory, 'appendonlydir'));
  const { pid } = world.redis.process;
  if (pid === undefined || !limitFiles(pid, bytes + Math.floor(random() * ROOM_MAX))) return;
  await pause(scene, 500 + random() * 2_000);
  await world.restartRedis();
  measure(scene, 'disk of redis full');
};

/** As a rule a gateway gets to work before the next blow; now and then it is hit while it starts. */
async function breathe(scene: Scene, random: () => number): Promise<void> {
  if (random() > HIT_WHILE_STARTING) await untilOwned(scene);
  await pause(scene, 300 + random() * 2_500);
  // whoever was frozen between two steps may wake up at any time
  if (random() < 0.3) wake(scene);
  await untilWorked(scene, Math.floor(random() * WORK_MAX), WORK_WITHIN_MS);
}

export function tormentProcesses(scene: Scene, random: () => number): Promise<void> {
  const events = [
    [30, 'gateway killed', killGateway],
    [6, 'all gateways killed', killAll],
    [14, 'gateway frozen', stopGateway],
    [12, 'redis killed', killRedis],
    [10, 'redis frozen', stopRedis],
    [7, 'redis back in time while gateways run', backWhileRunning],
    [7, 'redis back in time while gateways are down', backWhileDown],
    [3, 'redis lost', lostRedis],
    [7, 'disk full', fullDisk],
    [4, 'disk of redis full', fullDiskOfRedis],
  ] as const;
  return torment(scene, random, events, breathe, scene.calm);
}
