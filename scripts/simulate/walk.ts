/** The work of one call: seeds, and every crash point and pair of every scene; any part of it, in any order. */
import { runSeed } from './run.ts';
import { type CrashPoint, runScene, textOf, type Way, WITHIN } from './scene-run.ts';
import { SCENES, sceneOf } from './scenes.ts';

export interface Wanted {
  readonly seeds: { readonly from: number; readonly to: number } | undefined;
  readonly scenes: readonly string[];
  /** every pair of crash points too, not only every one */
  readonly pairs: boolean;
}

/** One run that went wrong. */
export interface Found {
  readonly replay: string;
  readonly violations: readonly string[];
}

export interface Tally {
  seeds: number;
  /** runs of scenes with one kill or stop between two steps, with one in the middle of a turn, with two kills */
  single: number;
  within: number;
  pairs: number;
  crashes: number;
  steps: number;
  readonly found: Found[];
}

export const emptyTally = (): Tally => ({
  seeds: 0,
  single: 0,
  within: 0,
  pairs: 0,
  crashes: 0,
  steps: 0,
  found: [],
});

const FOUND_MAX = 5;

export const everyScene = SCENES.map(({ name }) => name);

/** Every `parts`-th piece of the work, beginning at `part`. */
export async function walk(wanted: Wanted, part = 0, parts = 1): Promise<Tally> {
  const tally = emptyTally();
  let piece = 0;
  const mine = (): boolean => {
    piece += 1;
    return piece % parts === part && tally.found.length < FOUND_MAX;
  };
  const { from, to } = wanted.seeds ?? { from: 1, to: 0 };
  for (let seed = from; seed <= to; seed += 1) {
    if (!mine()) continue;
    const outcome = await runSeed(seed, undefined);
    tally.seeds += 1;
    tally.crashes += outcome.crashes;
    count(tally, outcome, `--seeds ${seed}..${seed} --scenes none`);
  }
  for (const name of wanted.scenes) {
    const { passed, points } = await scene(tally, name, []);
    for (const first of points) if (mine()) await around(tally, name, first, wanted.pairs);
    for (let at = 1; at <= passed; at += 1) if (mine()) await within(tally, name, at);
  }
  return tally;
}

const BESIDE: readonly Way[] = ['stop', 'kill-late', 'rollback'];

/** One step: each way before it; and after a kill one more before every later step. */
async function around(tally: Tally, name: string, first: number, pairs: boolean): Promise<void> {
  for (const way of BESIDE) await scene(tally, name, [{ way, at: first }]);
  const { points } = await scene(tally, name, [{ way: 'kill', at: first }]);
  tally.single += 1 + BESIDE.length;
  for (const second of pairs ? points : []) {
    if (tally.found.length >= FOUND_MAX) return;
    const kills = [first, second].map((at): CrashPoint => ({ way: 'kill', at }));
    await scene(tally, name, kills);
    tally.pairs += 1;
  }
}

async function within(tally: Tally, name: string, at: number): Promise<void> {
  for (const way of WITHIN) {
    await scene(tally, name, [{ way, at }]);
    tally.within += 1;
  }
}

async function scene(tally: Tally, name: string, crashes: readonly CrashPoint[]) {
  const outcome = await runScene(sceneOf(name), crashes, undefined);
  tally.crashes += outcome.crashes;
  const at = crashes.length === 0 ? '' : ` --crash ${crashes.map(textOf).join(',')}`;
  count(tally, outcome, `--seeds none --scenes ${name}${at}`);
  return outcome;
}

function count(
  tally: Tally,
  outcome: { steps: number; violations: readonly string[] },
  replay: string,
): void {
  tally.steps += outcome.steps;
  if (outcome.violations.length > 0) tally.found.push({ replay, violations: outcome.violations });
}
