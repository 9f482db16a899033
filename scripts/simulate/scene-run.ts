/** One scene with nothing left to chance but what is wanted of it: where a process dies or is stopped. */
import type { Host } from './host.ts';
import type { Snapshot } from './redis.ts';
import { deposit, type Note, type Outcome, outcomeOf, plainBank, wholeBank } from './run.ts';
import type { Scene } from './scenes.ts';
import { citic, citicLink, source, sweptLink } from './setting.ts';
import { World } from './world.ts';

/**
 * kill: before a step of this number, between two events · stop: likewise, and it goes on when all its times are over ·
 * kill-late: killed, and what it had sent to Redis arrives right behind the next one's take · rollback: Redis
 * goes back by a few round trips, and the gateway lives · kill-in, stop-in: in the middle of a turn, at the failpoint
 * passed as so many-th · takeover-in: stopped there and killed by who wants its journal
 */
const BETWEEN = ['kill', 'stop', 'kill-late', 'rollback'] as const;
export const WITHIN = ['kill-in', 'stop-in', 'takeover-in'] as const;
const WAYS = [...BETWEEN, ...WITHIN] as const;
export type Way = (typeof WAYS)[number];

export interface CrashPoint {
  readonly way: Way;
  /** step, or failpoint passed, since the gateway has started */
  readonly at: number;
}

/** `kill:71`, `stop-in:4`, … */
export function crashPoint(text: string): CrashPoint {
  const [name, at] = text.split(':');
  const way = WAYS.find((one) => one === name);
  if (way === undefined || !(Number(at) > 0)) throw new Error('--crash kill:71,kill:130');
  return { way, at: Number(at) };
}

export const textOf = ({ at, way }: CrashPoint): string => `${way}:${at}`;

/** Longer than an answer is waited for, and than a claim is good. */
const STOPPED_MS = 4_000;
const BACK_MS = 12;
const REDIS_DOWN_MS = 20;
const AFTERMATH_MS = 1_000;
const BEGIN_MS = 60_000;

export interface Walked extends Outcome {
  /** steps of the gateway behind the last crash: those of others a process does not feel */
  readonly points: readonly number[];
  /** failpoints passed */
  readonly passed: number;
}

export async function runScene(
  scene: Scene,
  crashes: readonly CrashPoint[],
  note: Note,
): Promise<Walked> {
  const world = worldOf(scene, note);
  world.wallAheadMs = scene.wallAheadMs ?? 0;
  world.begin();
  await world.runUntil(() => world.gateway?.engine !== undefined, BEGIN_MS);
  const points: number[] = [];
  const began = world.scheduler.steps;
  const last = Math.max(0, ...crashes.map(({ at }) => at));
  const at = (n: number, ways: readonly Way[]): CrashPoint | undefined =>
    crashes.find((one) => one.at === n && ways.includes(one.way));
  const past = new Past(world);
  const deeds: Readonly<Record<(typeof BETWEEN)[number], (why: string) => void>> = {
    kill: (why) => world.kill(why),
    stop: () => world.stop(STOPPED_MS, 'goes on'),
    'kill-late': (why) => {
      const host = world.gateway?.host;
      if (host !== undefined) world.redis.holdBack(host);
      world.kill(why);
    },
    rollback: () => past.back(),
  };
  world.scheduler.onStep = (host, what) => {
    const step = world.scheduler.steps - began;
    world.note(host.name, `· ${what} (${step})`);
    past.keep();
    const wish = at(step, BETWEEN);
    if (wish !== undefined) deeds[wish.way as keyof typeof deeds](textOf(wish));
    else if (step > last && host === world.gateway?.host && !world.settled) points.push(step);
  };
  let passed = 0;
  world.atFailpoint = (_host: Host, name) => {
    passed += 1;
    const wish = at(passed, WITHIN);
    if (wish === undefined) return;
    if (wish.way === 'kill-in') world.kill(`${textOf(wish)} ${name}`);
    else world.stop(STOPPED_MS, wish.way === 'stop-in' ? 'goes on' : 'is killed');
  };
  for (const obligation of scene.obligations) world.ledger.order(obligation);
  for (const amount of scene.credits ?? []) deposit(world, amount, 0);
  const violations = await world.judge(AFTERMATH_MS);
  return { ...outcomeOf(world, violations), points, passed };
}

/** What Redis was at every moment of its last few round trips. */
class Past {
  readonly #world: World;
  #kept: { readonly at: number; readonly snapshot: Snapshot }[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  keep(): void {
    const { redis, scheduler } = this.#world;
    this.#kept = this.#kept.filter(({ at }) => at >= scheduler.now - BACK_MS);
    this.#kept.push({ at: scheduler.now, snapshot: redis.snapshot() });
  }

  back(): void {
    const { redis } = this.#world;
    const [oldest] = this.#kept;
    if (oldest === undefined) return;
    this.#world.note('redis', `goes back to what it was at ${oldest.at.toFixed(0)} ms`);
    redis.crash(REDIS_DOWN_MS, () => redis.restore(oldest.snapshot));
  }
}

function worldOf(scene: Scene, note: Note): World {
  let movements = 0;
  return new World({
    chance: undefined,
    link: scene.whole ? sweptLink : citicLink,
    source,
    spec: citic,
    bank: scene.whole ? wholeBank(undefined) : plainBank,
    decide: (asked) => {
      movements += 1;
      return scene.fault(asked, movements - 1);
    },
    latencyMs: () => 1,
    note,
  });
}
